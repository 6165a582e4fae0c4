"""Ids of streams: in the order of time, and found by it."""

from uuid import UUID

from widget.storage.ids import id_before, new_id


def test_an_id_from_before_is_smaller_by_so_many_seconds() -> None:
    id = new_id()
    before = id_before(id, 10)
    assert before < id
    assert (id.int >> 80) - (before.int >> 80) == 10_000
    assert id_before(id, 0) <= id


def test_nothing_is_before_the_beginning() -> None:
    assert id_before(UUID(int=5), 10) == UUID(int=0)
