"""Somebody is taken out of what others wrote, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.redaction import REDACTED, Redaction, longest_first, names_of

KIM = Redaction(
    names=longest_first(["kim@c.example", *names_of("Kim Larsen")]),
    texts=("The invoice was wrong twice and nobody called back", "Disgraceful!"),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Called Kim Larsen on Monday", f"Called {REDACTED} on Monday"),
        ("KIM wrote from kim@c.example.", f"{REDACTED} wrote from {REDACTED}."),
        ("Kimono, Larsens and akim@c.example stay", "Kimono, Larsens and akim@c.example stay"),
        ("They say: wrong twice, and NOBODY called.", f"They say: {REDACTED}."),
        ("The invoice was late", "The invoice was late"),
        ("“Disgraceful!” is strong", f"“{REDACTED}” is strong"),
        ("Refunded 20 €", "Refunded 20 €"),
        ("", ""),
    ],
)
def test_names_and_quotations_are_taken_out(text: str, left: str) -> None:
    assert KIM(text) == left


def test_every_text_of_a_json_value_is_looked_at() -> None:
    value = {"who": ["Kim", 3, None], "deep": {"email": "kim@c.example"}}
    assert KIM.in_json(value) == {"who": [REDACTED, 3, None], "deep": {"email": REDACTED}}


@given(st.text(), st.text(), st.text(alphabet="abcdefgh ", min_size=20))
def test_no_whole_text_is_left_whatever_stands_around_it(
    before: str, after: str, said: str
) -> None:
    assert said not in Redaction(texts=(said,))(before + said + after)


@given(st.text())
def test_without_anything_to_take_out_a_text_stays(text: str) -> None:
    assert Redaction()(text) == text


@given(
    st.text(alphabet="iıİIsſSßẞkKKµμΜΣςσ\u0307é", max_size=12), st.sampled_from(["is", "kim", "σµ"])
)
def test_what_is_left_alone_at_a_first_look_holds_no_name(text: str, name: str) -> None:
    takes_out = Redaction(names=(name,))
    if re.search(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE):
        assert not takes_out.leaves(text)
        assert REDACTED in takes_out(text)


def test_many_texts_are_looked_at_at_once() -> None:
    assert KIM.leaves("one\ntwo\nthree")
    assert not KIM.leaves("one\nkim@C.example\nthree")
    assert not KIM.leaves("one\nit was wrong twice and nobody came\nthree")
