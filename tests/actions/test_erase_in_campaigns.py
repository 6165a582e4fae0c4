"""Somebody is erased whom a campaign asks, or told apart."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import Workspace
from tests.campaigning import (
    add_customer,
    add_customers,
    campaign,
    emails_asked,
    launch,
    launched,
    run,
    stored_waves,
)
from widget.actions import run_campaigns as module
from widget.actions.erase_customer import erase_customer
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Customer


def erase(acme: Workspace, email: str) -> None:
    with acme.world.app.app_context(), Session(db.engine) as session:
        customer = session.scalar(select(Customer.id).where(Customer.email == email))
        assert customer is not None
        erase_customer(
            session,
            acme.id,
            customer,
            data=acme.world.settings.data,
            asked_by="console",
            user_id=None,
            at=acme.world.clock(),
        )


def test_whoever_is_erased_after_they_were_drawn_holds_nobody_up(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add_customers(any_acme, 3, attributes={"phone": "+49 30 1234567"})
    id = campaign(any_acme, any_acme.survey("nps"))
    launch(any_acme, id)
    real, erased = module.drawn_after, []

    def erased_meanwhile(session: Session, *args: Any) -> object:
        found = real(session, *args)
        session.rollback()
        if not erased:
            erased.append(True)
            erase(any_acme, "c1@c.example")
        return found

    monkeypatch.setattr(module, "drawn_after", erased_meanwhile)
    run(any_acme)
    assert emails_asked(any_acme, id) == ["c0@c.example", "c2@c.example"]
    [wave] = stored_waves(any_acme, id)
    assert (wave.status, wave.size, wave.made) == ("made", 3, 2)
    assert "1234567" not in caplog.text


def test_erasing_takes_away_the_name_of_a_group_that_somebody_was_alone_in(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey("nps")
    add_customer(any_acme, "z@c.example", client="Zyx Sole Trader", attributes={"plan": "Z plan"})
    add_customers(any_acme, 2, client="Other", attributes={"plan": "pro"})
    everybody = launched(any_acme, survey, traits=("client",))
    # Not asked, but told apart by.
    one = launched(
        any_acme,
        survey,
        name="Sample",
        traits=("attribute:plan",),
        who="sample",
        sized_by="number",
        number=1,
    )
    with any_acme.world.app.app_context(), writing(db.session) as session:
        session.execute(
            update(Customer).where(Customer.email == "c1@c.example").values(client="Moved on")
        )
    erase(any_acme, "z@c.example")
    for id, values in ((everybody, ("Other",)), (one, ("pro",))):
        [wave] = stored_waves(any_acme, id)
        assert sorted((row.values, row.population) for row in wave.strata) == [
            (("(erased)",), 1),
            (values, 2),
        ]
    # Others are left in the groups that they share.
    erase(any_acme, "c0@c.example")
    [wave] = stored_waves(any_acme, everybody)
    assert ("Other",) in [row.values for row in wave.strata]
