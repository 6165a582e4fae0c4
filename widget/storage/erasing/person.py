"""Who is to be erased: by what they are known, what is theirs, and what they said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, spellings
from widget.domain.messages import ids_in_link
from widget.domain.redaction import Redaction, longest_first, names_of
from widget.domain.tags import written_in_tags
from widget.storage.customer_aliases import all_keys_of
from widget.storage.customer_traces import traces_of
from widget.storage.erasing.found import Found
from widget.storage.indexed import by_index
from widget.storage.models import (
    Customer,
    Delivery,
    FollowUp,
    FollowUpNote,
    HeldAnswer,
    Response,
    Revision,
)

# A shorter id of the team's own is no name: it stands in too many texts by chance.
_SHORTEST_ID = 4


@dataclass(frozen=True)
class PartsNaming:
    """The numbers of the parts of files that somebody is to be taken out of, by file; `states` are
    those in which the files were found. `others` are files whose whole content does not name them.
    """

    redaction: Redaction | None = None
    states: Mapping[UUID, str] = field(default_factory=dict)
    parts: Mapping[UUID, list[int]] = field(default_factory=dict)
    others: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Person:
    """Somebody in one workspace. `responses` are those stored; `texts` is what they wrote into
    them, `letters` what they mailed into their threads.

    `since` is when the first of what is theirs was made. `found` is what others wrote of them, and
    alerts about them; `parts` are those of files that were found to name them before the
    transaction that erases.
    """

    workspace_id: int
    customer_id: UUID
    emails: frozenset[str]
    names: tuple[str, ...]
    external_ids: frozenset[str]
    texts: tuple[str, ...]
    letters: tuple[str, ...]
    requests: frozenset[UUID]
    responses: frozenset[UUID]
    deliveries: frozenset[UUID]
    follow_ups: frozenset[UUID]
    since: datetime
    found: Found = field(default_factory=Found)
    parts: PartsNaming | None = None

    @property
    def files(self) -> frozenset[UUID]:
        """The ids by which mails are named that may have been written to files."""
        return self.deliveries | self.found.messages

    def redaction(self, *, about_them: bool) -> Redaction:
        """What takes them out of a text. Parts of their name, and their letters, are taken out only
        of what is written about them: others may be called Kim as well, and a letter may hold any
        words, those of a rule's mail too."""
        names = {name for name in self.names if " " in name or about_them}
        names |= {id for id in self.external_ids if len(id) >= _SHORTEST_ID}
        in_tags = ((name, written_in_tags(name)) for name in names)
        names |= {written for name, written in in_tags if written != name.lower()}
        texts = (*self.texts, *self.letters) if about_them else self.texts
        return Redaction(longest_first({*self.emails, *names}), texts)

    def names_alone(self) -> Redaction:
        """What takes their whole names and addresses out of a text, and no words of theirs."""
        return Redaction(self.redaction(about_them=False).names)

    def unnamed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """A message, as stored, without their names; ids in its link are nobody's name."""
        return {**self.names_alone().in_json(dict(content)), "link": content.get("link", "")}

    def is_linked(self, content: Mapping[str, Any]) -> bool:
        """Whether a message, as stored, leads to something of theirs."""
        return self.is_linked_by(str(content.get("link", "")))

    def is_linked_by(self, link: str) -> bool:
        """Whether a message's link leads to something of theirs."""
        return not ids_in_link(link).isdisjoint(self._linked)

    @cached_property
    def _linked(self) -> frozenset[UUID]:
        return self.follow_ups | self.responses | self.requests


def person_of(session: Session, customer: Customer) -> Person:
    """All that is known of whom a customer is; the same as before for as long as it is the same."""
    workspace_id, traces = customer.workspace_id, traces_of(session, customer)
    of_responses = traces.responses | traces.requests
    rows = session.scalars(
        select(Response).where(
            Response.workspace_id == workspace_id, Response.id.in_(traces.responses)
        )
    ).all()
    held = session.scalars(
        select(HeldAnswer).where(by_index(workspace_id, HeldAnswer.response_id, of_responses))
    ).all()
    contexts = [row.head.get("context", {}) for row in held]
    keys = all_keys_of(session, customer)
    emails = {customer.email or "", *keys.emails, *(row.customer_email for row in rows)}
    emails |= {context.get("customer_email", "") for context in contexts}
    names = {customer.name, *(row.customer_name for row in rows)}
    names |= {context.get("customer_name", "") for context in contexts}
    follow_ups = frozenset(
        session.scalars(
            select(FollowUp.id).where(by_index(workspace_id, FollowUp.response_id, of_responses))
        )
    )
    since = [customer.created_at, *(row.answered_at for row in rows)]
    return Person(
        workspace_id=workspace_id,
        customer_id=customer.id,
        emails=frozenset(_all_spellings(emails)),
        names=longest_first(part for name in names for part in names_of(name)),
        external_ids=keys.external_ids,
        texts=longest_first(_texts(session, workspace_id, rows, held)),
        letters=longest_first(_letters(session, workspace_id, follow_ups)),
        requests=traces.requests,
        responses=traces.responses,
        deliveries=frozenset(
            session.scalars(
                select(Delivery.id).where(
                    Delivery.workspace_id == workspace_id,
                    Delivery.request_id.in_(traces.requests),
                )
            )
        ),
        follow_ups=follow_ups,
        since=min(since),
    )


def _texts(
    session: Session,
    workspace_id: int,
    rows: Iterable[Response],
    held: Iterable[HeldAnswer],
) -> Iterable[str]:
    """Everything that somebody wrote into responses, in the versions that it had."""
    responses = list(rows)
    for row in responses:
        yield from filter(None, (row.comment, row.contact))
    for kept in held:
        yield from filter(None, (kept.answer.get("comment"), kept.answer.get("contact")))
    changes = select(Revision.changes).where(
        Revision.workspace_id == workspace_id, Revision.response_id.in_([r.id for r in responses])
    )
    for some in session.scalars(changes):
        for change in some:
            if change["field"] in WRITTEN:
                yield from filter(None, (change["old"], change["new"]))


def _letters(session: Session, workspace_id: int, follow_ups: frozenset[UUID]) -> Iterable[str]:
    return session.scalars(
        select(FollowUpNote.text).where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id.in_(follow_ups),
            FollowUpNote.kind == "customer_mail",
        )
    )


# Fields of a response that its customer writes freely.
WRITTEN = frozenset({"comment", "contact"})


def _all_spellings(emails: Iterable[str]) -> Iterable[str]:
    for email in filter(None, emails):
        yield email
        yield from spellings(customer_email(email))
