"""Answers that share a commit share nothing else."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text

from tests.builders import World
from widget.extensions import db
from widget.storage.engine import HotTransaction
from widget.storage.group_commit import GroupCommit, group_commit


def store_numbers(transaction: HotTransaction, numbers: Sequence[int]) -> list[int]:
    for number in numbers:
        transaction.exec_driver_sql(f"INSERT INTO numbers VALUES ({number})", ())
        if number == 5:
            raise ValueError("only mine")
    return list(numbers)


def engine_with_numbers(world: World) -> Engine:
    with world.app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    return engine


def kept_numbers(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars())


def test_one_failure_in_a_group_reaches_its_own_request_and_no_other(any_world: World) -> None:
    engine = engine_with_numbers(any_world)
    group, came, failed = group_commit(engine, store_numbers), [], []
    gate = threading.Barrier(12)

    def run(number: int) -> None:
        gate.wait()
        try:
            came.append(group.run(number))
        except ValueError as error:
            failed.append((number, str(error)))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    expected = [number for number in range(12) if number != 5]
    assert sorted(came) == expected
    assert failed == [(5, "only mine")]
    assert kept_numbers(engine) == expected


def test_answers_that_come_while_one_is_stored_share_the_next_commit(world: World) -> None:
    engine, sizes, first_is_in = engine_with_numbers(world), [], threading.Event()
    group: GroupCommit[int, int]

    def store(transaction: HotTransaction, numbers: Sequence[int]) -> list[int]:
        sizes.append(len(numbers))
        if len(sizes) == 1:
            first_is_in.set()
            while len(group._waiting) < 7:
                threading.Event().wait(0.001)
        return store_numbers(transaction, numbers)

    group = group_commit(engine, store)
    threads = [threading.Thread(target=group.run, args=(number,)) for number in range(10, 18)]
    threads[0].start()
    first_is_in.wait(30)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sizes == [1, 7]
    assert kept_numbers(engine) == list(range(10, 18))


def test_a_result_is_given_once_it_is_on_disk(world: World) -> None:
    engine = engine_with_numbers(world)
    for number in range(3):
        assert group_commit(engine, store_numbers).run(number) == number
        assert kept_numbers(engine) == list(range(number + 1))


def test_who_fails_alone_is_told_so(world: World) -> None:
    engine = engine_with_numbers(world)
    with pytest.raises(ValueError, match="only mine"):
        group_commit(engine, store_numbers).run(5)
    assert group_commit(engine, store_numbers).run(6) == 6
    assert kept_numbers(engine) == [6]
