"""How tags are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import TagRefused
from widget.domain.response_columns import USUAL, columns_to_show
from widget.domain.tags import read_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Late", "late"),
        ("  #Late\t Shop ", "late shop"),
        ("STRASSE", "strasse"),
        ("Cafe\u0301", "café"),
        ("a\x00b\u202ec", "a b c"),
    ],
)
def test_a_tag_is_written_in_one_way(text: str, tag: str) -> None:
    assert read_tag(text) == tag


@pytest.mark.parametrize("text", ["", " ", "#", "\n", "x" * 51])
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(TagRefused):
        read_tag(text)


@given(st.text(max_size=40))
def test_a_tag_stays_as_it_is(text: str) -> None:
    try:
        tag = read_tag(text)
    except TagRefused:
        return
    assert read_tag(tag) == tag


def test_columns_are_those_of_the_address_else_those_remembered_else_the_usual() -> None:
    assert columns_to_show([], None) == USUAL
    assert columns_to_show([], ["ref", "bogus"]) == ("ref",)
    assert columns_to_show([], []) == ()
    assert columns_to_show(["ref", "comment", "ref"], ["tags"]) == ("comment", "ref")
