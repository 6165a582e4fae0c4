"""`python -m bench.dashboard`: how long the dashboard takes over very many answers.

Makes responses of two years by 500 members of 40 teams to three surveys, and asks for the page by
each sort of filter, in process. Growing numbers show how it grows.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import insert

from bench.console import EMAIL, PASSWORD, make_members, make_teams, signed_in
from widget import create_app
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.domain.scales import Kind
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import migrate
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Response
from widget.storage.rollups import count_everything_again
from widget.storage.surveys import published_survey

KINDS: tuple[Kind, ...] = ("stars", "csat", "nps")
HIGHEST = {"stars": 5, "csat": 5, "nps": 10}
DAYS = 730
CHUNK = 20_000
# The most that a page may take, in milliseconds at the 95th percentile.
BARS = {"default": 150.0, "one filter": 500.0, "two filters": 1_500.0}
ADDRESSES = (
    ("default", ""),
    ("default", "span=last_365"),
    ("one filter", "survey={stars}"),
    ("one filter", "team=1"),
    ("one filter", "channel=chat"),
    ("one filter", "language=de"),
    ("one filter", "client=Client+7"),
    ("one filter", "by=hour"),
    ("one filter", "language=de&span=last_365"),
    ("two filters", "survey={nps}&channel=email"),
    ("two filters", "language=de&client=Client+7"),
    ("two filters", "language=de&source=link&span=last_365"),
)


def main() -> int:
    """Measure and print. The status is 1 when a page takes longer than its bar."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--responses", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--database-url", default="", help="PostgreSQL; SQLite unless told")
    asked = parser.parse_args()
    failed = False
    for number in asked.responses:
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            given = {"SAYSO_DATA": folder, "SAYSO_RATE_LIMIT": "off"}
            if asked.database_url:
                given["SAYSO_DATABASE_URL"] = asked.database_url
            app = create_app(load_settings(given))
            surveys = _fill(app, number)
            client = signed_in(app)
            for bar, address in ADDRESSES:
                path = f"/console/dashboard?{address.format(**surveys)}"
                times = sorted(_time(client, path) for _ in range(asked.rounds))
                slow = times[min(len(times) - 1, int(0.95 * len(times)))]
                failed |= slow > BARS[bar]
                print(f"{number:>11,}  {bar:11}  {slow:8.1f} ms  bar {BARS[bar]:5.0f}  {path}")
    return int(failed)


def _time(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took


def _fill(app: Flask, number: int) -> dict[str, str]:
    """Make everything; returns the surveys' public ids by their kinds."""
    at = datetime.now(UTC)
    with app.app_context():
        migrate.upgrade(db.engine)
        workspace_id = create_workspace(
            db.session(), name="Bench", email=EMAIL, password_hash=hash_password(PASSWORD), at=at
        )
        public_ids: dict[str, str] = {}
        surveys = []
        for kind in KINDS:
            public_ids[kind] = create_survey(
                db.session(), workspace_id, name=kind, kind=kind, user_id=None, at=at
            )
            found = published_survey(db.session(), public_ids[kind])
            assert found is not None
            surveys.append((kind, found.id, found.version_id))
        teams = make_teams(workspace_id, 40, at)
        members = make_members(workspace_id, 500, teams, at)
        db.session.rollback()
        rows = _rows(number, workspace_id, surveys, members, at)
        _store(rows, number)
        with write_connection(db.engine) as connection:
            count_everything_again(connection, workspace_id)
    return public_ids


def _store(rows: Iterator[dict[str, Any]], number: int) -> None:
    began, done = time.perf_counter(), 0
    while chunk := [row for row, _ in zip(rows, range(CHUNK), strict=False)]:
        with write_connection(db.engine) as connection:
            connection.execute(insert(Response), chunk)
        done += len(chunk)
        spent = time.perf_counter() - began
        sys.stderr.write(f"\r{done:,} of {number:,} responses, {spent:.0f} s")
    sys.stderr.write("\n")


def _rows(
    number: int,
    workspace_id: int,
    surveys: list[tuple[Kind, int, int | None]],
    members: list[int],
    at: datetime,
) -> Iterator[dict[str, Any]]:
    """Responses that look like real ones: members differ, and December is busy."""
    chance = random.Random(1)
    skill = {id: chance.gauss(0, 0.5) for id in members}
    languages = ["en", "en", "en", "de", "fr", "es", "it"]
    for index in range(number):
        days = int(DAYS * chance.random() ** 1.1)
        moment = at - timedelta(days=days, seconds=chance.randrange(86_400))
        if moment.month not in (11, 12) and chance.random() < 0.2:
            moment = max(moment - timedelta(days=30), at - timedelta(days=DAYS))
        kind, survey_id, version_id = surveys[0 if chance.random() < 0.9 else 1 + index % 2]
        member = chance.choice(members)
        score = min(
            max(round(HIGHEST[kind] * chance.betavariate(4, 1.4) + skill[member]), 1), HIGHEST[kind]
        )
        yield {
            "workspace_id": workspace_id,
            "id": new_id(),
            "survey_id": survey_id,
            "version_id": version_id,
            "kind": kind,
            "score": score,
            kind: score,
            **{other: None for other in KINDS if other != kind},
            "comment": "Quick and friendly, thank you!" if chance.random() < 0.25 else None,
            "language": chance.choice(languages),
            "source": "widget" if chance.random() < 0.7 else "link",
            "member_id": member,
            "channel": chance.choice(("email", "email", "chat", "phone")),
            "attributes": {"client": f"Client {chance.randrange(200)}"},
            "day": moment.date(),
            "answered_at": moment,
            "updated_at": moment,
            "finished_at": moment,
        }


if __name__ == "__main__":
    sys.exit(main())
