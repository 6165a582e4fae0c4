"""A response that is deleted leaves nothing but its request and an event without words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import MONDAY, Workspace, answer_survey
from tests.following import raise_alerts, user_id
from tests.replying import reply
from tests.ruling import add_rule
from widget.actions.delete_response import (
    delete_response,
    expire_responses,
    keep_answers_for,
)
from widget.actions.hide_response import set_hidden
from widget.actions.note_response import Author, note_response
from widget.actions.open_follow_up import open_by_hand
from widget.actions.tag_response import set_tag
from widget.domain.errors import UnknownResponse
from widget.domain.retention import kept_since
from widget.domain.rules.rule import Acts
from widget.extensions import db
from widget.storage import deleting
from widget.storage.models import Base, Event, Message, Response, User
from widget.storage.rollups import rolled_up_counts, true_counts
from widget.storage.since import Since


def delete(acme: Workspace, id: str) -> None:
    with acme.world.app.app_context():
        delete_response(db.session(), acme.id, UUID(id), at=acme.world.clock())
        db.session.remove()


def mentions(acme: Workspace, id: str) -> list[str]:
    """The tables with a row about a response."""
    with acme.world.app.app_context(), db.engine.connect() as connection:
        return [
            table.name
            for table in Base.metadata.sorted_tables
            if "response_id" in table.c
            and table.name != "events"
            and connection.scalar(
                select(func.count()).select_from(table).where(table.c.response_id == UUID(id))
            )
        ]


def counts_agree(acme: Workspace) -> bool:
    with acme.world.app.app_context(), db.engine.connect() as connection:
        return rolled_up_counts(connection, acme.id) == true_counts(connection, acme.id)


def test_everything_about_it_goes_and_counts_with_it(any_acme: Workspace) -> None:
    acme, at = any_acme, any_acme.world.clock()
    member = acme.member("Ana", email="ana@acme.example")
    coffee = acme.reward("Coffee", votes=5)
    survey = acme.survey("stars")
    said = {"comment": "Thank you!", "may_publish": True, "reward": coffee}
    kept, gone = (
        answer_survey(acme, survey, 5, member="ana@acme.example", **said) for _ in range(2)
    )
    assert member
    with acme.world.app.app_context():
        owner = db.session.scalars(select(User).where(User.email == acme.owner)).one()
        note_response(
            db.session(),
            acme.id,
            UUID(gone),
            Author(owner.id, "Alice"),
            "Call them",
            link="",
            at=at,
        )
        set_tag(db.session(), acme.id, UUID(gone), "late", given=True, at=at, by=owner.id)
        open_by_hand(db.session(), acme.id, UUID(gone), user_id=owner.id, at=at)
        db.session.remove()
    before = mentions(acme, gone)
    assert {"response_notes", "follow_ups", "votes", "response_tags", "revisions"} <= {*before}
    delete(acme, gone)
    assert mentions(acme, gone) == []
    assert [str(row.id) for row in acme.responses()] == [kept]
    assert counts_agree(acme)
    with acme.world.app.app_context():
        newest = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert newest is not None
        assert newest.name == "response.deleted"
        assert "Thank you" not in str(newest.data)
    with pytest.raises(UnknownResponse):
        delete(acme, gone)


def tell_of(acme: Workspace, survey: str, comment: str) -> str:
    """A response of which an alert, a rule's mail, a mention and a reply tell; its id."""
    kim = {"customer_email": "kim@c.example", "customer_name": "Kim"}
    id = answer_survey(acme, survey, 1, comment=comment, **kim)
    raise_alerts(acme)
    with acme.world.app.app_context():
        author, at = Author(user_id(acme, acme.owner), "Alice"), acme.world.clock()
        link = f"https://sayso.example/console/responses/{id}#thread"
        note = f"@lea@acme.example {comment}"
        note_response(db.session(), acme.id, UUID(id), author, note, link=link, at=at)
        db.session.remove()
    reply(acme, id)
    return id


def purposes(acme: Workspace, word: str = "") -> list[str]:
    """What the queue holds messages for, of those with a word."""
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Message).order_by(Message.purpose))
        return [row.purpose for row in rows if word in str(row.content)]


@pytest.mark.parametrize("expires", [False, True])
def test_what_was_queued_about_it_goes_and_what_is_about_others_stays(
    any_acme: Workspace, expires: bool
) -> None:
    acme, survey = any_acme, any_acme.survey()
    acme.person("lea@acme.example", "manager", sees_all=True)
    add_rule(acme, acts=Acts(mail_to=("desk@acme.example",)))
    gone = tell_of(acme, survey, "A xylophone")
    acme.world.clock.pass_time(days=40)
    tell_of(acme, survey, "A trombone")
    about = purposes(acme, "trombone")
    assert {"alert", "mention", "rule"} <= {*about}
    assert purposes(acme, "xylophone") == about
    all_of = purposes(acme)
    if expires:
        with acme.world.app.app_context():
            keep_answers_for(db.session(), acme.id, 1)
            assert expire_responses(db.engine, acme.world.clock()) == 1
    else:
        delete(acme, gone)
    assert purposes(acme, "xylophone") == []
    assert purposes(acme, "trombone") == about
    assert purposes(acme) == all_of[::2]


def test_what_is_queued_about_it_while_messages_are_read_goes_too(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, survey = any_acme, any_acme.survey()
    acme.person("lea@acme.example", "manager", sees_all=True)
    id, look, looks = tell_of(acme, survey, "A xylophone"), deleting.messages_telling_of, []

    def messages_telling_of(
        session: Session, workspace_id: int, responses: list[UUID], since: Since | None = None
    ) -> set[UUID]:
        found = look(session, workspace_id, responses, since)
        if not looks:
            # Nothing else could be written within a write transaction.
            with acme.world.app.app_context():
                who = Author(user_id(acme, acme.owner), "Alice")
                link, at = f"https://sayso.example/console/responses/{id}", acme.world.clock()
                said = "@lea@acme.example Which xylophone?"
                note_response(db.session(), acme.id, UUID(id), who, said, link=link, at=at)
        looks.append(since)
        return found

    monkeypatch.setattr(deleting, "messages_telling_of", messages_telling_of)
    delete(acme, id)
    assert [since is None for since in looks] == [True, False]
    assert purposes(acme, "xylophone") == []


def test_a_hidden_one_was_counted_no_more(any_acme: Workspace) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 2)
    with any_acme.world.app.app_context():
        set_hidden(db.session(), any_acme.id, UUID(id), hidden=True, at=MONDAY)
        db.session.remove()
    delete(any_acme, id)
    assert counts_agree(any_acme)


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [
        (datetime(2026, 11, 26, 9, tzinfo=UTC), 12, datetime(2025, 11, 26, 9, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), 2, datetime(2025, 11, 30, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
    ],
)
def test_answers_are_kept_for_calendar_months(now: datetime, months: int, since: datetime) -> None:
    assert kept_since(now, months) == since


def test_answers_past_their_months_expire_and_others_stay(any_acme: Workspace) -> None:
    acme, survey, now = any_acme, any_acme.survey(), any_acme.world.clock()
    limit = kept_since(now, 6)
    answer_survey(acme, survey, 1, at=limit - timedelta(seconds=1))
    kept = answer_survey(acme, survey, 5, at=limit)
    with acme.world.app.app_context():
        assert expire_responses(db.engine, now) == 0
        keep_answers_for(db.session(), acme.id, 6)
        assert expire_responses(db.engine, now, budget_s=0, clock=iter([0.0, 1.0]).__next__) == 0
        assert expire_responses(db.engine, now) == 1
        assert expire_responses(db.engine, now) == 0
        assert [str(id) for id in db.session.scalars(select(Response.id))] == [kept]
    assert counts_agree(acme)
