"""What tests about follow-ups make and look at."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.builders import Workspace
from widget.actions.change_alerts import change_rule
from widget.actions.raise_alerts import RaiseAlerts
from widget.domain.alert_rules import AlertRule
from widget.domain.messages import Content
from widget.extensions import db
from widget.storage.models import FollowUp, FollowUpNote, Message, User

HOME = "https://sayso.example"


def set_alerts(acme: Workspace, survey: str | None = None, **rule: Any) -> None:
    """Set the rule of a survey, or of all."""
    with acme.world.app.app_context():
        change_rule(db.session, acme.id, survey, AlertRule(**rule), at=acme.world.clock())


def raise_alerts(acme: Workspace, worker: RaiseAlerts | None = None) -> int:
    """What the worker does with new events; a worker of its own unless one is given."""
    with acme.world.app.app_context():
        db.session.rollback()
        return (worker or RaiseAlerts(HOME))(db.engine, acme.world.clock())


def follow_ups(acme: Workspace) -> list[FollowUp]:
    """Every follow-up of the world, oldest first."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(FollowUp).order_by(FollowUp.id)))
        db.session.expunge_all()
        return rows


def the_follow_up(acme: Workspace) -> FollowUp:
    """The one follow-up that there is."""
    [found] = follow_ups(acme)
    return found


def notes(acme: Workspace, kind: str) -> list[FollowUpNote]:
    """Every note of a kind, oldest first."""
    with acme.world.app.app_context():
        rows = select(FollowUpNote).where(FollowUpNote.kind == kind)
        found = list(db.session.scalars(rows.order_by(FollowUpNote.at, FollowUpNote.id)))
        db.session.expunge_all()
        return found


def alerts(acme: Workspace, purpose: str = "alert") -> list[tuple[str, str]]:
    """Channel and target of each alert that was queued, in order."""
    with acme.world.app.app_context():
        rows = db.session.execute(
            select(Message.channel, Message.target)
            .where(Message.purpose == purpose)
            .order_by(Message.channel, Message.target)
        )
        return [(channel, target) for channel, target in rows]


def last_alert(acme: Workspace) -> Content:
    """What the newest alert says."""
    with acme.world.app.app_context():
        row = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert row is not None
        return Content.from_json(row.content)


def user_id(acme: Workspace, email: str) -> int:
    with acme.world.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def of(found: FollowUp) -> str:
    """The id of a follow-up's response, as builders give it."""
    id: UUID = found.response_id
    return str(id)
