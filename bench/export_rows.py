"""Responses as a company has them, with all that stands in a file of them."""

import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from flask_security import hash_password
from sqlalchemy import insert

from bench.console import EMAIL, PASSWORD, make_members, make_teams
from widget.actions.change_rewards import save_reward
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.domain.rewards import Reward
from widget.extensions import db
from widget.storage import migrate
from widget.storage.engine import write_connection, writing
from widget.storage.ids import new_id
from widget.storage.models import Response, ResponseTag
from widget.storage.surveys import published_survey
from widget.storage.tags import tag_to_give

_CHUNK = 20_000
_DAYS = 730
_COMMENTS = (
    "Quick and friendly, thank you!",
    "It took three days until somebody answered, and then the invoice was still wrong.",
    "Très bien, “merci”",
    '=HYPERLINK("http://evil.example")',
)


def fill(app: Flask, number: int, at: datetime) -> int:
    """Make a workspace with so many responses of two years; returns its id."""
    with app.app_context():
        migrate.upgrade(db.engine)
        workspace_id = create_workspace(
            db.session(), name="Bench", email=EMAIL, password_hash=hash_password(PASSWORD), at=at
        )
        public_id = create_survey(
            db.session(), workspace_id, name="How was it?", kind="stars", user_id=None, at=at
        )
        survey = published_survey(db.session(), public_id)
        assert survey is not None
        members = make_members(workspace_id, 500, make_teams(workspace_id, 40, at), at)
        reward = save_reward(db.session(), workspace_id, Reward("", texts={"en": "Coffee"}), at=at)
        with writing(db.session()) as session:
            tag = tag_to_give(session, workspace_id, "late delivery", at)
        rows = _rows(number, workspace_id, (survey.id, survey.version_id), members, reward, at)
        _store(rows, number, tag)
    return workspace_id


def _store(rows: Iterator[dict[str, Any]], number: int, tag: int) -> None:
    began, done = time.perf_counter(), 0
    while chunk := list(islice(rows, _CHUNK)):
        tagged = [
            {
                "workspace_id": row["workspace_id"],
                "response_id": row["id"],
                "tag_id": tag,
                "answered_at": row["answered_at"],
            }
            for row in chunk[::10]
        ]
        with write_connection(db.engine) as connection:
            connection.execute(insert(Response), chunk)
            connection.execute(insert(ResponseTag), tagged)
        done += len(chunk)
        spent = time.perf_counter() - began
        sys.stderr.write(f"\r{done:,} of {number:,} responses, {spent:.0f} s")
    sys.stderr.write("\n")


def _rows(
    number: int,
    workspace_id: int,
    survey: tuple[int, int | None],
    members: list[int],
    reward: str,
    at: datetime,
) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    for index in range(number):
        # Stored in the order in which they came, as real ones are.
        moment = at - timedelta(days=_DAYS) + timedelta(days=_DAYS) * (index / number)
        stars = chance.choice((1, 3, 4, 5, 5, 5))
        yield {
            "workspace_id": workspace_id,
            "id": new_id(),
            "survey_id": survey[0],
            "version_id": survey[1],
            "kind": "stars",
            "score": stars,
            "stars": stars,
            "reasons": ["speed", "friendly"] if index % 5 == 0 else None,
            "comment": chance.choice(_COMMENTS) if index % 4 == 0 else None,
            "wants_contact": True if index % 50 == 0 else None,
            "may_publish": None,
            "reward_id": reward if index % 20 == 0 else None,
            "language": chance.choice(("en", "en", "de", "fr")),
            "source": "widget",
            "member_id": chance.choice(members),
            "ref": f"T-{index}" if index % 2 else "",
            "channel": chance.choice(("email", "email", "chat", "phone")),
            "customer_email": f"kim{index}@customer.example" if index % 2 else "",
            "customer_name": f"Kim Lee {index}" if index % 2 else "",
            "page": "https://shop.example/orders/done",
            "attributes": {"client": f"Client {index % 200}", "plan": "pro"},
            "day": moment.date(),
            "answered_at": moment,
            "updated_at": moment,
            "finished_at": moment,
        }
