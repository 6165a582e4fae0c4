"""A customer answers a step of a survey."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from widget.domain.events import EventName
from widget.domain.facts import COMMENT, REWARD, facts_of
from widget.domain.flow import Answer
from widget.domain.responses import Change, ResponseHead, changes, said_in
from widget.storage import answers, testimonials
from widget.storage.answers import FirstAnswer, NewEvent, NewRevision, Tally
from widget.storage.engine import write_connection
from widget.storage.group_commit import group_commit
from widget.storage.prepared import Runner
from widget.storage.request_rows import recovers
from widget.storage.votes import follow_vote

# What was looked at when somebody decided to publish a comment.
_DECIDED_ON = {"comment", "may_publish", "score"}


class _SomeAreStored(Exception):
    """A group holds an answer whose response is there already."""


def give_answer(
    engine: Engine, head: ResponseHead, answer: Answer, *, time_zone: str, opens: bool = True
) -> Answer | None:
    """Store one step's answer: the response if it is new, else what changes in it.

    `head.answered_at` is now. The same answer sent twice changes nothing the second time.
    `answer.scores` must hold the main question's score, so that a step can stand alone when
    the one before it never arrived. `opens` says that this is the survey's first step, which
    nearly always makes the response; any step may. Returns all that the response says now, or
    None when this answer made it.
    """
    first = _first(head, answer, time_zone)
    # A suggested reward is counted as well, which takes more than the group's transaction does.
    is_plain = opens and not answer.reward
    if is_plain and group_commit(engine, _store_first_of_group).run(first):
        return None
    with write_connection(engine) as connection:
        return give_answer_within(connection, head, answer, time_zone=time_zone)


def give_answer_within(
    connection: Connection, head: ResponseHead, answer: Answer, *, time_zone: str
) -> Answer | None:
    """The same inside a write transaction that does more than this. Takes and returns the same."""
    before = answers.find_response(connection, head.workspace_id, head.id)
    if before is None:
        if _store_first(connection, [_of_request(connection, _first(head, answer, time_zone))]):
            if answer.reward:
                follow_vote(connection, head.workspace_id, head.id, head.answered_at)
            return None
        # Another request stored it between the two statements, and nothing so new is deleted.
        before = answers.find_response(connection, head.workspace_id, head.id)
        assert before is not None
    return _record_further(connection, before, head, answer)


def _first(head: ResponseHead, answer: Answer, time_zone: str) -> FirstAnswer:
    day = head.answered_at.astimezone(ZoneInfo(time_zone)).date()
    return FirstAnswer(head, answer, day)


def _of_request(connection: Connection, first: FirstAnswer) -> FirstAnswer:
    """The same, and whether it answers a request to a customer who is asked again."""
    head = first.head
    if head.source != "email":
        return first
    return replace(first, is_recovery=recovers(connection, head.workspace_id, head.id))


def _store_first_of_group(connection: Runner, given: Sequence[FirstAnswer]) -> list[bool]:
    """Store all, or one alone; whether each was new. Raises when a group is not new altogether."""
    is_new = _store_first(connection, given)
    if not is_new and len(given) > 1:
        raise _SomeAreStored
    return [is_new] * len(given)


def _store_first(connection: Runner, given: Sequence[FirstAnswer]) -> bool:
    """Store responses with all that belongs to them; False, with less, if any was there already."""
    if answers.insert_responses(connection, given) < len(given):
        return False
    revisions, events, tallies = [], [], Counter[Tally]()
    for first in given:
        head = first.head
        said = [Change(kind, None, score) for kind, score in first.answer.scores.items()]
        revisions.append(NewRevision(head.workspace_id, head.id, said, head.answered_at))
        events.append(_event(head, "response.given"))
        if first.answer.finished:
            events.append(_event(head, "response.finished"))
        if first.counts:
            for fact, value in _first_facts(first.answer).items():
                tallies[_tally(first, fact, value)] += 1
    answers.append_revisions(connection, revisions)
    answers.count(connection, tallies)
    answers.append_events(connection, events)
    return True


def _first_facts(answer: Answer) -> dict[str, int]:
    """The facts of a response whose first answer this is. Most have nothing but a score."""
    facts: dict[str, int] = dict(answer.scores.items())
    if answer.comment:
        facts[COMMENT] = 1
    if answer.reward:
        facts[REWARD] = 1
    return facts


def _tally(first: FirstAnswer, fact: str, value: int) -> Tally:
    head = first.head
    return Tally(
        head.workspace_id,
        first.day,
        head.survey_id,
        head.member_id,
        head.context.channel,
        fact,
        value,
    )


def _record_further(
    connection: Connection, before: Mapping[str, Any], head: ResponseHead, answer: Answer
) -> Answer:
    changed = changes(before, answer)
    finishes = answer.finished and before["finished_at"] is None
    values: dict[str, Any] = {change.field: change.new for change in changed}
    if before["kind"] in values:
        values["score"] = values[before["kind"]]
    if finishes:
        values["finished_at"] = head.answered_at
    if not values:
        return said_in(before)
    answers.update_response(
        connection, head.workspace_id, head.id, {**values, "updated_at": head.answered_at}
    )
    events = []
    if changed:
        revision = NewRevision(head.workspace_id, head.id, changed, head.answered_at)
        answers.append_revisions(connection, [revision])
        if before["may_publish"] and values.keys() & _DECIDED_ON:
            testimonials.take_back_approval(connection, head.workspace_id, head.id)
        answers.count(connection, _recounted(before, {**before, **values}))
        events.append(_event(head, "response.changed"))
    if finishes:
        events.append(_event(head, "response.finished"))
    answers.append_events(connection, events)
    if _moves_vote(before, changed):
        follow_vote(connection, head.workspace_id, head.id, head.answered_at)
    return said_in({**before, **values})


def _moves_vote(before: Mapping[str, Any], changed: Sequence[Change]) -> bool:
    fields = {change.field for change in changed}
    return "reward_id" in fields or bool(before["reward_id"] and before["kind"] in fields)


def _recounted(before: Mapping[str, Any], after: Mapping[str, Any]) -> Counter[Tally]:
    """What a change takes from some rollups and adds to others."""
    tallies = Counter[Tally]()
    if not answers.counts(before):
        return tallies
    old, new = facts_of(before).items(), facts_of(after).items()
    for fact, value in old - new:
        tallies[answers.tally_of(before, fact, value)] -= 1
    for fact, value in new - old:
        tallies[answers.tally_of(before, fact, value)] += 1
    return tallies


def _event(head: ResponseHead, name: EventName) -> NewEvent:
    return NewEvent(name, head.workspace_id, head.survey_id, head.id, head.answered_at)
