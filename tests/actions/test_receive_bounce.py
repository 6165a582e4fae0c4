"""What is kept of an address when its customer is erased, on each database."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select

from tests.builders import Workspace, add_request, ask, customer_of, make_workspace, stored_request
from widget.actions.keep_customers import change_customer
from widget.actions.receive_bounce import receive_bounce
from widget.actions.unsubscribe import set_unsubscribed
from widget.domain.bounces import BounceReport, Sort
from widget.domain.customers import Details
from widget.domain.links import RequestLink
from widget.domain.mail_addresses import DeliveryName
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Bounce, Customer, Delivery, Event, Request, SuppressedAddress
from widget.storage.suppressions import newest_mail_to

KIM = "kim@shop.example"


def say(acme: Workspace, what: Sort, sent: UUID) -> bool:
    """Report what became of a mail; whether the report was taken."""
    with acme.world.app.app_context():
        return receive_bounce(
            db.session(),
            BounceReport(what, KIM, f"550 5.1.1 <{KIM}>: unknown", DeliveryName(acme.id, sent)),
            workspace_id=None,
            key=acme.world.settings.address_key,
            reported_by="dsn",
            at=acme.world.clock(),
        )


def unsubscribe(acme: Workspace, asked: UUID) -> None:
    with acme.world.app.app_context():
        set_unsubscribed(
            db.session(),
            RequestLink(acme.id, asked),
            unsubscribed=True,
            key=acme.world.settings.address_key,
            at=acme.world.clock(),
        )


def erase_everybody(acme: Workspace) -> None:
    """Delete every customer with all that was asked of them."""
    with acme.world.app.app_context(), writing(db.session()) as session:
        for table in (Event, Delivery, Request, Customer):
            session.execute(delete(table).where(table.workspace_id == acme.id))


@pytest.mark.parametrize("why", ["unsubscribed", "hard_bounce", "complaint"])
def test_an_address_stays_refused_when_its_customer_is_erased(
    any_acme: Workspace, why: str
) -> None:
    survey = any_acme.survey()
    asked, sent = add_request(any_acme, survey, email=KIM, status="sent")
    if why == "unsubscribed":
        unsubscribe(any_acme, asked)
    else:
        assert say(any_acme, "hard" if why == "hard_bounce" else "complaint", sent)
    erase_everybody(any_acme)
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(Customer)).all() == []
        kept = [*db.session.scalars(select(SuppressedAddress)), *db.session.scalars(select(Bounce))]
        assert kept
        assert all("kim" not in str(vars(row)) for row in kept)
    for given in (KIM, "KIM@shop.example"):
        found = stored_request(any_acme, ask(any_acme, survey, given))
        assert (found.status, found.why) == ("not_sent", why)
    assert stored_request(any_acme, ask(any_acme, survey, "lee@shop.example")).why == ""
    other = make_workspace(any_acme.world, "Other", "bob@other.example")
    elsewhere = stored_request(other, ask(other, other.survey(), KIM))
    assert elsewhere.why == ("complaint" if why == "complaint" else "")


def test_a_complaint_about_a_mail_to_a_former_address_holds_at_the_new_one(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    asked, sent = add_request(any_acme, survey, email=KIM, status="sent")
    kim, new = customer_of(any_acme, asked), "kim@new.example"
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        change_customer(db.session, any_acme.id, kim, Details({"email": new}), at)
    assert say(any_acme, "complaint", sent)
    for given in (KIM, new):
        assert stored_request(any_acme, ask(any_acme, survey, given)).why == "complaint"
    other = make_workspace(any_acme.world, "Other", "bob@other.example")
    elsewhere = {
        given: stored_request(other, ask(other, other.survey(), given)).why for given in (KIM, new)
    }
    assert elsewhere == {KIM: "complaint", new: ""}


def test_a_report_that_comes_after_erasure_is_of_no_mail(any_acme: Workspace) -> None:
    _, sent = add_request(any_acme, any_acme.survey(), email=KIM, status="sent")
    erase_everybody(any_acme)
    assert not say(any_acme, "hard", sent)


@pytest.mark.parametrize("sent_to", ["kim@bücher.example", "kim@xn--bcher-kva.example"])
@pytest.mark.parametrize("reported_as", ["kim@bücher.example", "Kim@xn--bcher-kva.example"])
def test_a_report_may_spell_an_international_domain_either_way(
    any_acme: Workspace, sent_to: str, reported_as: str
) -> None:
    _, sent = add_request(any_acme, any_acme.survey(), email=sent_to, status="sent")
    with any_acme.world.app.app_context():
        assert newest_mail_to(db.session(), any_acme.id, reported_as) == (any_acme.id, sent)
