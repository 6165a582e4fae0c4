"""Looking for somebody in what others wrote, and in what was written of them.

All rows of some sorts have to be read for that, which takes seconds: too long for a transaction
that others wait for. So everything is looked through before it, and what is newer within it.
Whatever is looked through here is written once, or notes when it was changed.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, true
from sqlalchemy.orm import Session

from widget.domain.follow_ups import LETTERS
from widget.domain.redaction import Redaction
from widget.storage.erasing.found import Found
from widget.storage.erasing.naming import may_hold
from widget.storage.erasing.person import Person
from widget.storage.models import Event, FollowUp, FollowUpNote, Message, ResponseNote, RuleRun
from widget.storage.since import Since, is_since, messages_from


def find(session: Session, person: Person, since: Since | None = None) -> Found:
    """All that others wrote of somebody, or what of it may be newer than a mark."""
    return Found(
        threads=_threads(session, person, since),
        noted=_noted(session, person, since),
        messages=messages_about(session, person, since),
        events=_events(session, person, since),
        rule_runs=_rule_runs(session, person, since),
    )


def messages_about(session: Session, person: Person, since: Since | None = None) -> frozenset[UUID]:
    """The messages that are about somebody's responses, replies to them too, or that name them.

    What they wrote tells nothing: it may be what our own mails say."""
    # The link alone of each: to read all that is said takes ten times as long.
    links = select(Message.id, Message.content["link"].as_string()).where(
        messages_from(person.workspace_id, person.since, since)
    )
    linked = {id for id, link in _rows(session, links) if person.is_linked_by(link or "")}
    # Somebody may have been named before they were a customer.
    telling = select(Message.id, Message.content).where(
        messages_from(person.workspace_id, None, since),
        may_hold(Message.content, person.names_alone().names),
    )
    told = {id for id, content in _rows(session, telling) if person.unnamed(content) != content}
    return frozenset(linked | told)


def says(note: FollowUpNote) -> list[Any]:
    """What of a note in somebody else's thread may name a person. What else is kept of it says
    what changed."""
    return [note.text, note.data if note.kind in LETTERS else {}]


def _threads(session: Session, person: Person, since: Since | None) -> frozenset[UUID]:
    names = person.names_alone()
    told = partial(may_hold, names=names.names)
    # An outcome is written once more as a note, by which one is found that was opened again since.
    outcomes = select(FollowUp.id, FollowUp.outcome).where(
        FollowUp.workspace_id == person.workspace_id,
        FollowUp.resolved_at >= since.at if since else true(),
        told(FollowUp.outcome),
    )
    # What is quickly told comes first: databases go by that.
    notes = select(FollowUpNote).where(
        FollowUpNote.workspace_id == person.workspace_id,
        is_since(since, FollowUpNote.at, FollowUpNote.id),
        or_(
            told(FollowUpNote.text),
            # Whoever wrote into the thread of somebody else stands in what is kept of the mail.
            and_(FollowUpNote.kind.in_(LETTERS), told(FollowUpNote.data)),
        ),
    )
    found = {id for id, text in _rows(session, outcomes) if names(text) != text}
    for (note,) in _rows(session, notes):
        if names.in_json(says(note)) != says(note):
            found.add(note.follow_up_id)
    return frozenset(found)


def _noted(session: Session, person: Person, since: Since | None) -> frozenset[UUID]:
    names = person.names_alone()
    notes = select(ResponseNote.response_id, ResponseNote.text).where(
        ResponseNote.workspace_id == person.workspace_id,
        is_since(since, ResponseNote.at, ResponseNote.id),
        may_hold(ResponseNote.text, names.names),
    )
    return frozenset(id for id, text in _rows(session, notes) if names(text) != text)


def _events(session: Session, person: Person, since: Since | None) -> frozenset[UUID]:
    """Of the audit, which holds what the team searched for: their words as well."""
    takes_out = person.redaction(about_them=False)
    audit = select(Event.id, Event.data).where(
        Event.workspace_id == person.workspace_id, Event.response_id.is_(None)
    )
    if since:
        audit = audit.where(Event.id >= since.id)
    return frozenset(id for id, data in _rows(session, audit) if takes_out.in_json(data) != data)


def _rule_runs(session: Session, person: Person, since: Since | None) -> frozenset[UUID]:
    """Rules may have been called something else when they acted."""
    names = person.names_alone()
    runs = select(RuleRun.response_id, RuleRun.acted).where(
        RuleRun.workspace_id == person.workspace_id,
        RuleRun.at >= since.at if since else true(),
        may_hold(RuleRun.acted, names.names),
    )
    return frozenset(id for id, acted in _rows(session, runs) if _names_one(acted, names))


def _names_one(acted: Iterable[dict[str, Any]], names: Redaction) -> bool:
    return any(names(one["name"]) != one["name"] for one in acted)


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    return session.execute(query.execution_options(yield_per=500))
