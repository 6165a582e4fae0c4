"""A customer answers a step of a survey."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from widget.domain.events import EventName
from widget.domain.flow import Answer
from widget.domain.responses import Change, ResponseHead, changes
from widget.domain.scales import KINDS
from widget.storage import answers
from widget.storage.engine import HotTransaction, write_connection
from widget.storage.group_commit import group_commit
from widget.storage.prepared import Runner


def give_answer(engine: Engine, head: ResponseHead, answer: Answer, *, time_zone: str) -> None:
    """Store one step's answer: the response if it is new, else what changes in it.

    `head.answered_at` is now. The same answer sent twice changes nothing the second time.
    `answer.scores` must hold the main question's score, so that a step can stand alone when
    the one before it never arrived.
    """
    day = head.answered_at.astimezone(ZoneInfo(time_zone)).date()

    def store(transaction: HotTransaction) -> bool:
        is_first = answers.insert_response(transaction, head, answer, day=day)
        if is_first:
            _record_first(transaction, head, answer, day)
        return is_first

    if not group_commit(engine).run(store):
        # Responses are never deleted here, so what was found just now is still there.
        with write_connection(engine) as connection:
            _record_further(connection, head, answer)


def _record_first(connection: Runner, head: ResponseHead, answer: Answer, day: date) -> None:
    said = [Change(kind, None, score) for kind, score in answer.scores.items()]
    answers.append_revision(connection, head.workspace_id, head.id, said, head.answered_at)
    if not head.is_test:
        answers.count(
            connection,
            workspace_id=head.workspace_id,
            day=day,
            survey_id=head.survey_id,
            member_id=head.member_id,
            channel=head.context.channel,
            scores=answer.scores,
            by=1,
        )
    _tell(connection, head, "response.given")
    if answer.finished:
        _tell(connection, head, "response.finished")


def _record_further(connection: Connection, head: ResponseHead, answer: Answer) -> None:
    before = answers.find_response(connection, head.workspace_id, head.id)
    assert before is not None
    changed = changes(before, answer)
    finishes = answer.finished and before["finished_at"] is None
    values: dict[str, Any] = {change.field: change.new for change in changed}
    if before["kind"] in values:
        values["score"] = values[before["kind"]]
    if finishes:
        values["finished_at"] = head.answered_at
    if not values:
        return
    answers.update_response(
        connection, head.workspace_id, head.id, {**values, "updated_at": head.answered_at}
    )
    if changed:
        answers.append_revision(connection, head.workspace_id, head.id, changed, head.answered_at)
        _recount(connection, before, changed)
        _tell(connection, head, "response.changed")
    if finishes:
        _tell(connection, head, "response.finished")


def _recount(connection: Connection, before: Mapping[str, Any], changed: list[Change]) -> None:
    if before["is_test"] or before["hidden_at"] is not None:
        return
    rescored = [change for change in changed if change.field in KINDS]
    key = {
        name: before[name] for name in ("workspace_id", "day", "survey_id", "member_id", "channel")
    }
    old = {change.field: change.old for change in rescored if change.old is not None}
    answers.count(connection, **key, scores=old, by=-1)
    new = {change.field: change.new for change in rescored}
    answers.count(connection, **key, scores=new, by=1)


def _tell(connection: Runner, head: ResponseHead, name: EventName) -> None:
    answers.append_event(
        connection,
        name,
        workspace_id=head.workspace_id,
        survey_id=head.survey_id,
        response_id=head.id,
        at=head.answered_at,
    )
