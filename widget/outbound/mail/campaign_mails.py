"""Mails of campaigns are made some time ahead, so what was decided then is looked at again when one
is about to leave."""

from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.take_back_mails import take_back_mail
from widget.domain.ask_times import zone_named
from widget.domain.campaigns import CampaignPlan, decided_again_at
from widget.domain.requests import WAITS_FOR_HOURS
from widget.storage import claimed_mails
from widget.storage.deliveries import DueMail


def is_put_back(engine: Engine, due: DueMail, now: datetime) -> bool:
    """Give a claimed mail back that must not leave yet, or of which too much may have changed
    since it was made; whether that was done."""
    if due.campaign_plan is None or due.request_status == "answered":
        return False
    plan = CampaignPlan.from_json(due.campaign_plan)
    zone = zone_named(due.customer_time_zone, due.workspace_time_zone)
    until = decided_again_at(plan, zone, made_at=due.made_at, now=now)
    if until is None:
        return False
    if due.attempts == 1:
        with Session(engine) as session:
            take_back_mail(session, due.workspace_id, due.id, until=until, claim=due.claimed_until)
        return True
    # A server may have it already, so it stays the mail that it is.
    if until > now:
        claimed_mails.put_off(engine, due, due_at=until, why=WAITS_FOR_HOURS)
    return until > now
