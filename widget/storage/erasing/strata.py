"""The names of groups that somebody was alone in: a campaign's strata are called by what their
customers have in common, and of one customer alone that tells who it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.audiences import Trait, traits_named
from widget.domain.campaigns import CampaignPlan
from widget.domain.sampling import ERASED, Stratum
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import Person
from widget.storage.models import Campaign, Customer, Request, Wave


def erase_lone_strata(session: Session, person: Person, at: datetime) -> Counts:
    """Take away what a stratum is called that had nobody else when its wave was drawn, whether they
    were asked or not. How many there were of each, and what they answered, stays."""
    of_customer = (Customer.workspace_id == person.workspace_id, Customer.id == person.customer_id)
    customer = session.scalars(select(Customer).where(*of_customer)).one()
    asked_as = {
        (wave_id, stratum)
        for wave_id, stratum in session.execute(
            select(Request.wave_id, Request.stratum).where(
                Request.workspace_id == person.workspace_id,
                Request.id.in_(person.requests),
                Request.wave_id.is_not(None),
            )
        )
    }
    done = 0
    for wave, plan in session.execute(
        select(Wave, Campaign.plan)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(Wave.workspace_id == person.workspace_id)
        .with_for_update(of=Wave)
    ):
        theirs = _stratum_of(customer, traits_named(CampaignPlan.from_json(plan).traits))
        strata = [dict(one) for one in wave.strata]
        for number, one in enumerate(strata):
            is_theirs = tuple(one["values"]) == theirs or (wave.id, number) in asked_as
            if one["values"] and one["population"] == 1 and is_theirs:
                one["values"] = [ERASED] * len(one["values"])
                done += 1
        if strata != wave.strata:
            wave.strata = strata
    return {"strata": done}


def _stratum_of(customer: Customer, traits: Sequence[Trait]) -> Stratum:
    known = customer.attributes or {}
    return tuple(
        known.get(one.key, "") if one.field == "attribute" else getattr(customer, one.field)
        for one in traits
    )
