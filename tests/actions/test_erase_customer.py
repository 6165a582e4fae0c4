"""Somebody is erased: nothing tells who they were or what they wrote; what was counted stays."""

import logging
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tests.builders import (
    Workspace,
    add_customer,
    add_request,
    answer_survey,
    ask,
    ask_by_mail,
    customer_of,
    stored_request,
)
from tests.reporting import Desk
from tests.traces import (
    EMAIL,
    NEEDLES,
    leave_traces,
    left_in_files,
    left_in_rows,
    needles_in,
    terms_of,
)
from widget.actions.erase_customer import Erased, erase_customer
from widget.actions.keep_customers import change_customer
from widget.actions.merge_customers import merge_customers
from widget.actions.purge_erased import purge_erased
from widget.domain.customers import Details
from widget.domain.errors import EraseLater, UnknownCustomer
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.operate.backups import backup
from widget.storage import models, purging
from widget.storage.ids import new_id
from widget.storage.models import (
    Customer,
    Erasure,
    Event,
    FollowUpNote,
    Response,
    ResponseNote,
    Share,
)
from widget.storage.rollups import rolled_up_counts, true_counts
from widget.storage.suppressions import suppression_of


def erase(acme: Workspace, customer: object) -> Erased:
    with acme.world.app.app_context():
        db.session.rollback()
        return erase_customer(
            db.session,
            acme.id,
            customer,
            data=acme.world.settings.data,
            asked_by="console",
            user_id=None,
            at=acme.world.clock(),
        )


def purge_later(acme: Workspace) -> None:
    acme.world.clock.pass_time(hours=1)
    with acme.world.app.app_context():
        db.session.remove()
        purge_erased(db.engine, acme.world.clock())


def scores(acme: Workspace) -> list[tuple[str, int]]:
    with acme.world.app.app_context():
        rows = db.session.execute(select(Response.kind, Response.score).order_by(Response.id))
        return [(kind, score) for kind, score in rows]


def known_by_another_address(acme: Workspace, customer: UUID, how: str) -> UUID:
    """Let somebody have another address than their traces; returns their id."""
    if how == "merged":
        now = add_customer(acme, "q.z@new.example", external_id="N-1")
        with acme.world.app.app_context():
            db.session.rollback()
            at = acme.world.clock()
            merge_customers(db.session, acme.id, now, customer, {}, user_id=None, at=at)
        return now
    if how == "edited":
        details = Details({"email": "q.z@new.example", "external_id": "N-1"})
        with acme.world.app.app_context():
            db.session.rollback()
            change_customer(db.session, acme.id, customer, details, acme.world.clock())
    return customer


@pytest.mark.parametrize("how", ["as they were", "edited", "merged"])
def test_nothing_of_somebody_with_every_kind_of_trace_is_left_anywhere(
    how: str,
    any_acme: Workspace,
    caplog: pytest.LogCaptureFixture,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    acme, data = any_acme, any_acme.world.settings.data
    caplog.set_level(logging.DEBUG)
    traced = leave_traces(acme)
    before = scores(acme)
    assert {needle for left in left_in_rows(acme).values() for needle in left} == set(NEEDLES)
    assert list((data / "mail").glob("*.eml"))
    erased = erase(acme, known_by_another_address(acme, traced.customer, how))
    # What SQLite's indexes of words hold of it goes with the purge.
    assert {table for table in left_in_rows(acme) if "_words_index_" not in table} == set()
    assert erased.counts["responses"] == 2
    assert erased.counts["files"] >= 2
    purge_later(acme)
    assert left_in_rows(acme) == {}
    assert left_in_files(data) == {}
    assert needles_in(caplog.text) == []
    assert scores(acme) == before
    with acme.world.app.app_context(), db.engine.connect() as connection:
        assert rolled_up_counts(connection, acme.id) == true_counts(connection, acme.id)
        digest = address_digest(acme.world.settings.address_key, EMAIL)
        suppression = suppression_of(db.session(), acme.id, digest)
        assert suppression is not None
        assert suppression.why == "unsubscribed"
    if acme.world.settings.database_url.startswith("sqlite"):
        target = tmp_path_factory.mktemp("backup") / "copy.db"
        backup(acme.world.settings.database_url, target)
        assert left_in_files(target.parent) == {}
        for index in ("response_words_index", "customer_words_index"):
            assert needles_in(" ".join(terms_of(acme, index))) == []


def test_a_database_holds_what_was_erased_until_it_is_purged(acme: Workspace) -> None:
    traced = leave_traces(acme)
    erase(acme, traced.customer)
    with acme.world.app.app_context():
        purge_erased(db.engine, acme.world.clock() + timedelta(minutes=1))
        assert db.session.scalars(select(Erasure.purged_at)).one() is None
    assert left_in_files(acme.world.settings.data) != {}
    purge_later(acme)
    with acme.world.app.app_context():
        assert db.session.scalars(select(Erasure.purged_at)).one() == acme.world.clock()


def test_a_purge_that_a_reader_stands_in_the_way_of_is_done_the_next_time(acme: Workspace) -> None:
    erase(acme, add_customer(acme))
    with acme.world.app.app_context():
        db.session.remove()
        with db.engine.connect() as reading:
            reading.execute(text("SELECT count(*) FROM customers")).scalar_one()
            reading.connection.cursor().execute("PRAGMA busy_timeout = 100")
            assert purging.oldest_waiting(db.session()) is not None
    purge_later(acme)
    with acme.world.app.app_context():
        assert purging.oldest_waiting(db.session()) is None


def test_what_the_team_wrote_about_the_matter_stays(any_acme: Workspace) -> None:
    traced = leave_traces(any_acme)
    erase(any_acme, traced.customer)
    with any_acme.world.app.app_context():
        db.session.rollback()
        notes = [
            *db.session.scalars(select(ResponseNote.text).where(ResponseNote.kind == "note")),
            *db.session.scalars(select(FollowUpNote.text).where(FollowUpNote.kind == "note")),
        ]
        assert sum("Called [erased]" in note and "Refunded." in note for note in notes) == 2
        assert "See [erased]." in notes
        assert db.session.scalars(select(models.Testimonial)).all() == []
        assert [row.withdrawn_at is not None for row in db.session.scalars(select(Share))] == [True]


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_report_does_not_name_who_was_erased(any_acme: Workspace, is_finished: bool) -> None:
    traced, desk = leave_traces(any_acme), Desk.of(any_acme)
    report = desk.make(client="Quillon Zephyrine")
    if is_finished:
        desk.finish(report)
    erase(any_acme, traced.customer)
    found = desk.found(report)
    assert (found.title, found.figures.subject) == ("[erased], Q3 2026", "[erased]")
    assert "reports" not in left_in_rows(any_acme)


def test_requests_go_on_counting_and_are_nobodys(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    mail = ask_by_mail(any_acme, survey, email="kim@c.example")
    kim = customer_of(any_acme, mail.id)
    erase(any_acme, kim)
    row = stored_request(any_acme, mail.id)
    assert (row.status, row.why, row.sent_at is not None) == ("expired", "erased", True)
    assert row.customer_id != kim
    assert row.expires_at <= any_acme.world.clock()
    assert any_acme.world.client().get(mail.path(5)).status_code in (404, 410)


def test_a_mail_that_waits_is_not_sent(any_acme: Workspace) -> None:
    request, _mail = add_request(any_acme, any_acme.survey(), email="kim@c.example")
    erase(any_acme, customer_of(any_acme, request))
    row = stored_request(any_acme, request)
    assert (row.status, row.why, row.due_at) == ("not_sent", "erased", None)


def test_nobody_is_erased_while_a_mail_to_them_is_being_sent(any_acme: Workspace) -> None:
    request, _mail = add_request(
        any_acme, any_acme.survey(), email="kim@c.example", status="sending"
    )
    with pytest.raises(EraseLater, match="being sent"):
        erase(any_acme, customer_of(any_acme, request))


def test_others_with_nearly_the_same_address_keep_theirs(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    kim = add_customer(any_acme, "kim@c.example", name="Kim")
    add_customer(any_acme, "kim@c.example.org", name="Kim")
    answer_survey(any_acme, survey, 5, customer_email="a.kim@c.example", comment="Kim was kind")
    answer_survey(any_acme, survey, 4, customer_email="KIM@c.example", comment="Mine")
    erase(any_acme, kim)
    said = [(row.customer_email, row.comment) for row in any_acme.responses()]
    assert sorted(said) == [("", None), ("a.kim@c.example", "Kim was kind")]
    with any_acme.world.app.app_context():
        assert list(db.session.scalars(select(Customer.email))) == ["kim@c.example.org"]


def test_what_is_under_a_former_address_goes_unless_it_is_anothers_by_now(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    kim = add_customer(any_acme, "kim@c.example", external_id="7001")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        change_customer(db.session, any_acme.id, kim, Details({"email": "kim@n.example"}), at)
    answer_survey(any_acme, survey, 5, customer_email="KIM@c.example", comment="Late")
    add_customer(any_acme, "lee@c.example", external_id="7002")
    add_customer(any_acme, "lee@n.example", external_id="7002")
    ask(any_acme, survey, "lee@n.example")
    add_customer(any_acme, "lee@c.example", external_id="7003")
    answer_survey(any_acme, survey, 4, customer_email="lee@c.example", comment="Lee the other")
    with any_acme.world.app.app_context():
        by_id = select(Customer.id).where(Customer.external_id == "7002")
        lee = db.session.scalars(by_id).one()
    erase(any_acme, kim)
    erase(any_acme, lee)
    said = {(row.customer_email, row.comment) for row in any_acme.responses()}
    assert said == {("", None), ("lee@c.example", "Lee the other")}


def test_the_audit_says_that_somebody_was_erased_and_not_who(any_acme: Workspace) -> None:
    erased = erase(any_acme, add_customer(any_acme, "kim@c.example", name="Kim"))
    with any_acme.world.app.app_context():
        event = db.session.scalars(select(Event).where(Event.name == "customer.erased")).one()
        assert event.data == {
            "by": None,
            "asked_by": "console",
            "erasure": str(erased.id),
            "counts": {"customers": 1},
        }


def test_nobody_is_erased_twice_or_in_another_workspace(any_acme: Workspace) -> None:
    kim = add_customer(any_acme)
    erase(any_acme, kim)
    for unknown in (kim, new_id()):
        with pytest.raises(UnknownCustomer):
            erase(any_acme, unknown)


def test_the_mail_folder_need_not_be_there(acme: Workspace) -> None:
    assert not Path(acme.world.settings.data / "mail").exists()
    assert "files" not in erase(acme, add_customer(acme)).counts
