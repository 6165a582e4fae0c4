"""Making requests, on each database: one customer, one member, one reason, one request a key."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.builders import (
    MONDAY,
    Workspace,
    add_customer,
    ask,
    make_workspace,
    set_rules,
    stored_request,
)
from widget.actions.cancel_request import cancel_request
from widget.actions.change_asking import change_asking_policy
from widget.actions.change_member import set_archived
from widget.actions.request_feedback import Requested, request_feedback
from widget.domain.asking import AskingPolicy
from widget.domain.asks import Ask
from widget.domain.errors import KeyConflict, UnknownSurvey
from widget.extensions import db
from widget.storage.addresses import digest_addresses_with
from widget.storage.customer_list import CustomerFilter, customers_page
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import Customer, Event, Request, SuppressedAddress


def customers(acme: Workspace) -> list[tuple[str | None, str]]:
    with acme.world.app.app_context():
        rows = db.session.execute(
            select(Customer.email, Customer.name).order_by(Customer.email, Customer.id)
        )
        return [(email, name) for email, name in rows]


def outcome(acme: Workspace, id: UUID) -> tuple[str, str]:
    row = stored_request(acme, id)
    return row.status, row.why


def make(acme: Workspace, survey: str, given: Ask, key: str | None = None) -> Requested:
    with acme.world.app.app_context():
        return request_feedback(
            db.session,
            acme.id,
            survey,
            given,
            made_by="api",
            idempotency_key=key,
            at=acme.world.clock(),
        )


def test_a_request_makes_its_customer_and_an_event(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    id = ask(any_acme, survey, "Kim@C.example", name="Kim", ref="T-1", tags=("a",))
    row = stored_request(any_acme, id)
    assert (row.status, row.due_at, row.asked_at) == ("scheduled", MONDAY, MONDAY)
    assert (row.ref, row.tags, row.made_by) == ("T-1", ["a"], "console")
    assert row.expires_at == MONDAY + timedelta(days=30)
    assert customers(any_acme) == [("kim@c.example", "Kim")]
    with any_acme.world.app.app_context():
        event = db.session.scalars(select(Event).where(Event.name == "request.created")).one()
        assert (event.response_id, event.data) == (id, {"status": "scheduled", "why": ""})


def test_a_customer_is_found_again_and_what_is_new_is_noted(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, suppression_days=0)
    first = ask(any_acme, survey, name="Kim", language="de")
    second = ask(any_acme, survey, "KIM@c.example", name="Kim Larsen", time_zone="Asia/Tokyo")
    assert (
        stored_request(any_acme, first).customer_id == stored_request(any_acme, second).customer_id
    )
    with any_acme.world.app.app_context():
        [kim] = db.session.scalars(select(Customer))
        assert (kim.name, kim.language, kim.time_zone) == ("Kim Larsen", "de", "Asia/Tokyo")


def test_a_customers_client_and_segment_are_noted_and_go_with_later_requests(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, suppression_days=0)
    ask(any_acme, survey, properties={"client": "Initech", "segment": "Trial", "plan": "S"})
    silent = ask(any_acme, survey, properties={"plan": "M"})
    changed = ask(any_acme, survey, properties={"segment": "Paid"})
    assert stored_request(any_acme, silent).properties == {
        "plan": "M",
        "client": "Initech",
        "segment": "Trial",
    }
    assert stored_request(any_acme, changed).properties == {"segment": "Paid", "client": "Initech"}
    with any_acme.world.app.app_context():
        [kim] = db.session.scalars(select(Customer))
        assert (kim.client, kim.segment) == ("Initech", "Paid")


def test_who_stands_in_the_directory_keeps_what_is_known_when_asked_for_the_first_time(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    add_customer(any_acme, "kim@c.example", name="Kim", client="Initech", language="da")
    ask(any_acme, survey, "kim@c.example")
    with any_acme.world.app.app_context():
        [kim] = db.session.scalars(select(Customer))
        assert (kim.name, kim.client, kim.language) == ("Kim", "Initech", "da")


def test_a_test_changes_nobody_in_the_directory_and_makes_nobody_there(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    add_customer(any_acme, "kim@c.example", name="Kim")
    with any_acme.world.app.app_context():
        for email in ("kim@c.example", "lee@c.example"):
            given, at = Ask(email=email, name="Test"), any_acme.world.clock()
            options = {"made_by": "api", "is_test": True, "at": at}
            request_feedback(db.session, any_acme.id, survey, given, **options)
        page = customers_page(db.session(), any_acme.id, CustomerFilter(), limit=9)
        assert [(one.row.email, one.row.name) for one in page.items] == [("kim@c.example", "Kim")]
    add_customer(any_acme, "lee@c.example", language="de")
    with any_acme.world.app.app_context():
        lee = db.session.scalars(select(Customer).where(Customer.email == "lee@c.example")).one()
        assert (lee.name, lee.language, lee.is_of_tests) == ("", "de", False)


BOOKS = ("kim@bücher.example", "kim@xn--bcher-kva.example")


@pytest.mark.parametrize("known_as", BOOKS)
@pytest.mark.parametrize("asked_as", BOOKS)
def test_both_spellings_of_an_international_domain_are_one_customer(
    any_acme: Workspace, known_as: str, asked_as: str
) -> None:
    survey = any_acme.survey()
    first = ask(any_acme, survey, known_as)
    assert customers(any_acme) == [("kim@bücher.example", "")]
    # Kept before this rule, by the spelling that was given.
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Customer).values(email=known_as))
    row = stored_request(any_acme, ask(any_acme, survey, asked_as))
    assert (row.why, row.why_request_id) == ("suppressed", first)
    assert customers(any_acme) == [(known_as, "")]


def test_of_two_customers_kept_before_their_spellings_were_one_todays_is_asked(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    ask(any_acme, survey, "kim@old.example")
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Customer).values(email="kim@xn--bcher-kva.example"))
        at = any_acme.world.clock()
        db.session.add(
            Customer(
                workspace_id=any_acme.id,
                id=new_id(),
                email="kim@bücher.example",
                created_at=at,
                updated_at=at,
            )
        )
    asked = stored_request(any_acme, ask(any_acme, survey, "kim@bücher.example", name="Kim"))
    assert asked.status == "scheduled"
    assert set(customers(any_acme)) == {
        ("kim@bücher.example", "Kim"),
        ("kim@xn--bcher-kva.example", ""),
    }


def test_without_an_address_the_teams_own_id_tells_customers_apart(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for external_id in ("C-1", "C-1", "C-2", "", ""):
        ask(any_acme, survey, "", external_id=external_id, do_not_send=True)
    with any_acme.world.app.app_context():
        ids = db.session.scalars(select(Customer.external_id).order_by(Customer.external_id))
        assert list(ids) == ["", "", "C-1", "C-2"]


@pytest.mark.parametrize("named", [{"member_email": "ANA@acme.example"}, {"member_id": "E-7"}])
def test_the_member_is_frozen_whoever_is_archived_later(
    any_acme: Workspace, named: dict[str, str]
) -> None:
    ana = any_acme.member("Ana", email="ana@acme.example", employee_id="E-7")
    survey = any_acme.survey()
    set_rules(any_acme, survey, suppression_days=0)
    id = ask(any_acme, survey, **named)
    assert stored_request(any_acme, id).member_id == ana
    with any_acme.world.app.app_context():
        set_archived(db.session, any_acme.id, ana, archived=True, at=MONDAY)
    assert stored_request(any_acme, id).member_id == ana
    assert outcome(any_acme, ask(any_acme, survey, **named)) == ("not_sent", "member_unknown")


def test_a_suppressed_request_is_kept_with_the_one_that_came_before(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    first = ask(any_acme, survey)
    any_acme.world.clock.pass_time(days=29)
    row = stored_request(any_acme, ask(any_acme, survey))
    assert (row.status, row.why, row.why_request_id) == ("not_sent", "suppressed", first)
    assert row.why_until == MONDAY + timedelta(days=30)
    assert (row.due_at, row.asked_at) == (None, None)
    any_acme.world.clock.pass_time(days=1)
    assert outcome(any_acme, ask(any_acme, survey))[0] == "scheduled"


def test_the_cap_counts_all_surveys_of_one_workspace(any_acme: Workspace) -> None:
    surveys = [any_acme.survey() for _ in range(3)]
    with any_acme.world.app.app_context():
        policy = AskingPolicy(cap=2, cap_days=7)
        change_asking_policy(db.session, any_acme.id, policy, test_mail_to="")
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    assert outcome(rival, ask(rival, rival.survey()))[0] == "scheduled"
    outcomes = [outcome(any_acme, ask(any_acme, survey)) for survey in surveys]
    assert [status for status, _why in outcomes] == ["scheduled", "scheduled", "not_sent"]
    assert outcomes[2][1] == "cap_reached"


def test_what_was_not_sent_suppresses_nothing(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ask(any_acme, survey, member_id="nobody")
    ask(any_acme, survey, do_not_send=True)
    assert outcome(any_acme, ask(any_acme, survey))[0] == "scheduled"


def test_a_bad_address_is_kept_as_it_was_given(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey(), "kim@nowhere")
    assert outcome(any_acme, id) == ("not_sent", "bad_address")
    assert customers(any_acme)[0][0] == "kim@nowhere"


def test_an_address_that_is_not_to_be_written_to_is_known_by_its_digest(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    with any_acme.world.app.app_context():
        digest_addresses_with(db.engine, lambda email: (f"d:{email}",))
        with writing(db.session):
            for workspace_id, email, why in (
                (any_acme.id, "kim@c.example", "unsubscribed"),
                (0, "lee@c.example", "complaint"),
                (any_acme.id + 7, "max@c.example", "unsubscribed"),
            ):
                db.session.add(
                    SuppressedAddress(
                        workspace_id=workspace_id,
                        address_digest=f"d:{email}",
                        why=why,
                        at=MONDAY,
                    )
                )
    assert outcome(any_acme, ask(any_acme, survey, "Kim@c.example"))[1] == "unsubscribed"
    assert outcome(any_acme, ask(any_acme, survey, "lee@c.example"))[1] == "complaint"
    assert outcome(any_acme, ask(any_acme, survey, "max@c.example"))[0] == "scheduled"


def test_an_interaction_of_long_ago_is_not_asked_about(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    long_ago = MONDAY - timedelta(days=30)
    assert outcome(any_acme, ask(any_acme, survey, interaction_at=long_ago))[1] == "expired"
    later = long_ago + timedelta(seconds=1)
    assert outcome(any_acme, ask(any_acme, survey, interaction_at=later))[0] == "scheduled"


def test_test_mode_makes_tests_that_the_real_thing_does_not_see(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    with any_acme.world.app.app_context():
        change_asking_policy(
            db.session, any_acme.id, AskingPolicy(), test_mail_to="Test@acme.example"
        )
    test = ask(any_acme, survey)
    assert stored_request(any_acme, test).is_test
    assert outcome(any_acme, ask(any_acme, survey))[1] == "suppressed"
    with any_acme.world.app.app_context():
        change_asking_policy(db.session, any_acme.id, AskingPolicy(), test_mail_to="")
    real = ask(any_acme, survey)
    assert not stored_request(any_acme, real).is_test
    assert outcome(any_acme, real)[0] == "scheduled"


def test_a_key_gives_the_same_request_back_or_says_it_was_used(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    first = make(any_acme, survey, Ask("kim@c.example"), "K")
    again = make(any_acme, survey, Ask("kim@c.example"), "K")
    assert (first.id, first.is_new, again.is_new) == (again.id, True, False)
    with pytest.raises(KeyConflict):
        make(any_acme, survey, Ask("lee@c.example"), "K")
    with pytest.raises(KeyConflict):
        make(any_acme, any_acme.survey("nps"), Ask("kim@c.example"), "K")
    # What was refused left nothing behind.
    assert customers(any_acme) == [("kim@c.example", "")]


def test_a_survey_of_another_workspace_is_unknown(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    with pytest.raises(UnknownSurvey):
        make(any_acme, rival.survey(), Ask("kim@c.example"))


def at_once(acme: Workspace, survey: str, asks: list[tuple[Ask, str | None]]) -> list[Any]:
    """Make requests in as many threads; gives what each returned or raised."""
    gate, came = threading.Barrier(len(asks)), []

    def run(given: Ask, key: str | None) -> None:
        gate.wait()
        try:
            came.append(make(acme, survey, given, key))
        except KeyConflict as error:
            came.append(error)

    threads = [threading.Thread(target=run, args=one) for one in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(came) == len(asks)
    return came


@pytest.mark.parametrize("is_known", [False, True])
def test_of_requests_at_one_moment_one_passes_the_window(
    any_acme: Workspace, is_known: bool
) -> None:
    survey = any_acme.survey()
    if is_known:
        cancelled = ask(any_acme, survey)
        with any_acme.world.app.app_context():
            cancel_request(db.session, any_acme.id, cancelled, at=MONDAY)
    at_once(any_acme, survey, [(Ask("kim@c.example", ref=str(n)), None) for n in range(12)])
    with any_acme.world.app.app_context():
        counted = db.session.execute(select(Request.status, func.count()).group_by(Request.status))
        assert {row.status: row.count for row in counted} == {
            "scheduled": 1,
            "not_sent": 11 + is_known,
        }
    assert len(customers(any_acme)) == 1


def test_one_key_at_one_moment_makes_one_request(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    came = at_once(any_acme, survey, [(Ask("kim@c.example"), "K")] * 8)
    assert len({made.id for made in came}) == 1
    assert [made.is_new for made in came].count(True) == 1


def test_one_key_for_different_customers_at_one_moment_makes_one_request(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    came = at_once(any_acme, survey, [(Ask(f"c{n}@c.example"), "K") for n in range(8)])
    assert [isinstance(made, Requested) for made in came].count(True) == 1
    with any_acme.world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 1
