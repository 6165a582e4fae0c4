"""Which rows of a file are about a customer whom an earlier row has named."""

from uuid import UUID

from widget.domain.customers import Details, Field
from widget.domain.rows_seen import Seen

FILE, OTHER = UUID(int=1), UUID(int=2)


def row(**said: str) -> Details:
    fields: dict[Field, str] = dict(said)  # type: ignore[arg-type]
    return Details(fields)


def test_the_first_row_of_a_customer_is_told_by_address_or_id_however_it_is_written() -> None:
    seen = Seen()
    seen.begin(FILE, [])
    assert seen.note(2, row(email="kim@c.example", external_id="7")) is None
    assert seen.note(3, row(email="lee@c.example")) is None
    assert seen.note(4, row(email=" KIM@c.example")) == 2
    assert seen.note(5, row(external_id="7")) == 2


def test_what_a_later_row_names_the_customer_by_leads_to_the_first_one_too() -> None:
    seen = Seen()
    seen.begin(FILE, [(2, row(external_id="7"))])
    assert seen.note(3, row(email="kim@c.example", external_id="7")) == 2
    assert seen.note(4, row(email="kim@c.example")) == 2


def test_an_id_says_more_than_an_address() -> None:
    seen = Seen()
    seen.begin(FILE, [(2, row(email="office@c.example")), (3, row(external_id="7"))])
    assert seen.note(4, row(email="office@c.example", external_id="7")) == 3


def test_another_file_begins_anew() -> None:
    seen = Seen()
    seen.begin(FILE, [(2, row(email="kim@c.example"))])
    seen.begin(OTHER, [])
    assert seen.note(2, row(email="kim@c.example")) is None
