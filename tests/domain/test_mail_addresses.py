from uuid import UUID

import pytest

from widget.domain.mail_addresses import (
    LONGEST_SIGNED_NAME,
    BounceAddress,
    DeliveryName,
    address_digest,
    message_id,
    read_message_id,
    wire_address,
)

KEY, OLD = "k" * 40, "o" * 40
ID = UUID("01938c5e-0000-7000-8000-0000000000ff")


@pytest.mark.parametrize("workspace_id", [1, 255, 256, 2**31 - 1])
def test_a_bounce_address_names_its_delivery_and_fits_into_an_envelope(workspace_id: int) -> None:
    bounces = BounceAddress([KEY], "b" * LONGEST_SIGNED_NAME + "@mail.example")
    named = DeliveryName(workspace_id, ID)
    address = bounces.of(named)
    assert bounces.read(address) == named
    # Mail servers may change its case, and write it between angles.
    assert bounces.read(f"<{address.upper()}>") == named
    assert len(address.partition("@")[0]) <= 64


def test_an_older_key_is_still_accepted() -> None:
    address = BounceAddress([OLD], "b@m.example").of(DeliveryName(1, ID))
    assert BounceAddress([KEY, OLD], "b@m.example").read(address) == DeliveryName(1, ID)
    assert BounceAddress([KEY], "b@m.example").read(address) is None


@pytest.mark.parametrize(
    "address", ["b@m.example", "b+@m.example", "b+aaaa@m.example", "b+!!@m.example", "x", "", "@"]
)
def test_other_addresses_name_nothing(address: str) -> None:
    assert BounceAddress([KEY], "b@m.example").read(address) is None


def test_an_address_of_another_domain_names_nothing() -> None:
    address = BounceAddress([KEY], "b@m.example").of(DeliveryName(1, ID))
    assert BounceAddress([KEY], "b@other.example").read(address) is None


def test_a_message_id_is_read_back() -> None:
    text = message_id(DeliveryName(7, ID), "mail.example")
    assert text == f"<sayso.7.{ID.hex}@mail.example>"
    assert read_message_id(text) == read_message_id(text.strip("<>")) == DeliveryName(7, ID)


@pytest.mark.parametrize("text", ["", "<x@y>", "<sayso.1.zz@y>", "<sayso.x.1@y>", "<sayso@y>"])
def test_another_message_id_names_nothing(text: str) -> None:
    assert read_message_id(text) is None


def test_a_digest_knows_an_address_in_any_case_and_needs_its_key() -> None:
    assert address_digest(KEY, " Kim@Shop.example ") == address_digest(KEY, "kim@shop.example")
    assert address_digest(KEY, "kim@shop.example") != address_digest(OLD, "kim@shop.example")


@pytest.mark.parametrize(
    ("domain", "ascii_form"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("STRAẞE.example", "xn--strae-oqa.example"),
        ("mail.βόλος.example", "mail.xn--nxasmm1c.example"),
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
        ("strasse.example", "strasse.example"),
    ],
)
def test_a_domain_in_ascii_is_that_domain_and_no_other(domain: str, ascii_form: str) -> None:
    assert wire_address(f"kim@{domain}") == f"kim@{ascii_form}"


@pytest.mark.parametrize("address", ["grüße@acme.example", "kim@" + "ü" * 70 + ".example", "x"])
def test_what_few_servers_take_has_no_such_form(address: str) -> None:
    assert wire_address(address) is None


def test_both_forms_of_an_international_domain_have_one_digest() -> None:
    known = address_digest(KEY, "kim@bücher.example")
    assert address_digest(KEY, "Kim@XN--BCHER-KVA.example") == known
    assert address_digest(KEY, "kim@BÜCHER.example") == known
    assert address_digest(KEY, "kim@bucher.example") != known
    assert address_digest(KEY, "kim@" + "ü" * 70) != address_digest(KEY, "kim@" + "ü" * 71)
