"""Campaigns for tests: customers, audiences, campaigns, and what the worker does with them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.builders import Workspace, answer_survey, send_due_requests
from widget.actions.change_audiences import save_audience, save_list
from widget.actions.change_campaigns import CampaignDraft, save_campaign
from widget.actions.run_campaigns import run_campaigns
from widget.actions.steer_campaign import launch_campaign
from widget.domain.audiences import Rule, Rules
from widget.domain.campaigns import CampaignPlan
from widget.domain.condition_groups import Group
from widget.extensions import db
from widget.storage.audiences import StoredAudience
from widget.storage.campaigns import StoredCampaign, campaign_of
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import Customer, Request
from widget.storage.request_rows import mark_answered
from widget.storage.waves import StoredWave, waves_of


def add_customer(acme: Workspace, email: str | None, **known: Any) -> UUID:
    """A customer; `known` are columns of theirs."""
    at = known.pop("created_at", acme.world.clock())
    with acme.world.app.app_context(), writing(db.session) as session:
        row = Customer(
            workspace_id=acme.id,
            id=new_id(),
            email=email,
            **{"created_at": at, "updated_at": at, **known},
        )
        session.add(row)
        session.flush()
        return row.id


def add_customers(acme: Workspace, number: int, prefix: str = "c", **known: Any) -> None:
    """So many customers with addresses such as `c0@c.example`."""
    at = acme.world.clock()
    with acme.world.app.app_context(), writing(db.session) as session:
        session.add_all(
            Customer(
                workspace_id=acme.id,
                id=new_id(),
                email=f"{prefix}{place}@c.example",
                created_at=at,
                updated_at=at,
                **known,
            )
            for place in range(number)
        )


def audience(acme: Workspace, *rules: Rule | Rules, name: str = "Some", match: str = "all") -> int:
    """An audience of rules; returns its id."""
    with acme.world.app.app_context():
        found = StoredAudience(0, name, Group(match, rules))
        return save_audience(db.session(), acme.id, found, at=acme.world.clock())


def customer_list(acme: Workspace, names: Sequence[str], name: str = "A list") -> int:
    """A list of customers by their addresses; returns its id."""
    with acme.world.app.app_context():
        return save_list(
            db.session(),
            acme.id,
            StoredAudience(0, name, None),
            names,
            replaces=True,
            at=acme.world.clock(),
        ).id


def campaign(
    acme: Workspace,
    survey: str,
    *,
    name: str = "Autumn",
    audience: int | None = None,
    excluded: int | None = None,
    **plan: Any,
) -> int:
    """A campaign's draft; returns its id. `plan`: fields of a CampaignPlan."""
    chosen = CampaignPlan(**{"hours_from": 0, "hours_until": 24, **plan})
    with acme.world.app.app_context():
        draft = CampaignDraft(name, survey, audience, excluded, chosen)
        at = acme.world.clock()
        return save_campaign(db.session(), acme.id, None, draft, user_id=None, at=at)


def launch(acme: Workspace, id: int) -> None:
    with acme.world.app.app_context():
        launch_campaign(db.session(), acme.id, id, at=acme.world.clock())


def steer(acme: Workspace, verb: Callable[..., None], id: int) -> None:
    """Do one of `actions.steer_campaign` with a campaign, now."""
    with acme.world.app.app_context():
        verb(db.session(), acme.id, id, at=acme.world.clock())


def run(acme: Workspace, now: datetime | None = None) -> int:
    """What the worker does with campaigns, at the world's time unless another is given."""
    with acme.world.app.app_context():
        db.session.rollback()
        return run_campaigns(db.engine, now or acme.world.clock(), budget_s=60)


def launched(acme: Workspace, survey: str, **details: Any) -> int:
    """A campaign whose requests are made; returns its id."""
    id = campaign(acme, survey, **details)
    launch(acme, id)
    run(acme)
    return id


def send(acme: Workspace) -> int:
    """Let what is due become mails."""
    return send_due_requests(acme)


def stored_campaign(acme: Workspace, id: int) -> StoredCampaign:
    with acme.world.app.app_context():
        db.session.rollback()
        return campaign_of(db.session(), acme.id, id)


def stored_waves(acme: Workspace, id: int) -> list[StoredWave]:
    """A campaign's waves, the first one first."""
    with acme.world.app.app_context():
        db.session.rollback()
        return waves_of(db.session(), acme.id, id)[::-1]


def requests_of(acme: Workspace, id: int) -> list[Request]:
    """A campaign's requests, in the order of their customers' ids."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(
            db.session.scalars(
                select(Request).where(Request.campaign_id == id).order_by(Request.customer_id)
            )
        )
        db.session.expunge_all()
        return rows


def emails_asked(acme: Workspace, id: int) -> list[str]:
    """The addresses of whom a campaign asks."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = db.session.scalars(
            select(Customer.email)
            .join(Request, Request.customer_id == Customer.id)
            .where(Request.campaign_id == id)
        )
        return sorted(email or "" for email in rows)


def answer(acme: Workspace, survey: str, request: UUID, score: int, **details: Any) -> None:
    """What a request's customer answers by its link."""
    answer_survey(acme, survey, score, id=str(request), **details)
    with acme.world.app.app_context(), writing(db.session) as session:
        mark_answered(session.connection(), acme.id, request, acme.world.clock())
