"""Who may be asked, and what mail they have had."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from widget.domain.addresses import spellings
from widget.domain.asks import Ask
from widget.domain.requests import MailTo
from widget.storage.chunks import chunks
from widget.storage.customer_aliases import keys_of, meant_by
from widget.storage.customer_keys import Rekeyed, rekey
from widget.storage.ids import new_id
from widget.storage.indexed import by_index, texts
from widget.storage.models import Customer, Delivery, Member, Request


@dataclass(frozen=True)
class KnownCustomer:
    id: UUID
    time_zone: str
    client: str = ""
    segment: str = ""


# What a request says of its customer, beside how they are known.
_SAID = ("name", "external_id", "client", "segment", "language", "country", "time_zone")
_KNOWN = (Customer.id, Customer.time_zone, Customer.client, Customer.segment)


def known_customers(
    session: Session, workspace_id: int, asks: Sequence[Ask]
) -> dict[str, KnownCustomer]:
    """The customers of some asks who are known already, by `Ask.customer_key`."""
    found: dict[str, KnownCustomer] = {}
    keys = {spelling: ask.email for ask in asks if ask.email for spelling in spellings(ask.email)}
    for part in chunks(keys):
        wanted = texts(part)
        for row in session.execute(
            select(Customer.email, *_KNOWN)
            .select_from(wanted)
            .join(
                Customer,
                (Customer.workspace_id == workspace_id) & (Customer.email == wanted.c.text),
            )
        ):
            key = keys[row.email or ""]
            # Of two who were kept before their spellings were one, the spelling of today.
            if row.email == key or key not in found:
                found[key] = _known(row)
    ids = {ask.external_id for ask in asks if not ask.email and ask.external_id}
    for part in chunks(ids):
        for row in session.execute(
            select(Customer.external_id, *_KNOWN)
            .where(
                Customer.workspace_id == workspace_id,
                Customer.email.is_(None),
                by_index(workspace_id, Customer.external_id, part),
            )
            .order_by(Customer.id.desc())
        ):
            found[Ask(external_id=row.external_id).customer_key] = _known(row)
    return found | _merged_customers(session, workspace_id, asks, found)


def _merged_customers(
    session: Session, workspace_id: int, asks: Sequence[Ask], found: Collection[str]
) -> dict[str, KnownCustomer]:
    """Of asks that nobody was `found` for, those that name an entry that is part of another now."""
    left = [ask for ask in asks if ask.customer_key not in found]
    emails = {ask.email for ask in left if ask.email}
    external_ids = {ask.external_id for ask in left if ask.external_id and not ask.email}
    ids = meant_by(session, workspace_id, "email", emails)
    for external_id, id in meant_by(session, workspace_id, "external_id", external_ids).items():
        ids[Ask(external_id=external_id).customer_key] = id
    rows = {
        row.id: _known(row)
        for part in chunks(set(ids.values()))
        for row in session.execute(
            select(*_KNOWN).where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
        )
    }
    return {key: rows[id] for key, id in ids.items()}


def _known(row: Row[*tuple[Any, ...]]) -> KnownCustomer:
    return KnownCustomer(row.id, row.time_zone, row.client, row.segment)


def put_customers(
    session: Session, workspace_id: int, asks: Sequence[Ask], at: datetime, *, is_test: bool
) -> dict[str, KnownCustomer]:
    """Make the customers of some asks who are not known yet, and note what is new of the others.

    A test changes nobody who is known in earnest; and of whom only tests have spoken, the first
    request in earnest forgets what they said.

    Locks them all until the transaction ends, so that of two requests for one customer the second
    sees the first. Asks without address and id share nothing: each is a customer of its own, to be
    made by `add_nameless`.
    """
    wanted = {ask.customer_key: ask for ask in asks if ask.email or ask.external_id}
    known = known_customers(session, workspace_id, list(wanted.values()))
    new = [
        _as_row(workspace_id, ask, at, is_test=is_test)
        # In one order everywhere, or two batches could wait for each other.
        for key, ask in sorted(wanted.items())
        if key not in known
    ]
    if new:
        dialect = session.get_bind().dialect.name
        insert = (postgresql if dialect == "postgresql" else sqlite).insert(Customer)
        session.execute(
            insert.on_conflict_do_nothing(index_elements=["workspace_id", "email"]), new
        )
        known = known_customers(session, workspace_id, list(wanted.values()))
    lock_customers(session, workspace_id, [customer.id for customer in known.values()])
    by_id = {known[key].id: ask for key, ask in wanted.items()}
    ids = {ask.external_id for ask in wanted.values() if ask.external_id}
    merged = meant_by(session, workspace_id, "external_id", ids)
    rekeyed: list[Rekeyed] = []
    for part in chunks(by_id):
        for row in session.scalars(
            select(Customer)
            .where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
            .execution_options(populate_existing=True)
        ):
            if is_test and not row.is_of_tests:
                continue
            ask, was = by_id[row.id], keys_of(row)
            if merged.get(ask.external_id) == row.id:
                # It says who is meant, and is not theirs any more.
                ask = replace(ask, external_id="")
            _note(row, ask, at, forgets=row.is_of_tests and not is_test)
            row.is_of_tests = is_test
            if keys_of(row) != was:
                rekeyed.append(Rekeyed(row.id, was, keys_of(row)))
    session.flush()
    rekey(session, workspace_id, rekeyed, at)
    return known_customers(session, workspace_id, list(wanted.values()))


def add_nameless(session: Session, workspace_id: int, ask: Ask, at: datetime) -> UUID:
    """A customer of whom neither address nor id is known."""
    row = _as_row(workspace_id, ask, at, is_test=False)
    session.add(Customer(**row))
    session.flush()
    id: UUID = row["id"]  # type: ignore[assignment]
    return id


def lock_customers(session: Session, workspace_id: int, ids: Collection[UUID]) -> None:
    """Keep others from deciding on these customers; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for part in chunks(sorted(set(ids))):
        session.execute(
            select(Customer.id)
            .where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
            .order_by(Customer.id)
            .with_for_update()
        ).all()


def customers_there(session: Session, workspace_id: int, ids: Collection[UUID]) -> set[UUID]:
    """Which of these customers there are; nobody erases them until this transaction ends."""
    found: set[UUID] = set()
    for part in chunks(sorted(set(ids))):
        found |= set(
            session.scalars(
                select(Customer.id)
                .where(Customer.workspace_id == workspace_id, Customer.id.in_(part))
                .order_by(Customer.id)
                .with_for_update(read=True, key_share=True)
            )
        )
    return found


def _as_row(workspace_id: int, ask: Ask, at: datetime, *, is_test: bool) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "id": new_id(),
        "email": ask.email or None,
        **{name: getattr(ask, name) for name in _SAID},
        "is_of_tests": is_test,
        "created_at": at,
        "updated_at": at,
    }


def _note(row: Customer, ask: Ask, at: datetime, *, forgets: bool) -> None:
    for name in _SAID:
        said = getattr(ask, name)
        if (said or forgets) and said != getattr(row, name):
            setattr(row, name, said)
            row.updated_at = at


def mails_to(
    session: Session,
    workspace_id: int,
    customer_ids: Collection[UUID],
    since: datetime,
    *,
    is_test: bool,
    planned: bool,
) -> dict[UUID, list[MailTo]]:
    """The mails that customers were sent after a moment, by customer; with `planned` also first
    mails that are still to leave. What was answered before its mail left is there as unsent. Tests
    and the real thing do not see each other."""
    mails: dict[UUID, list[MailTo]] = defaultdict(list)
    for part in chunks(customer_ids):
        asked = select(
            Request.customer_id,
            Request.id,
            Request.survey_id,
            Request.asked_at,
            and_(Request.status == "answered", Request.sent_at.is_(None)).label("is_unsent"),
        ).where(
            Request.workspace_id == workspace_id,
            Request.customer_id.in_(part),
            Request.asked_at > since,
            Request.is_test.is_(is_test),
        )
        if not planned:
            asked = asked.where(or_(Request.status != "scheduled", Request.due_at.is_(None)))
        for customer_id, id, survey_id, asked_at, is_unsent in session.execute(asked):
            if asked_at is not None:
                mail = MailTo(id, survey_id, asked_at, is_unsent=is_unsent)
                mails[customer_id].append(mail)
        reminded = (
            select(Request.customer_id, Request.id, Request.survey_id, Delivery.created_at)
            .join(
                Delivery,
                (Delivery.workspace_id == Request.workspace_id)
                & (Delivery.request_id == Request.id),
            )
            .where(
                Request.workspace_id == workspace_id,
                Request.customer_id.in_(part),
                Request.is_test.is_(is_test),
                Delivery.id.in_(_mails_of(workspace_id, part)),
                Delivery.purpose == "reminder",
                Delivery.status.not_in(("not_sent", "failed")),
                Delivery.created_at > since,
            )
        )
        for customer_id, id, survey_id, at in session.execute(reminded):
            mails[customer_id].append(MailTo(id, survey_id, at, is_reminder=True))
    return mails


def _mails_of(workspace_id: int, customer_ids: Collection[UUID]) -> Select[UUID]:
    """The ids of customers' mails, out of indexes alone."""
    mail, request = aliased(Delivery), aliased(Request)
    asked = select(request.id).where(
        request.workspace_id == workspace_id, request.customer_id.in_(customer_ids)
    )
    return select(mail.id).where(mail.workspace_id == workspace_id, mail.request_id.in_(asked))


def members_named(session: Session, workspace_id: int, names: Collection[str]) -> Mapping[str, int]:
    """Members by the email (in any case), employee id or public id that they were named by."""
    found: dict[str, int] = {}
    for part in chunks(names):
        lower = {name.lower() for name in part}
        given = set(part)
        rows = session.execute(
            select(Member.id, Member.email, Member.employee_id, Member.public_id).where(
                Member.workspace_id == workspace_id,
                Member.archived_at.is_(None),
                or_(
                    Member.email.in_(lower),
                    Member.employee_id.in_(part),
                    Member.public_id.in_(part),
                ),
            )
        ).all()
        # The email last: it is the surest, so it has the last word.
        for row in rows:
            for name in (row.public_id, row.employee_id):
                if name in given:
                    found[name] = row.id
        by_email = {row.email: row.id for row in rows if row.email}
        found |= {name: by_email[name.lower()] for name in part if name.lower() in by_email}
    return found
