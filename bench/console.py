"""`python -m bench.console`: how long the console's pages take in a company of some size.

Server time of each page, in process, with 2,000 members in 200 nested teams. Pages that need
something we do not make here are named at the end.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import insert
from werkzeug.routing import Rule

from widget import create_app
from widget.actions.change_rewards import save_reward
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.domain.rewards import Reward
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import migrate
from widget.storage.engine import write_connection, writing
from widget.storage.ids import new_id, new_public_id
from widget.storage.models import Member, Response, Team
from widget.storage.rollups import count_everything_again
from widget.storage.surveys import published_survey

EMAIL, PASSWORD = "owner@bench.example", "a password for measuring"
BAR_MS = 200.0


@dataclass(frozen=True)
class Filled:
    """What was made, whose pages are measured."""

    survey: str
    team: int
    member: int
    response: UUID
    reward: str
    given: str

    def address(self, rule: Rule) -> str | None:
        """Where a page of these is; None for a page of something else."""
        things: dict[str, object] = {
            "public_id": self.survey,
            "team_id": self.team,
            "member_id": self.member,
            "response_id": self.response,
            "reward_id": self.reward,
        }
        if rule.endpoint == "console.unassigned_assign":
            return f"{rule.rule}?given={self.given}"
        if not rule.arguments <= things.keys():
            return None
        built = rule.build({name: things[name] for name in rule.arguments})
        return built[1] if built else None


def main() -> int:
    """Measure and print. The status is 1 when a page takes longer than the bar."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--members", type=int, default=2_000)
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--responses", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        app = create_app(load_settings({"SAYSO_DATA": folder, "SAYSO_RATE_LIMIT": "off"}))
        filled = _fill(app, asked.members, asked.teams, asked.responses)
        client = signed_in(app)
        slowest, left_out = 0.0, []
        print(f"{asked.members:,} members, {asked.teams} teams, {asked.responses:,} responses")
        for rule in _pages(app):
            address = filled.address(rule)
            if address is None:
                left_out.append(rule.rule)
                continue
            took = median(_time(client, address) for _ in range(asked.rounds))
            slowest = max(slowest, took)
            print(f"{took:8.1f} ms  {address}")
        print(f"slowest {slowest:.1f} ms, bar {BAR_MS:.0f} ms")
        print("not measured:", ", ".join(left_out))
    return 1 if slowest > BAR_MS else 0


def _pages(app: Flask) -> list[Rule]:
    """Everything that can be read in the console by somebody who is signed in."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [
        rule
        for rule in rules
        if rule.endpoint.startswith("console.")
        and "GET" in (rule.methods or ())
        and rule.endpoint != "console.set_up"
    ]


def _time(client: FlaskClient, path: str) -> float:
    """Milliseconds of one answer, which must not be an error."""
    began = time.perf_counter()
    answer = client.get(path)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code >= 400:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took


def _fill(app: Flask, members: int, teams: int, responses: int) -> Filled:
    chance, at = random.Random(1), datetime.now(UTC)
    with app.app_context():
        migrate.upgrade(db.engine)
        workspace_id = create_workspace(
            db.session(), name="Bench", email=EMAIL, password_hash=hash_password(PASSWORD), at=at
        )
        public_id = create_survey(
            db.session(), workspace_id, name="Bench", kind="stars", user_id=None, at=at
        )
        survey = published_survey(db.session(), public_id)
        assert survey is not None
        team_ids = make_teams(workspace_id, teams, at)
        member_ids = make_members(workspace_id, members, team_ids, at)
        rows = [
            {
                "workspace_id": workspace_id,
                "id": new_id(),
                "survey_id": survey.id,
                "version_id": survey.version_id,
                "kind": "stars",
                "score": score,
                "stars": score,
                "comment": "Quick and friendly, thank you!" if chance.random() < 0.3 else None,
                "language": "en",
                "source": "widget",
                # One in a hundred names somebody whom nobody knows.
                "member_id": None if index % 100 == 0 else chance.choice(member_ids),
                "member_given": _stranger(index % 5_000) if index % 100 == 0 else "",
                "channel": chance.choice(("email", "chat", "phone")),
                "day": moment.date(),
                "answered_at": moment,
                "updated_at": moment,
                "finished_at": moment,
            }
            for index, score, moment in (
                (
                    index,
                    chance.choice((1, 2, 3, 4, 5, 5, 5)),
                    at - timedelta(minutes=chance.randrange(129_600)),
                )
                for index in range(responses)
            )
        ]
        db.session.rollback()
        with write_connection(db.engine) as connection:
            for start in range(0, len(rows), 5_000):
                connection.execute(insert(Response), rows[start : start + 5_000])
        with write_connection(db.engine) as connection:
            count_everything_again(connection, workspace_id)
        coffee = Reward("", texts={"en": "Coffee"})
        reward = save_reward(db.session(), workspace_id, coffee, at=at)
        return Filled(public_id, team_ids[0], member_ids[0], rows[0]["id"], reward, _stranger(0))


def _stranger(index: int) -> str:
    return f"stranger{index}@bench.example"


def make_teams(workspace_id: int, number: int, at: datetime) -> list[int]:
    ids: list[int] = []
    with writing(db.session()) as session:
        for index in range(number):
            # Five below each, so that they nest a few deep.
            parent = ids[(index - 1) // 5] if index else None
            team = Team(
                workspace_id=workspace_id, name=f"Team {index}", parent_id=parent, created_at=at
            )
            session.add(team)
            session.flush()
            ids.append(team.id)
    return ids


def make_members(workspace_id: int, number: int, teams: list[int], at: datetime) -> list[int]:
    with writing(db.session()) as session:
        members = [
            Member(
                workspace_id=workspace_id,
                public_id=new_public_id(),
                name=f"Member {index}",
                email=f"member{index}@bench.example",
                team_id=teams[index % len(teams)] if teams else None,
                created_at=at,
            )
            for index in range(number)
        ]
        session.add_all(members)
        session.flush()
        return [member.id for member in members]


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    page = client.get("/console/account/sign-in").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/console/account/sign-in", data=fields)
    if answer.status_code != 302:
        raise SystemExit("Nobody could sign in.")
    return client


if __name__ == "__main__":
    sys.exit(main())
