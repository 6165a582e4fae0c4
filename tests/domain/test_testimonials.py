"""Cutting a comment: a part of what was written, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import NotAnExcerpt
from widget.domain.testimonials import Cut, excerpt, read_cut

COMMENT = "It took a while. Then Ana\nfound it at once: not unhelpful at all! Thanks."


def shown(wanted: str, comment: str = COMMENT) -> str:
    return excerpt(comment, read_cut(comment, wanted))


def test_words_go_at_the_beginning_and_at_the_end() -> None:
    assert shown("Then Ana\r\nfound it at once") == "… Then Ana\nfound it at once …"
    assert shown(COMMENT) == COMMENT
    assert shown("It took a while.") == "It took a while. …"
    assert shown("Thanks.") == "… Thanks."


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "  ",
        "It took a while. Thanks.",
        "Then Ana found it at twice",
        "then Ana",
        "helpful at all!",
        "Then A",
        "It took a while. Then Ana found it at once! Really.",
        "Then  An a",
        "Thenana",
    ],
)
def test_nothing_is_reworded_left_out_between_or_cut_within_a_word(wanted: str) -> None:
    with pytest.raises(NotAnExcerpt):
        read_cut(COMMENT, wanted)


def test_a_script_without_spaces_is_cut_anywhere() -> None:
    assert shown("対応でした", "とても良い対応でした。") == "… 対応でした …"


def test_a_whole_comment_has_no_marks_of_cutting() -> None:
    assert excerpt("  Fine. ", None) == "Fine."
    assert excerpt("  Fine. ", Cut(2, 7)) == "Fine."


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_is_shown_is_always_a_part_of_the_comment(comment: str, wanted: str) -> None:
    try:
        cut = read_cut(comment, wanted)
    except NotAnExcerpt:
        return
    assert 0 <= cut.start < cut.end <= len(comment)
    assert comment[cut.start : cut.end].split() == wanted.split()


@given(st.lists(st.text("abc ,.", min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_run_of_whole_words_is_always_an_excerpt(words: list[str]) -> None:
    comment = " ".join(words)
    if not comment.split():
        return
    for first in range(len(comment.split())):
        read_cut(comment, " ".join(comment.split()[first:]))
