from concurrent.futures import ThreadPoolExecutor

from widget.web.bounded import Bounded


def test_what_came_first_makes_room_for_what_comes_next() -> None:
    kept: Bounded[str, int] = Bounded(2)
    for number, name in enumerate("abac"):
        kept.put(name, number)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (2, None, 3)


def test_what_was_dropped_is_gone_and_may_be_dropped_again() -> None:
    kept: Bounded[str, int] = Bounded(2)
    kept.put("a", 1)
    kept.drop("a")
    kept.drop("a")
    assert kept.get("a") is None


def test_many_threads_never_keep_more_than_the_limit() -> None:
    kept: Bounded[int, int] = Bounded(3)

    def put(start: int) -> bool:
        for number in range(start, start + 2000):
            kept.put(number % 7, number)
            if number % 5 == 0:
                kept.drop(number % 7)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(put, range(8)))
    assert len(kept) <= 3
