"""Which texts are addresses that mail may be sent to."""

import pytest

from widget.domain.addresses import customer_email, email_problem, normal_email, shown, spellings


@pytest.mark.parametrize(
    "text",
    [
        "kim@c.example",
        "first.last+tag@sub.shop.example",
        "o'brien@c.example",
        "..dots..@docomo.example",
        "kim@münchen.example",
        "用户@例子.广告",
        "x@xn--fsqu00a.xn--0zwm56d",
        "a@b.co",
        "UPPER@C.EXAMPLE",
        f"{'l' * 64}@c.example",
    ],
)
def test_addresses_of_all_the_world_are_fine(text: str) -> None:
    assert email_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kim",
        "@c.example",
        "kim@",
        "kim@localhost",
        "kim@127.0.0.1",
        "kim@[127.0.0.1]",
        "kim@c..example",
        "kim@-c.example",
        "kim@c.example.",
        "kim lee@c.example",
        "Kim <kim@c.example>",
        "kim@c.example,lee@c.example",
        "kim@c.example;lee@c.example",
        "kim@@c.example",
        "kim@c.example\nBcc: all@c.example",
        "kim\r@c.example",
        "kim@c.example\r\n",
        "kim\0@c.example",
        "kim\u2028@c.example",
        '"kim"@c.example',
        "{{ticket.requester.email}}",
        "{%customer.email%}",
        f"{'l' * 65}@c.example",
        f"kim@{'d' * 64}.example",
        f"kim@{'d.' * 130}example",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(text: str) -> None:
    assert (email_problem(text) or "").endswith(".")


def test_customers_are_known_by_lower_case() -> None:
    assert normal_email("  Kim@C.Example ") == "kim@c.example"


@pytest.mark.parametrize(
    ("text", "known_as"),
    [
        (" Kim@BÜCHER.example", "kim@bücher.example"),
        ("kim@xn--bcher-kva.example", "kim@bücher.example"),
        ("kim@XN--BCHER-KVA.example", "kim@bücher.example"),
        ("kim@bu\u0308cher\u3002example", "kim@bücher.example"),
        ("kim@xn--strae-oqa.example", "kim@straße.example"),
        ("用户@xn--fsqu00a.xn--0zwm56d", "用户@例子.测试"),
        ("xn--bcher-kva@c.example", "xn--bcher-kva@c.example"),
    ],
)
def test_both_forms_of_an_international_domain_are_one_customer(text: str, known_as: str) -> None:
    assert customer_email(text) == known_as
    assert customer_email(known_as) == known_as


@pytest.mark.parametrize(
    "text",
    [
        # No form that people read leads back to these.
        "kim@xn--abc-.example",
        "kim@xn--strasse-.example",
        "kim@xn--999999999.example",
        # A line break, and an @, in disguise.
        "kim@xn--" + "ß\u2028".encode("punycode").decode() + ".example",
        "kim@xn--" + "ß@c".encode("punycode").decode() + ".example",
        "kim@" + "ü" * 20_000,
        "bücher.example",
        "",
    ],
)
def test_what_only_looks_international_stays_as_it_is(text: str) -> None:
    assert customer_email(text) == text


def test_customers_are_looked_for_under_each_form_they_may_have_been_kept_as() -> None:
    assert spellings("kim@c.example") == ("kim@c.example",)
    assert spellings("kim@bücher.example") == ("kim@bücher.example", "kim@xn--bcher-kva.example")


def test_texts_from_outside_stand_on_one_line() -> None:
    assert shown(" a\r\nb\tc ", 4) == "a b"
