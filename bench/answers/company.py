"""A company that has as many responses as told: 500 members in 40 nested teams, three surveys."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from flask_security import hash_password
from sqlalchemy import select

from bench.answers.making import SURVEYS, Company, made_days
from bench.answers.storing import store
from bench.console import EMAIL, PASSWORD, make_members, make_teams
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.extensions import db
from widget.storage import migrate
from widget.storage.engine import write_connection
from widget.storage.models import Survey, Team, Workspace
from widget.storage.rollups import count_everything_again
from widget.storage.surveys import published_survey

MEMBERS, TEAMS = 500, 40


@dataclass(frozen=True)
class Filled:
    """What is asked for of a company: its id, its surveys' public ids by kind, and a team."""

    workspace_id: int
    surveys: dict[str, str]
    team: int


def filled(app: Flask, number: int) -> Filled:
    """Make the company, or find the one that was made before, with `number` responses."""
    with app.app_context():
        migrate.upgrade(db.engine)
        if db.session().scalar(select(Workspace.id).limit(1)) is None:
            _fill(number)
        made = _found()
        db.session.remove()
        return made


def _found() -> Filled:
    session = db.session()
    workspace_id = session.scalars(select(Workspace.id).order_by(Workspace.id)).first()
    assert workspace_id is not None
    surveys = session.execute(select(Survey.kind, Survey.public_id))
    team = session.scalars(select(Team.id).order_by(Team.id)).first()
    assert team is not None
    return Filled(workspace_id, dict(surveys.tuples().all()), team)


def _fill(number: int) -> None:
    at = datetime.now(UTC)
    workspace_id = create_workspace(
        db.session(), name="Bench", email=EMAIL, password_hash=hash_password(PASSWORD), at=at
    )
    surveys = []
    for kind in SURVEYS:
        public_id = create_survey(
            db.session(), workspace_id, name=kind, kind=kind, user_id=None, at=at
        )
        found = published_survey(db.session(), public_id)
        assert found is not None
        assert found.version_id is not None
        surveys.append((found.id, found.version_id))
    teams = make_teams(workspace_id, TEAMS, at)
    members = make_members(workspace_id, MEMBERS, teams, at)
    db.session.rollback()
    company = Company(workspace_id, surveys, members)
    store(db.engine, workspace_id, made_days(company, number, at), number)
    with write_connection(db.engine) as connection:
        count_everything_again(connection, workspace_id)
