"""`python -m bench.rollups`: what keeping the rollups exact costs each rating that is stored.

Two databases take the same ratings in turn, short rounds of each, in process and so without what
a request costs besides: one as always, one with the counting left out. A rating alone is a
transaction of its own; several at once share one, as in a busy server. The ratios are of the
medians of the rounds: of time, and of the processor's, which others on the machine disturb less.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from unittest.mock import patch

from flask import Flask

from widget import create_app
from widget.actions.create_member import create_member
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.actions.give_answer import give_answer
from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import answers, migrate, rollups
from widget.storage.ids import new_id
from widget.storage.surveys import published_survey

# Storing with rollups may take at most so much longer than without.
BAR = 0.15
MEMBERS = 50
CHANNELS = ("email", "chat", "phone")
Given = tuple[ResponseHead, Answer]


@dataclass(frozen=True)
class Shop:
    """A server with a survey and members, and whom its ratings are about."""

    app: Flask
    workspace_id: int
    survey_id: int
    version_id: int
    members: Sequence[int]

    def ratings(self, number: int) -> list[Given]:
        """First ratings that nobody has given yet."""
        now = datetime.now(UTC)
        return [
            (
                ResponseHead(
                    self.workspace_id,
                    new_id(),
                    self.survey_id,
                    self.version_id,
                    kind="stars",
                    language="en",
                    source="widget",
                    is_test=False,
                    context=Context(channel=CHANNELS[index % len(CHANNELS)]),
                    member_id=self.members[index % len(self.members)],
                    answered_at=now - timedelta(days=index % 3),
                ),
                Answer(scores={"stars": 1 + index % 5}),
            )
            for index in range(number)
        ]

    def store(self, pool: ThreadPoolExecutor, given: Sequence[Given]) -> tuple[float, float]:
        """Store ratings; seconds for each, and seconds of the processor."""
        with self.app.app_context():
            engine = db.engine
        begun, busy = time.perf_counter(), time.process_time()
        for _ in pool.map(lambda one: give_answer(engine, *one, time_zone="UTC"), given):
            pass
        took, worked = time.perf_counter() - begun, time.process_time() - busy
        return took / len(given), worked / len(given)

    def agrees(self) -> bool:
        """Whether the rollups say what the responses do."""
        with self.app.app_context(), db.engine.connect() as connection:
            true = rollups.true_counts(connection, self.workspace_id)
            return true == rollups.rolled_up_counts(connection, self.workspace_id)


def main() -> int:
    """Measure and print. The status is 1 when the bar is missed or the rollups are wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.rollups", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--ratings", type=int, default=300, help="of each round (default 300)")
    parser.add_argument(
        "--database-url", nargs=2, default=("", ""), help="two of PostgreSQL; SQLite unless told"
    )
    asked = parser.parse_args()
    print("| at once | with rollups, µs | without, µs | more | of processor | bar | met |")
    print("| ------: | ---------------: | ----------: | ---: | -----------: | --: | --: |")
    is_good = True
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        usual, bare = (
            _shop(Path(folder) / name, url)
            for name, url in zip(("usual", "bare"), asked.database_url, strict=True)
        )
        for at_once in (1, 8, 32):
            with_them, without = _measure(usual, bare, at_once, asked.rounds, asked.ratings)
            more, worked = (one / other - 1 for one, other in zip(with_them, without, strict=True))
            is_good &= more <= BAR
            met = "yes" if more <= BAR else "no"
            print(
                f"| {at_once:7} | {with_them[0] * 1e6:16,.0f} | {without[0] * 1e6:11,.0f} "
                f"| {more:4.0%} | {worked:12.0%} | {BAR:.0%} | {met:>3} |"
            )
        agrees = usual.agrees()
        print("Every rollup agrees with its responses." if agrees else "The rollups are wrong.")
    return 0 if is_good and agrees else 1


def _measure(
    usual: Shop, bare: Shop, at_once: int, rounds: int, ratings: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """What `store` says, with and without: the medians of the rounds."""
    found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    with ThreadPoolExecutor(at_once) as pool:
        for number in range(rounds + 2):
            # Whoever is first in a round is second in the next.
            for counts in (True, False) if number % 2 else (False, True):
                shop = usual if counts else bare
                given = shop.ratings(ratings)
                with nullcontext() if counts else _counting_nothing():
                    took = shop.store(pool, given)
                # The first rounds compile statements and fill caches.
                if number >= 2:
                    found[counts].append(took)
    return _medians(found[True]), _medians(found[False])


def _medians(rounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return median(took for took, _ in rounds), median(worked for _, worked in rounds)


@contextmanager
def _counting_nothing() -> Iterator[None]:
    with patch.object(answers, "count", lambda _connection, _tallies: None):
        yield


def _shop(folder: Path, url: str) -> Shop:
    folder.mkdir()
    given = {"SAYSO_DATA": str(folder)}
    app = create_app(load_settings({**given, "SAYSO_DATABASE_URL": url} if url else given))
    at = datetime.now(UTC)
    with app.app_context():
        migrate.upgrade(db.engine)
        workspace = create_workspace(
            db.session, name="Bench", email="bench@sayso.example", password_hash="-", at=at
        )
        members = [
            create_member(
                db.session, workspace, name=f"Member {n}", email=None, employee_id=None, at=at
            )
            for n in range(MEMBERS)
        ]
        public_id = create_survey(
            db.session, workspace, name="Stars", kind="stars", user_id=None, at=at
        )
        survey = published_survey(db.session(), public_id)
        assert survey is not None
        assert survey.version_id is not None
        db.session.rollback()
    return Shop(app, workspace, survey.id, survey.version_id, members)


if __name__ == "__main__":
    sys.exit(main())
