"""Answers that share a commit share nothing else."""

import threading

import pytest
from sqlalchemy import text

from tests.builders import World
from widget.extensions import db
from widget.storage.engine import HotTransaction
from widget.storage.group_commit import group_commit


def insert(transaction: HotTransaction, number: int) -> int:
    transaction.exec_driver_sql(f"INSERT INTO numbers VALUES ({number})", ())
    return number


def test_one_failure_in_a_group_reaches_its_own_request_and_no_other(any_world: World) -> None:
    with any_world.app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    group, came, failed = group_commit(engine), [], []
    gate = threading.Barrier(12)

    def run(number: int) -> None:
        def work(transaction: HotTransaction) -> int:
            insert(transaction, number)
            if number == 5:
                raise ValueError("only mine")
            return number

        gate.wait()
        try:
            came.append(group.run(work))
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
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars().all()
    assert kept == expected


def test_a_result_is_given_once_it_is_on_disk(world: World) -> None:
    with world.app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    for number in range(3):
        assert group_commit(engine).run(lambda transaction, n=number: insert(transaction, n)) == (
            number
        )
        with engine.connect() as connection:
            count = connection.execute(text("SELECT count(*) FROM numbers")).scalar()
        assert count == number + 1


def test_who_fails_alone_is_told_so(world: World) -> None:
    def work(_transaction: HotTransaction) -> None:
        raise ValueError("no")

    with world.app.app_context():
        engine = db.engine
    with pytest.raises(ValueError, match="no"):
        group_commit(engine).run(work)
    assert group_commit(engine).run(lambda _transaction: "goes on") == "goes on"
