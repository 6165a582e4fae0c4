"""Which comments a report shows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from widget.domain.reports.comments import ChosenComment, Comment, proposed

READ = datetime(2026, 10, 1, tzinfo=UTC)
TELLING = "It took three days, and then it worked at once."


def comment(number: int, score: int, text: str = TELLING) -> Comment:
    return Comment(UUID(int=number), text, score, 4)


def test_both_sides_are_proposed_in_turn_however_many_either_has() -> None:
    comments = [comment(number, 5) for number in range(1, 9)] + [comment(9, 1), comment(10, 2)]
    assert [id.int for id in proposed(comments, 5)] == [1, 9, 2, 10, 3]


def test_what_is_neither_a_word_nor_an_essay_comes_first_the_newest_of_it_first() -> None:
    comments = [comment(1, 5, "Good"), comment(2, 5, "x" * 501), comment(3, 5), comment(4, 5)]
    assert [id.int for id in proposed(comments)] == [3, 4, 1, 2]


@given(st.lists(st.tuples(st.integers(1, 5), st.text(max_size=600)), max_size=80))
def test_nothing_is_proposed_twice_and_nothing_forgotten(said: list[tuple[int, str]]) -> None:
    comments = [comment(number, score, text) for number, (score, text) in enumerate(said, 1)]
    found = proposed(comments)
    assert len(found) == len(set(found)) == min(len(comments), 60)


def test_a_comment_is_as_it_was_read_until_its_customer_changes_it() -> None:
    chosen = ChosenComment(UUID(int=1), READ)
    assert chosen.is_as_read(READ - timedelta(days=3))
    assert not chosen.is_as_read(READ + timedelta(seconds=1))
    assert ChosenComment.from_json(chosen.to_json()) == chosen
