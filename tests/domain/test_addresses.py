"""Which texts are addresses that mail may be sent to."""

import pytest

from widget.domain.addresses import email_problem, normal_email, shown


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


def test_texts_from_outside_stand_on_one_line() -> None:
    assert shown(" a\r\nb\tc ", 4) == "a b"
