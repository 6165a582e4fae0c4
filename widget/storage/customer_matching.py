"""Who of the directory is meant by what is said of somebody, and keeping what is new of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, spellings
from widget.domain.customers import (
    ATTRIBUTE,
    ATTRIBUTES_LIMIT,
    FIELDS,
    TOO_MANY_ATTRIBUTES,
    Change,
    Details,
    Field,
    Outcome,
)
from widget.storage.chunks import chunks
from widget.storage.customer_aliases import Keys, keys_of, meant_by
from widget.storage.customer_keys import Rekeyed, rekey
from widget.storage.ids import new_id
from widget.storage.indexed import by_index, texts
from widget.storage.models import Customer

TWO_CUSTOMERS = (
    "The address and the id belong to two different customers. Merge them first, or leave one out."
)


@dataclass
class Known:
    """A customer as they are, or will be after what was said so far. `is_stored`: not only said."""

    id: UUID
    fields: dict[Field, str]
    attributes: dict[str, str]
    is_stored: bool = True
    is_changed: bool = False
    is_of_tests: bool = False


@dataclass(frozen=True)
class Match:
    """What details do: to whom, and if nothing, why not. `changes` are those of who was known."""

    outcome: Outcome
    known: Known | None = None
    problem: str = ""
    # What of the details is wrong.
    field: str = "external_id"
    changes: tuple[Change, ...] = ()


_TOO_MANY = Match("error", problem=TOO_MANY_ATTRIBUTES, field="attributes")


@dataclass
class Directory:
    """The customers whom some details may mean, and what the details make of them in turn.

    An id of the team's own that several have stands for the one who was made first.
    """

    by_email: dict[str, Known] = field(default_factory=dict)
    by_external_id: dict[str, Known] = field(default_factory=dict)
    by_id: dict[UUID, Known] = field(default_factory=dict)
    # Of entries that were merged into others.
    by_merged_email: dict[str, Known] = field(default_factory=dict)
    by_merged_external_id: dict[str, Known] = field(default_factory=dict)

    def apply(self, details: Details) -> Match:
        """Say something of a customer; those said of later see it. Details are tidied ones."""
        by_email = self.by_email.get(details.email) if details.email else None
        by_id = self.by_external_id.get(details.external_id) if details.external_id else None
        if by_email and by_id and by_email is not by_id:
            return Match("error", problem=TWO_CUSTOMERS)
        id_before = self.by_merged_external_id.get(details.external_id)
        email_before = self.by_merged_email.get(details.email)
        known = by_id or by_email or id_before or email_before
        if known is None:
            return Match("new", self._make(details))
        # What an entry was known by that was merged says who is meant, and changes nothing.
        left_out: set[Field] = set()
        if by_id is None and known is id_before:
            left_out.add("external_id")
        if by_email is None and by_id is None and known is email_before:
            left_out.add("email")
        details = details.without(left_out)
        if _has_too_many(known, details):
            return _TOO_MANY
        return self._change(known, details)

    def change(self, known: Known, details: Details) -> Match:
        """Say something of one customer, whose address and id may change; they must be nobody
        else's."""
        for text, index in (
            (details.email, self.by_email),
            (details.external_id, self.by_external_id),
        ):
            if text and index.get(text, known) is not known:
                return Match("error", known, TWO_CUSTOMERS, "email")
        if _has_too_many(known, details):
            return _TOO_MANY
        return self._change(known, details)

    def _make(self, details: Details) -> Known:
        known = Known(new_id(), {}, {}, is_stored=False)
        self._change(known, details)
        return known

    def _change(self, known: Known, details: Details) -> Match:
        is_first, known.is_of_tests = known.is_of_tests, False
        self._forget(known)
        changes: list[Change] = []
        for name, text in details.fields.items():
            if (before := known.fields.get(name, "")) != text:
                known.fields[name] = text
                changes.append(Change(name, before, text))
        for attribute, text in details.attributes.items():
            if (before := known.attributes.get(attribute, "")) != text:
                known.attributes[attribute] = text
                changes.append(Change(ATTRIBUTE + attribute, before, text))
        known.attributes = {name: text for name, text in known.attributes.items() if text}
        is_changed = is_first or bool(changes)
        known.is_changed = known.is_changed or is_changed
        self.add(known)
        return Match("changed" if is_changed else "same", known, changes=tuple(changes))

    def _forget(self, known: Known) -> None:
        for index in (self.by_email, self.by_external_id):
            for key in [key for key in _keys(known) if index.get(key) is known]:
                del index[key]

    def add(self, known: Known) -> None:
        """Make a customer known by address and id."""
        self.by_id[known.id] = known
        email, external_id = _keys(known)
        if email:
            self.by_email[email] = known
        if external_id:
            self.by_external_id.setdefault(external_id, known)


def _has_too_many(known: Known, details: Details) -> bool:
    """Whether a customer would have more attributes than may be, and more than before."""
    names = {name for name, text in {**known.attributes, **details.attributes}.items() if text}
    return len(names) > max(ATTRIBUTES_LIMIT, len(known.attributes))


def _keys(known: Known) -> tuple[str, str]:
    return known.fields.get("email", ""), known.fields.get("external_id", "")


def directory_for(
    session: Session, workspace_id: int, said: Sequence[Details], also: UUID | None = None
) -> Directory:
    """The customers whom tidied details may mean, and `also` one more."""
    found: dict[UUID, Customer] = {}
    emails = {spelling for one in said if one.email for spelling in spellings(one.email)}
    ids = {one.external_id for one in said if one.external_id}
    every = select(Customer).where(Customer.workspace_id == workspace_id)
    queries = [
        *(
            every.join(wanted, Customer.email == wanted.c.text)
            for wanted in map(texts, chunks(emails))
        ),
        *(every.where(by_index(workspace_id, Customer.external_id, part)) for part in chunks(ids)),
        *(every.where(Customer.id == id) for id in (also,) if id),
    ]
    for query in queries:
        rows = session.scalars(query.execution_options(populate_existing=True))
        found |= {row.id: row for row in rows}
    made = Directory()
    for id in sorted(found):
        made.add(_known(found[id]))
    _add_merged(session, workspace_id, made, emails - set(made.by_email), ids)
    return made


def _add_merged(
    session: Session, workspace_id: int, made: Directory, emails: set[str], ids: set[str]
) -> None:
    """Let a directory know whom addresses and ids mean whose entries were merged into others."""
    by_email = meant_by(session, workspace_id, "email", emails)
    by_id = meant_by(session, workspace_id, "external_id", ids - set(made.by_external_id))
    missing = {*by_email.values(), *by_id.values()} - set(made.by_id)
    for part in chunks(sorted(missing)):
        for row in session.scalars(
            select(Customer)
            .where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
            .execution_options(populate_existing=True)
        ):
            made.add(_known(row))
    made.by_merged_email = {email: made.by_id[id] for email, id in by_email.items()}
    made.by_merged_external_id = {key: made.by_id[id] for key, id in by_id.items()}


def _known(row: Customer) -> Known:
    if row.is_of_tests:
        # What tests said of them is nobody's business.
        spoken: dict[Field, str] = {"email": row.email or "", "external_id": row.external_id}
        return Known(row.id, spoken, {}, is_of_tests=True)
    fields: dict[Field, str] = {
        # Of one who was kept before both forms of a domain were one, today's.
        "email": customer_email(row.email or ""),
        "name": row.name,
        "external_id": row.external_id,
        "client": row.client,
        "segment": row.segment,
        "language": row.language,
        "country": row.country,
        "time_zone": row.time_zone,
    }
    return Known(row.id, fields, dict(row.attributes or {}))


def write_directory(
    session: Session, workspace_id: int, directory: Directory, at: datetime
) -> None:
    """Store what has been made of customers, inside an action's transaction."""
    changed = [known for known in directory.by_id.values() if known.is_changed]
    new = [_row(workspace_id, known, at) for known in changed if not known.is_stored]
    if new:
        session.execute(insert(Customer), [{**row, "created_at": at} for row in new])
    old = {known.id: known for known in changed if known.is_stored}
    rekeyed: list[Rekeyed] = []
    for part in chunks(sorted(old)):
        for row in session.scalars(
            select(Customer)
            .where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
            .order_by(Customer.id)
            .with_for_update()
        ):
            was, now = keys_of(row), _keys_now(old[row.id])
            if was != now:
                rekeyed.append(Rekeyed(row.id, was, now))
            for name, value in _row(workspace_id, old[row.id], at).items():
                setattr(row, name, value)
    session.flush()
    rekey(session, workspace_id, rekeyed, at)
    for known in changed:
        known.is_stored, known.is_changed = True, False


def _keys_now(known: Known) -> Keys:
    return Keys(*_keys(known))


def _row(workspace_id: int, known: Known, at: datetime) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "id": known.id,
        **{name: known.fields.get(name, "") for name in FIELDS},
        "email": known.fields.get("email") or None,
        "attributes": known.attributes or None,
        "is_of_tests": False,
        "updated_at": at,
    }


def one_at_a_time(session: Session, workspace_id: int) -> None:
    """Let nobody else put customers of a workspace into the directory until the transaction ends,
    so that nobody is put in twice. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, workspace_id)))


# Any number that other locks of a workspace do not have.
_LOCK = 7_290_142
