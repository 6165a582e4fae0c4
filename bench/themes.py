"""`python -m bench.themes`: how long the worker takes to find what is behind scores, and in what
memory, over very many comments.

Makes two spans of responses with comments whose words are as unevenly frequent as a language's, in
five languages, and finds the themes of the later one. Growing numbers show how it grows.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from flask import Flask
from sqlalchemy import Engine, insert

from widget import create_app
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.actions.find_themes import FindThemes, ask_for_themes
from widget.domain.roles import EVERYTHING
from widget.domain.score_filters import ScoreFilter
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import migrate
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Response
from widget.storage.surveys import published_survey
from widget.storage.themes import latest_for

CHUNK = 20_000
DAYS = 90
# The most that it may take of the processor, however many comments there are.
BAR_S, BAR_MB = 60.0, 400.0


def main() -> int:
    """Measure and print. The status is 1 when it takes longer or more memory than its bar."""
    parser = argparse.ArgumentParser(prog="python -m bench.themes", description=__doc__)
    parser.add_argument("--comments", type=int, nargs="+", default=[10_000, 143_000])
    asked = parser.parse_args()
    failed = False
    for number in asked.comments:
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            app = create_app(load_settings({"SAYSO_DATA": folder}))
            with app.app_context():
                workspace_id = _fill(app, number)
                before, began, busy = _peak_mb(), time.perf_counter(), time.process_time()
                read, written = _find(db.engine, workspace_id)
                took, busy = time.perf_counter() - began, time.process_time() - busy
                more = _peak_mb() - before
        failed |= busy > BAR_S or more > BAR_MB
        print(
            f"{number:>11,} comments in each span: {read:,} of {written:,} read, {busy:5.1f} s of"
            f" the processor (bar {BAR_S:.0f}) in {took:5.1f} s, {more:4.0f} MB more at its peak"
            f" (bar {BAR_MB:.0f})"
        )
    return int(failed)


def _find(engine: Engine, workspace_id: int) -> tuple[int, int]:
    """How many comments of the later span were read, of how many."""
    now, today = datetime.now(UTC), datetime.now(UTC).date()
    wanted = ScoreFilter(today - timedelta(days=DAYS - 1), today)
    ask_for_themes(db.session(), workspace_id, EVERYTHING, wanted, now)
    if not FindThemes(lambda: False)(engine, now):
        raise SystemExit("Nothing was found.")
    kept = latest_for(db.session(), workspace_id, EVERYTHING, wanted, now)
    assert kept.findings is not None
    languages = kept.findings.languages
    return (
        sum(sum(one.themes.comments.values()) for one in languages),
        sum(sum(one.written.values()) for one in languages),
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(app: Flask, number: int) -> int:
    """Make everything; returns the workspace's id."""
    at = datetime.now(UTC)
    migrate.upgrade(db.engine)
    workspace_id = create_workspace(
        db.session(), name="Bench", email="owner@bench.example", password_hash="", at=at
    )
    public_id = create_survey(
        db.session(), workspace_id, name="Bench", kind="stars", user_id=None, at=at
    )
    found = published_survey(db.session(), public_id)
    assert found is not None
    rows = _rows(2 * number, workspace_id, found.id, found.version_id, at.date())
    db.session.rollback()
    while chunk := [row for row, _ in zip(rows, range(CHUNK), strict=False)]:
        with write_connection(db.engine) as connection:
            connection.execute(insert(Response), chunk)
    return workspace_id


def _rows(
    number: int, workspace_id: int, survey_id: int, version_id: int | None, today: date
) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    words = [f"word{index:x}x" for index in range(20_000)]
    # The n-th most frequent word comes an n-th as often (Zipf).
    weights = list(accumulate(1 / (index + 5) for index in range(len(words))))
    languages = ["en", "en", "en", "de", "fr", "es", "it"]
    reasons = ("slow", "unclear", "not-solved")
    for index in range(number):
        day = today - timedelta(days=index % (2 * DAYS))
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        score = chance.choice((1, 2, 4, 5, 5, 5))
        said = chance.choices(words, cum_weights=weights, k=chance.randint(4, 40))
        yield {
            "workspace_id": workspace_id,
            "id": new_id(),
            "survey_id": survey_id,
            "version_id": version_id,
            "kind": "stars",
            "score": score,
            "stars": score,
            "comment": " ".join(said),
            "reasons": [chance.choice(reasons)] if score < 4 else None,
            "language": chance.choice(languages),
            "source": "widget",
            "day": day,
            "answered_at": moment,
            "updated_at": moment,
            "finished_at": moment,
        }


if __name__ == "__main__":
    sys.exit(main())
