"""Which texts name a Mastodon server, and which addresses customers may be led to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import AddressRefused, InstanceRefused
from widget.domain.share_targets import mastodon_target, read_instance
from widget.domain.sharing import check_page_address, fill_address, first_name, read_address


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("mastodon.social", "mastodon.social"),
        ("  Mastodon.Social ", "mastodon.social"),
        ("https://mastodon.social/", "mastodon.social"),
        ("@kim@mastodon.social", "mastodon.social"),
        ("kim@mastodon.social", "mastodon.social"),
        ("social.xn--gre-6ka8i.example", "social.xn--gre-6ka8i.example"),
        ("a.b.c.d.example", "a.b.c.d.example"),
    ],
)
def test_a_server_is_named_in_many_ways(said: str, host: str) -> None:
    assert read_instance(said) == host


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "mastodon",
        "localhost",
        "mail.localhost",
        "printer.local",
        "db.internal",
        "127.0.0.1",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "http://mastodon.social",
        "javascript://mastodon.social",
        "mastodon.social:8443",
        "mastodon.social/share",
        "mastodon.social?x=1",
        "mastodon.social#x",
        "mastodon.social\\evil.example",
        "https://good.example@evil.example/x",
        "a b.example",
        "-a.example",
        "a-.example",
        "a..example",
        ".example",
        "mastodon.social\r\nX-Evil: 1",
        "mastodon.123",
        "x" * 64 + ".example",
        "a." * 130 + "example",
        "<script>.example",
        "mastodon.social.",
        "größe.example",
        "mastodon\uff0esocial",
    ],
)
def test_anything_else_names_none(said: str) -> None:
    with pytest.raises(InstanceRefused):
        read_instance(said)


@given(st.text(max_size=80))
def test_whatever_is_typed_leads_to_a_plain_host_or_nowhere(said: str) -> None:
    try:
        host = read_instance(said)
    except InstanceRefused:
        return
    assert set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    target = mastodon_target(host, "a & b\r\n#")
    assert target == f"https://{host}/share?text=a%20%26%20b%0D%0A%23"


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example/",
        "javascript:alert(1)",
        "//shop.example",
        "shop.example",
        "https://",
        "https://shop",
        "https://user:pw@shop.example/",
        "https://shop.example:8443/",
        "https://shop.example/a b",
        'https://shop.example/"onclick=x',
        "https://shop.example/\r\nX: y",
        "https://[::1/",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_an_address_for_customers_is_plain_https(address: str) -> None:
    with pytest.raises(AddressRefused):
        read_address(address)


def test_placeholders_stand_after_the_host_and_are_written_as_part_of_a_path() -> None:
    address = "https://shop.example/{member}?of={company}"
    check_page_address(address)
    filled = fill_address(address, {"member": "Zoë/../x", "company": "A&B"})
    assert filled == "https://shop.example/Zo%C3%AB%2F..%2Fx?of=A%26B"
    for wrong in ("https://{company}.example/", "https://shop.example/?c={customer}"):
        with pytest.raises(AddressRefused):
            check_page_address(wrong)


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ana Silva", "Ana"), ("Dr. Ana Silva", "Ana"), ("Ana", "Ana"), ("", ""), ("Dr.", "Dr.")],
)
def test_the_public_reads_a_first_name(name: str, first: str) -> None:
    assert first_name(name) == first
