"""Two entries of one person become one, and nothing is counted twice or lost."""

import pytest
from sqlalchemy import func, select

from tests.builders import (
    Workspace,
    add_customer,
    answer_survey,
    ask,
    customer_of,
    make_workspace,
    set_rules,
    stored_request,
)
from tests.campaigning import launched, requests_of, send
from widget.actions.merge_customers import merge_customers
from widget.actions.note_delivery import note_sent
from widget.actions.plan_requests import GivenAsk, plan
from widget.domain.asks import Ask
from widget.domain.errors import MergeRefused, UnknownCustomer
from widget.domain.mail_addresses import address_digest
from widget.domain.merging import Side
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.asking import asking_of
from widget.storage.audiences import list_customers
from widget.storage.customer_timeline import timeline_of
from widget.storage.customer_traces import merged_into, traces_of
from widget.storage.customers import known_customers
from widget.storage.engine import writing
from widget.storage.models import Audience, AudienceCustomer, Customer, Delivery, Event, Response
from widget.storage.rollups import rolled_up_counts, true_counts
from widget.storage.suppressions import suppress, suppression_of


def merge(acme: Workspace, kept: object, other: object, **chosen: Side) -> None:
    with acme.world.app.app_context():
        db.session.rollback()
        at = acme.world.clock()
        merge_customers(db.session, acme.id, kept, other, chosen, user_id=None, at=at)


def digest(acme: Workspace, email: str) -> str:
    return address_digest(acme.world.settings.address_key, email)


def test_requests_and_responses_of_both_are_one_customers_each_once(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    set_rules(acme, survey, suppression_days=0)
    first = ask(acme, survey, "kim@c.example", name="Kim")
    second = ask(acme, survey, "kim@old.example", properties={"client": "Initech"})
    answer_survey(acme, survey, 5, id=str(first), customer_email="kim@c.example")
    answer_survey(acme, survey, 3, customer_email="Kim@Old.example")
    kept, other = customer_of(acme, first), customer_of(acme, second)
    merge(acme, kept, other)
    assert {stored_request(acme, id).customer_id for id in (first, second)} == {kept}
    with acme.world.app.app_context():
        row = db.session.scalars(select(Customer)).one()
        assert (row.email, row.name, row.client) == ("kim@c.example", "Kim", "Initech")
        assert len(traces_of(db.session(), row).responses) == 2
        kinds = [entry.kind for entry in _timeline(row)]
        assert (kinds.count("answered"), kinds.count("asked")) == (2, 2)
        assert db.session.scalar(select(func.count()).select_from(Response)) == 2
        assert rolled_up_counts(db.session.connection(), acme.id) == true_counts(
            db.session.connection(), acme.id
        )


def _timeline(row: Customer) -> list:
    return timeline_of(db.session(), row, EVERYTHING, shows_follow_ups=True).entries


def test_the_others_address_may_be_the_one_that_stays(any_acme: Workspace) -> None:
    kept = add_customer(any_acme, "kim@old.example", external_id="7")
    other = add_customer(any_acme, "kim@new.example", external_id="8")
    merge(any_acme, kept, other, email="other")
    with any_acme.world.app.app_context():
        row = db.session.scalars(select(Customer)).one()
        assert (row.id, row.email, row.external_id) == (kept, "kim@new.example", "7")


def test_a_wish_for_no_mail_goes_over_and_a_failing_address_does_not(any_acme: Workspace) -> None:
    acme = any_acme
    kept, other = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    with acme.world.app.app_context(), writing(db.session) as session:
        for why in ("unsubscribed", "hard_bounce"):
            suppress(session, acme.id, digest(acme, "kim@old.example"), why, acme.world.clock())
    merge(acme, kept, other)
    with acme.world.app.app_context(), writing(db.session) as session:
        found = suppression_of(session, acme.id, digest(acme, "kim@c.example"))
        assert found is not None
        assert found.why == "unsubscribed"


def test_a_wish_for_no_mail_holds_at_both_addresses(any_acme: Workspace) -> None:
    acme = any_acme
    kept, other = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    with acme.world.app.app_context(), writing(db.session) as session:
        suppress(session, acme.id, digest(acme, "kim@c.example"), "complaint", acme.world.clock())
    merge(acme, kept, other)
    with acme.world.app.app_context():
        for email in ("kim@c.example", "kim@old.example"):
            assert suppression_of(db.session(), acme.id, digest(acme, email)) is not None


def test_the_address_and_id_of_a_merged_entry_still_mean_who_stayed(any_acme: Workspace) -> None:
    acme = any_acme
    kept = add_customer(acme, "kim@c.example", external_id="7")
    merge(acme, kept, add_customer(acme, "kim@old.example", external_id="8"))
    assert add_customer(acme, "kim@old.example", external_id="8", client="Initech") == kept
    assert add_customer(acme, "kim@old.example", segment="Trial") == kept
    assert customer_of(acme, ask(acme, acme.survey(), "kim@old.example", external_id="8")) == kept
    with acme.world.app.app_context():
        row = db.session.scalars(select(Customer)).one()
        known = (row.email, row.external_id, row.client, row.segment)
        assert known == ("kim@c.example", "7", "Initech", "Trial")
    # Whoever has the id today may get any address.
    add_customer(acme, "kim@old.example", external_id="7")
    with acme.world.app.app_context():
        assert db.session.scalars(select(Customer.email)).one() == "kim@old.example"


def test_both_addresses_of_one_customer_in_a_batch_are_asked_once(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    kept = add_customer(acme, "kim@c.example")
    merge(acme, kept, add_customer(acme, "kim@old.example"))
    with acme.world.app.app_context():
        asking = asking_of(db.session(), acme.id, survey)
        known = known_customers(db.session(), acme.id, [Ask(email=one) for one in EITHER])
        asks = [GivenAsk(Ask(email=one), {}) for one in EITHER]
        at = acme.world.clock()
        first, second = plan(db.session(), asking, asks, known, now=at, is_test=False)
    assert (first.decision.status, second.decision.status) == ("scheduled", "not_sent")


EITHER = ("kim@c.example", "kim@old.example")


def test_the_one_that_stays_is_on_the_lists_of_the_other(any_acme: Workspace) -> None:
    acme = any_acme
    kept, other = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    with acme.world.app.app_context(), writing(db.session) as session:
        at = acme.world.clock()
        audience = Audience(workspace_id=acme.id, name="VIPs", created_at=at, updated_at=at)
        session.add(audience)
        session.flush()
        list_customers(session, acme.id, audience.id, [other])
    merge(acme, kept, other)
    with acme.world.app.app_context():
        assert list(db.session.scalars(select(AudienceCustomer.customer_id))) == [kept]


def test_who_was_merged_twice_is_still_found(any_acme: Workspace) -> None:
    first, second, third = (add_customer(any_acme, f"{name}@c.example") for name in "abc")
    merge(any_acme, second, first)
    merge(any_acme, third, second)
    with any_acme.world.app.app_context():
        assert merged_into(db.session(), any_acme.id, first) == third
        assert merged_into(db.session(), any_acme.id, second) == third
        events = db.session.scalars(select(Event).where(Event.name == "customers.merged")).all()
        assert [event.data["merged"] for event in events] == [str(first), str(second)]


def test_nobody_is_merged_with_themselves_or_with_a_stranger(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    kim, stranger = add_customer(acme), add_customer(rival)
    with pytest.raises(MergeRefused):
        merge(acme, kim, kim)
    with pytest.raises(UnknownCustomer):
        merge(acme, kim, stranger)


@pytest.mark.parametrize("is_made_mail", [False, True])
def test_a_wave_that_asks_both_sends_one_mail(any_acme: Workspace, is_made_mail: bool) -> None:
    acme = any_acme
    kept, other = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    id = launched(acme, acme.survey("nps"))
    if is_made_mail:
        send(acme)
    merge(acme, kept, other)
    send(acme)
    assert [mail.status for mail in mails_to(acme, "kim@c.example")] == ["due"]
    old = [mail.status for mail in mails_to(acme, "kim@old.example")]
    assert old == (["not_sent"] if is_made_mail else [])
    asked = {(row.status, row.why, row.customer_id == kept) for row in requests_of(acme, id)}
    assert asked == {("scheduled", "", True), ("not_sent", "asked_recently", True)}


def mails_to(acme: Workspace, email: str) -> list[Delivery]:
    with acme.world.app.app_context():
        db.session.rollback()
        return list(db.session.scalars(select(Delivery).where(Delivery.recipient == email)))


def test_an_answer_to_one_mail_of_a_wave_ends_the_reminders_of_the_other(acme: Workspace) -> None:
    kept, other = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    survey = acme.survey("nps")
    set_rules(acme, survey, reminders=1, reminder_days=3)
    id = launched(acme, survey)
    send(acme)
    with acme.world.app.app_context():
        db.session.rollback()
        for mail in db.session.scalars(select(Delivery.id)).all():
            note_sent(db.session(), acme.id, mail, acme.world.clock())
    merge(acme, kept, other)
    whys = sorted(row.why for row in requests_of(acme, id))
    assert whys == ["", "reminders_cancelled"]
