"""Many responses are changed at once, each as if it were alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Update, select, update

from tests.actions.test_assign_answers import counted
from tests.builders import MONDAY, Workspace, answer_survey, ask_by_mail, make_workspace
from tests.following import user_id
from widget.actions.assign_response import assign_response
from widget.actions.change_member import set_archived
from widget.actions.change_responses import Outcome, change_responses, run_bulk_changes
from widget.actions.tag_response import set_tag
from widget.domain.bulk_changes import AT_ONCE, MOST, BulkChange, read_change
from widget.domain.errors import ChangeRefused, NoteRefused, SaysoError, TagRefused, UnknownMember
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage.bulk_changes import changes_under_way
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import BulkChange as BulkChangeRow
from widget.storage.models import Event, Membership, Request, User
from widget.storage.notes import thread_of
from widget.storage.responses import responses_page, revisions_of
from widget.storage.seats import seat_of
from widget.storage.tags import tag_names, tags_of


def change(acme: Workspace, ids: list[str], wanted: BulkChange, who: str = "") -> Outcome:
    with acme.world.app.app_context():
        db.session.rollback()
        seat = seat_of(db.session(), user_id(acme, who or acme.owner), acme.id)
        assert seat
        at = acme.world.clock()
        return change_responses(db.session(), seat, wanted, [UUID(id) for id in ids], at)


def tagged(acme: Workspace, *tags: str) -> list[int]:
    """The scores of the responses with one of some tags, newest first."""
    with acme.world.app.app_context():
        db.session.rollback()
        page = responses_page(db.session(), acme.id, ResponseFilter(tags=tags), limit=50)
        return [one.response.score for one in page.items]


def read(acme: Workspace, question: Any, *args: Any) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        return question(db.session(), acme.id, *args)


def test_tags_are_given_and_taken_and_the_thread_tells_who(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ids = [
        answer_survey(any_acme, survey, score, at=MONDAY + timedelta(hours=score))
        for score in (1, 2, 3)
    ]
    assert change(any_acme, ids[:2], BulkChange("tag", tag="late")) == Outcome(changed=2)
    assert change(any_acme, ids, BulkChange("tag", tag="late")) == Outcome(changed=1, left=2)
    assert change(any_acme, ids[:1], BulkChange("tag", tag="shop")).changed == 1
    assert change(any_acme, ids[2:], BulkChange("untag", tag="late")).changed == 1
    assert change(any_acme, ids, BulkChange("untag", tag="unknown")) == Outcome(left=3)
    assert tagged(any_acme, "late") == [2, 1]
    assert tagged(any_acme, "late", "shop") == [2, 1]
    assert tagged(any_acme, "shop") == [1]
    assert read(any_acme, tag_names) == ["late", "shop"]
    assert read(any_acme, tags_of, [UUID(ids[0])]) == {UUID(ids[0]): ["late", "shop"]}
    told = [(one.kind, one.text) for one in read(any_acme, thread_of, UUID(ids[2]))]
    assert told == [("tagged", "late"), ("untagged", "late")]
    assert read(any_acme, thread_of, UUID(ids[0]))[0].author == any_acme.owner


def test_a_response_has_twenty_tags_at_most(any_acme: Workspace) -> None:
    ids = [answer_survey(any_acme, any_acme.survey(), 5) for _ in range(2)]
    for number in range(20):
        assert change(any_acme, ids[:1], BulkChange("tag", tag=f"t{number}")).changed == 1
    found = change(any_acme, ids, BulkChange("tag", tag="one more"))
    assert found == Outcome(changed=1, left=1, refusal="A response may have 20 tags.")


def test_tags_of_a_workspace_are_no_others(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    mine, theirs = (answer_survey(one, one.survey(), 5) for one in (any_acme, rival))
    for one, id in ((any_acme, mine), (rival, theirs)):
        assert change(one, [id], BulkChange("tag", tag="late")).changed == 1
    assert change(any_acme, [theirs], BulkChange("tag", tag="x")) == Outcome(left=1)
    assert tagged(any_acme, "late") == [5]
    assert read(any_acme, tag_names) == ["late"]


def test_what_is_nobodys_becomes_somebodys_with_counts_and_history(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    reward = any_acme.reward(votes=1)
    nobodys = answer_survey(any_acme, survey, 5, comment="Yes", reward=reward)
    test = answer_survey(any_acme, survey, 5, is_test=True)
    assert change(any_acme, [nobodys, test], BulkChange("assign", member_id=ana)).changed == 2
    assert counted(any_acme) == {ana: 3}
    [_first, second] = read(any_acme, revisions_of, UUID(nobodys))
    assert second.changes == [
        {"field": "member", "old": None, "new": "Ana"},
        {"field": "assigned_by", "old": None, "new": any_acme.owner},
    ]
    with any_acme.world.app.app_context():
        names = list(db.session.scalars(select(Event.name).order_by(Event.id)))
    assert names.count("response.assigned") == 2
    assert "grant.earned" in names


def test_only_who_manages_the_workspace_moves_what_is_somebodys(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ana, bo = any_acme.member("Ana", email="ana@a.example"), any_acme.member("Bo")
    hers = answer_survey(any_acme, survey, 5, member="ana@a.example", channel="chat")
    any_acme.person("lead@acme.example", "manager", sees_all=True)
    wanted = BulkChange("assign", member_id=bo)
    assert change(any_acme, [hers], wanted, "lead@acme.example") == Outcome(left=1)
    assert counted(any_acme) == {ana: 1}
    assert change(any_acme, [hers], wanted) == Outcome(changed=1)
    assert change(any_acme, [hers], wanted) == Outcome(left=1)
    assert counted(any_acme) == {bo: 1}
    assert read(any_acme, revisions_of, UUID(hers))[1].changes[0]["old"] == "Ana"


def test_the_request_goes_with_its_response(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    asked = ask_by_mail(any_acme, survey)
    answer_survey(any_acme, survey, 5, id=str(asked.id))
    assert change(any_acme, [str(asked.id)], BulkChange("assign", member_id=ana)).changed == 1
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(Request.member_id)).all() == [ana]


def test_nobody_is_assigned_to_who_is_not_there(any_acme: Workspace) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 5)
    ana = any_acme.member("Ana")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        set_archived(db.session, any_acme.id, ana, archived=True, at=at)
        for member in (ana, 0):
            with pytest.raises(UnknownMember):
                assign_response(
                    db.session, any_acme.id, UUID(id), member, may_move=True, user_id=None, at=at
                )


def test_hiding_many_takes_each_out_of_the_counts(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ids = [answer_survey(any_acme, survey, score) for score in (1, 2, 3)]
    assert change(any_acme, ids[:2], BulkChange("hide", reason="Spam")) == Outcome(changed=2)
    assert counted(any_acme) == {0: 1}
    assert change(any_acme, ids, BulkChange("show")) == Outcome(changed=2, left=1)
    assert counted(any_acme) == {0: 3}
    assert read(any_acme, thread_of, UUID(ids[0]))[0].text == "Spam"


def test_what_is_not_in_somebodys_scope_stays_as_it_is(any_acme: Workspace) -> None:
    survey, team = any_acme.survey(), any_acme.team("Phone")
    any_acme.put_in(team, any_acme.member("Ana", email="ana@a.example"))
    any_acme.member("Bo", email="bo@a.example")
    ids = [answer_survey(any_acme, survey, 5, member=f"{who}@a.example") for who in ("ana", "bo")]
    any_acme.person("lead@acme.example", "manager", leads=(team,))
    wanted = BulkChange("hide", reason="Spam")
    assert change(any_acme, ids, wanted, "lead@acme.example") == Outcome(changed=1, left=1)
    hidden = {str(row.id) for row in any_acme.responses() if row.hidden_at}
    assert hidden == {ids[0]}


def test_who_may_not_does_nothing(any_acme: Workspace) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 5)
    any_acme.person("vi@acme.example", "viewer")
    any_acme.person("lead@acme.example", "manager", leads=(any_acme.team("Phone"),))
    with pytest.raises(ChangeRefused, match="role"):
        change(any_acme, [id], BulkChange("tag", tag="x"), "vi@acme.example")
    with pytest.raises(ChangeRefused, match="role"):
        change(any_acme, [id], BulkChange("assign", member_id=1), "lead@acme.example")
    with pytest.raises(ChangeRefused, match="10,000"):
        change(any_acme, [id] * (MOST + 1), BulkChange("show"))


def test_more_than_a_request_does_is_left_to_the_worker(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ids = [answer_survey(any_acme, survey, score) for score in (1, 2, 3)]
    many = ids + [str(new_id()) for _ in range(AT_ONCE)]
    assert change(any_acme, many, BulkChange("tag", tag="late")) == Outcome(later=len(many))
    assert tagged(any_acme, "late") == []
    [waiting] = read(any_acme, changes_under_way)
    assert (waiting.total, waiting.done, waiting.change.tag) == (len(many), 0, "late")
    with any_acme.world.app.app_context():
        db.session.rollback()
        # A clock that allows one piece, then as many as there are.
        ticks = iter([0.0, 1.0, 9.0])
        now = any_acme.world.clock()
        assert run_bulk_changes(db.engine, now, clock=lambda: next(ticks)) == 50
        assert run_bulk_changes(db.engine, now) == len(many) - 50
        assert run_bulk_changes(db.engine, now) == 0
        row = db.session.scalars(select(BulkChangeRow)).one()
        assert (row.changed, row.done, row.response_ids) == (3, len(many), [])
    assert sorted(tagged(any_acme, "late")) == [1, 2, 3]
    assert read(any_acme, changes_under_way) == []


@pytest.mark.parametrize(
    "loss",
    [
        update(Membership).where(Membership.role == "manager").values(role="viewer"),
        update(User).where(User.email == "lead@acme.example").values(active=False),
    ],
    ids=["role", "account"],
)
def test_the_worker_does_nothing_for_who_may_do_so_no_more(
    any_acme: Workspace, loss: Update
) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 5)
    any_acme.person("lead@acme.example", "manager", sees_all=True)
    many = [id] + [str(new_id()) for _ in range(AT_ONCE)]
    change(any_acme, many, BulkChange("tag", tag="late"), "lead@acme.example")
    with any_acme.world.app.app_context():
        with writing(db.session) as session:
            session.execute(loss)
        db.session.rollback()
        assert run_bulk_changes(db.engine, any_acme.world.clock()) == len(many)
    assert tagged(any_acme, "late") == []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"act": "bogus"}, ChangeRefused),
        ({"act": "tag", "tag": "  "}, TagRefused),
        ({"act": "tag", "tag": "x" * 51}, TagRefused),
        ({"act": "hide", "reason": ""}, NoteRefused),
    ],
)
def test_a_change_that_makes_no_sense_is_explained(
    said: dict[str, str], error: type[SaysoError]
) -> None:
    with pytest.raises(error):
        read_change(
            said["act"], tag=said.get("tag", ""), member_id=0, reason=said.get("reason", "")
        )


def test_a_tag_that_two_make_at_once_is_one(any_acme: Workspace) -> None:
    ids = [answer_survey(any_acme, any_acme.survey(), 5) for _ in range(2)]
    with any_acme.world.app.app_context():
        for id in ids:
            at = any_acme.world.clock()
            assert set_tag(db.session, any_acme.id, UUID(id), "late", given=True, at=at)
    assert read(any_acme, tag_names) == ["late"]
