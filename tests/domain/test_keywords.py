"""Finding keywords in what customers wrote."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.keywords import keywords_in


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("I want a refund!", "refund"),
        ("REFUND", "refund"),
        ("a refund, now", "Refund"),
        ("I will call\n  my lawyer", "my lawyer"),
        ("GRÖSSE", "größe"),
        (unicodedata.normalize("NFD", "annulé hier"), "annulé"),
        ("İADE istiyorum", "iade"),
        ("ＲＥＦＵＮＤ please", "refund"),
        ("Хочу ВОЗВРАТ.", "возврат"),
        ("أريد استرداد المال", "استرداد"),
        ("请退款给我", "退款"),
        ("返金してください", "返金"),
        ("ขอคืนเงินด้วย", "คืนเงิน"),
        ("मदद चाहिए", "मदद"),
        ("so bad 😡😡", "😡"),
        ("c++ is broken", "c++"),
        ("refunds, no: refund", "refund"),
    ],
)
def test_a_keyword_is_found_whatever_its_capitals_and_script(text: str, keyword: str) -> None:
    assert keywords_in(text, [keyword]) == [keyword]


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("refundable", "refund"),
        ("a nonrefund", "refund"),
        ("refund_id", "refund"),
        ("refund2", "refund"),
        ("возвратный", "возврат"),
        ("नकली", "नकल"),
        ("annulés", "annulé"),
        ("", "refund"),
        ("anything", ""),
        ("anything", "   "),
    ],
)
def test_a_part_of_a_longer_word_is_none(text: str, keyword: str) -> None:
    assert keywords_in(text, [keyword]) == []


def test_those_that_are_found_come_in_the_order_they_were_asked() -> None:
    assert keywords_in("legal action, refund", ["refund", "sue", "legal"]) == ["refund", "legal"]


@given(st.text(st.characters(categories=("L", "N")), min_size=1))
def test_a_word_that_stands_alone_is_always_found(word: str) -> None:
    assert keywords_in(f"so {word}, really", [word]) == [word]
