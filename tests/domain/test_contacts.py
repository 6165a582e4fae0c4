import pytest

from widget.domain.contacts import CONTACT_LIMIT, read_contact
from widget.domain.errors import ContactRefused


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("", ""),
        ("   ", ""),
        (" kim@customer.example ", "kim@customer.example"),
        ("Kim <kim@customer.example>", "Kim <kim@customer.example>"),
        ("+49 (0)30 123-456", "+49 (0)30 123-456"),
        ("٠٣٠١٢٣٤٥", "٠٣٠١٢٣٤٥"),
        ("kim@customer.example\r\nBcc: all", "kim@customer.example Bcc: all"),
    ],
)
def test_an_address_is_kept_as_typed_on_one_line(typed: str, contact: str) -> None:
    assert read_contact(typed) == contact


@pytest.mark.parametrize(
    "typed",
    ["call me", "kim@", "@customer.example", "kim@localhost", "1234", "1" * CONTACT_LIMIT + "1"],
)
def test_where_nobody_can_be_reached_is_refused(typed: str) -> None:
    with pytest.raises(ContactRefused):
        read_contact(typed)
