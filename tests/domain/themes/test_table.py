"""The table that forgets what is rare."""

from widget.domain.themes.table import TermCount, TermTable


def table(capacity: int, **counts: int) -> TermTable:
    """A table of terms that only the negative side has."""
    made = TermTable(capacity)
    made.put("negative", counts, [])
    return made


def test_the_largest_stay_and_the_next_one_is_the_floor() -> None:
    kept = TermTable(3)
    kept.absorb(table(3, slow=5, refund=4, rude=3, phone=2, chat=1))
    assert set(kept.missed) == {"slow", "refund", "rude"}
    assert kept.floor == 2
    assert kept.count("slow") == TermCount(positive=0, negative=5, missed=0)
    assert kept.count("phone") == TermCount(positive=0, negative=0, missed=2)


def test_of_equals_none_is_kept_by_chance() -> None:
    kept = TermTable(3)
    kept.absorb(table(3, slow=5, refund=2, rude=2, phone=2))
    assert set(kept.missed) == {"slow"}
    assert kept.floor == 2


def test_what_comes_back_may_lack_as_much_as_the_floor() -> None:
    kept = TermTable(2)
    kept.absorb(table(2, slow=5, refund=4, rude=3))
    kept.absorb(table(2, rude=2))
    # Of the three, refund may have 4, rude up to 5: 2 counted and 3 missed.
    assert kept.count("rude") == TermCount(positive=0, negative=2, missed=3)
    assert kept.count("refund") == TermCount(positive=0, negative=0, missed=4)
    assert kept.floor == 4


def test_what_one_of_two_tables_lacks_may_have_been_forgotten_there() -> None:
    one, other = TermTable(2), TermTable(2)
    one.absorb(table(2, slow=9, refund=8, rude=1))
    other.absorb(table(2, slow=9, rude=8, phone=2))
    one.absorb(other)
    # Refund: 8 counted and up to 2 in the other; rude: 8 and up to 1 in the first.
    assert one.count("slow") == TermCount(positive=0, negative=18, missed=0)
    assert one.count("refund") == TermCount(positive=0, negative=8, missed=2)
    assert one.count("rude") == TermCount(positive=0, negative=0, missed=9)
    assert one.floor == 9
