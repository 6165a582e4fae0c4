"""Audiences: what is kept of them, how many customers each has, and some of those."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.domain.addresses import spellings
from widget.domain.audiences import EVERYBODY, Rules, Trait, rules_from_json, rules_to_json
from widget.domain.errors import UnknownAudience
from widget.domain.sampling import Stratum
from widget.storage.audience_conditions import fits, is_listed, trait_column
from widget.storage.chunks import chunks
from widget.storage.customer_aliases import meant_by
from widget.storage.models import Audience, AudienceCustomer, Campaign, Customer, Wave


@dataclass(frozen=True)
class StoredAudience:
    """An audience. `rules` is None for a list; `id` is 0 for one that is not stored yet."""

    id: int
    name: str
    rules: Rules | None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Example:
    """A customer of an audience, as its page shows one."""

    email: str
    name: str
    client: str
    segment: str


@dataclass(frozen=True)
class Frame:
    """Whom a campaign may ask: the customers of an audience (None: all), without those of another,
    and only those with an address that servers take who were there at a moment."""

    workspace_id: int
    audience: StoredAudience | None
    excluded: StoredAudience | None
    at: datetime


def audiences_of(session: Session, workspace_id: int) -> list[StoredAudience]:
    """The audiences of a workspace by name."""
    rows = session.scalars(
        select(Audience)
        .where(Audience.workspace_id == workspace_id)
        .order_by(func.lower(Audience.name), Audience.id)
    )
    return [_stored(row) for row in rows]


def audiences_page(
    session: Session, workspace_id: int, *, limit: int, above: int | None
) -> list[StoredAudience]:
    """Up to `limit` audiences, the oldest first, with ids above one where that is given."""
    query = select(Audience).where(Audience.workspace_id == workspace_id)
    if above is not None:
        query = query.where(Audience.id > above)
    return [_stored(row) for row in session.scalars(query.order_by(Audience.id).limit(limit))]


def audience_of(session: Session, workspace_id: int, id: int) -> StoredAudience:
    """One audience. Raises UnknownAudience."""
    return _stored(audience_row(session, workspace_id, id))


def audience_row(session: Session, workspace_id: int, id: int) -> Audience:
    """The same, to be changed. Raises UnknownAudience."""
    row = session.scalar(
        select(Audience).where(Audience.workspace_id == workspace_id, Audience.id == id)
    )
    if row is None:
        raise UnknownAudience("There is no such audience in this workspace.")
    return row


def put_audience(
    session: Session, workspace_id: int, audience: StoredAudience, at: datetime
) -> int:
    """Store an audience's name and rules; returns its id. Raises UnknownAudience."""
    if audience.id:
        row = audience_row(session, workspace_id, audience.id)
    else:
        row = Audience(workspace_id=workspace_id, created_at=at)
        session.add(row)
    row.name, row.updated_at = audience.name, at
    row.rules = None if audience.rules is None else rules_to_json(audience.rules)
    session.flush()
    return row.id


def is_name_taken(session: Session, workspace_id: int, name: str, other_than: int) -> bool:
    """Whether another audience of the workspace has this name."""
    found = select(Audience.id).where(
        Audience.workspace_id == workspace_id, Audience.name == name, Audience.id != other_than
    )
    return session.scalar(found) is not None


def is_asked_by_campaigns(session: Session, workspace_id: int, id: int) -> bool:
    """Whether a campaign asks an audience, or leaves it out."""
    found = select(Campaign.id).where(
        Campaign.workspace_id == workspace_id,
        or_(Campaign.audience_id == id, Campaign.excluded_id == id),
    )
    return session.scalar(found.limit(1)) is not None


def lock_audiences(session: Session, workspace_id: int, ids: Collection[int | None]) -> None:
    """Make others who change these audiences wait until this transaction ends."""
    named = sorted(id for id in ids if id is not None)
    session.execute(
        select(Audience.id)
        .where(Audience.workspace_id == workspace_id, Audience.id.in_(named))
        .order_by(Audience.id)
        .with_for_update(key_share=True)
    ).all()


def campaign_being_made(session: Session, workspace_id: int, id: int) -> str | None:
    """The name of a campaign that asks an audience, or leaves it out, by a wave whose requests are
    not all made; None when there is none. One that was stopped makes no more."""
    return session.scalar(
        select(Campaign.name)
        .join(Wave, Wave.campaign_id == Campaign.id)
        .where(
            Campaign.workspace_id == workspace_id,
            or_(Campaign.audience_id == id, Campaign.excluded_id == id),
            Campaign.status != "stopped",
            Wave.status != "made",
        )
        .limit(1)
    )


def remove_audience_row(session: Session, workspace_id: int, id: int) -> None:
    """Remove an audience and its list. Raises UnknownAudience."""
    row = audience_row(session, workspace_id, id)
    session.execute(
        delete(AudienceCustomer).where(
            AudienceCustomer.workspace_id == workspace_id, AudienceCustomer.audience_id == id
        )
    )
    session.delete(row)


def customers_named(session: Session, workspace_id: int, names: Collection[str]) -> dict[str, UUID]:
    """Customers by the address (lower-case) or external id that they were named by."""
    # What entries were called that are part of others now; whoever is called so now comes before.
    found = meant_by(session, workspace_id, "external_id", names)
    by_id = select(Customer.external_id, Customer.id).where(Customer.workspace_id == workspace_id)
    for part in chunks(names):
        for name, id in session.execute(by_id.where(Customer.external_id.in_(part))):
            found[name] = id
    # The address last: it is the surest, so it has the last word.
    spelled = {spelling: name for name in names if "@" in name for spelling in spellings(name)}
    merged = meant_by(session, workspace_id, "email", spelled)
    found |= {spelled[email]: id for email, id in merged.items()}
    by_email = select(Customer.email, Customer.id).where(Customer.workspace_id == workspace_id)
    for part in chunks(spelled):
        for email, id in session.execute(by_email.where(Customer.email.in_(part))):
            if email is not None:
                found[spelled[email]] = id
    return found


def list_customers(
    session: Session, workspace_id: int, audience_id: int, ids: Collection[UUID]
) -> None:
    """Put customers on a list; those who are on it stay."""
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(AudienceCustomer)
    for part in chunks(sorted(set(ids))):
        session.execute(
            insert.on_conflict_do_nothing(),
            [
                {"workspace_id": workspace_id, "audience_id": audience_id, "customer_id": id}
                for id in part
            ],
        )


def unlist_customers(session: Session, workspace_id: int, audience_id: int) -> None:
    """Empty a list."""
    session.execute(
        delete(AudienceCustomer).where(
            AudienceCustomer.workspace_id == workspace_id,
            AudienceCustomer.audience_id == audience_id,
        )
    )


def move_on_lists(session: Session, workspace_id: int, old: UUID, new: UUID) -> None:
    """On every list that has one customer there is another in their place, for who merges them."""
    is_old = (AudienceCustomer.workspace_id == workspace_id, AudienceCustomer.customer_id == old)
    for audience_id in session.scalars(select(AudienceCustomer.audience_id).where(*is_old)).all():
        list_customers(session, workspace_id, audience_id, [new])
    session.execute(delete(AudienceCustomer).where(*is_old))


def count_matching(
    session: Session, workspace_id: int, audience: StoredAudience, now: datetime
) -> int:
    """How many customers an audience has at this moment."""
    query = select(func.count()).where(_of(session, workspace_id, audience, now))
    return session.scalar(query.select_from(Customer)) or 0


def examples_of(
    session: Session, workspace_id: int, audience: StoredAudience, now: datetime, limit: int
) -> list[Example]:
    """Some of an audience's customers, those who were added last."""
    rows = session.execute(
        select(Customer.email, Customer.name, Customer.client, Customer.segment)
        .where(_of(session, workspace_id, audience, now))
        .order_by(Customer.id.desc())
        .limit(limit)
    )
    return [Example(email or "", name, client, segment) for email, name, client, segment in rows]


def is_on_the_wire(session: Session) -> ColumnElement[bool]:
    """The condition that mail servers take a customer's address, as `wire_address` has it: what is
    before the @ is ASCII. An international domain has a form that is."""
    if session.get_bind().dialect.name == "postgresql":
        name = func.split_part(Customer.email, "@", 1)
        return func.octet_length(name) == func.char_length(name)
    return not_(Customer.email.bool_op("GLOB")("*[^ -~]*@*"))


def in_frame(session: Session, frame: Frame) -> ColumnElement[bool]:
    """The condition that a customer may be asked."""
    return and_(
        _of(session, frame.workspace_id, frame.audience, frame.at),
        Customer.email.is_not(None),
        is_on_the_wire(session),
        Customer.is_of_tests.is_(False),
        Customer.created_at <= frame.at,
        true()
        if frame.excluded is None
        else not_(_of(session, frame.workspace_id, frame.excluded, frame.at)),
    )


def count_strata(
    session: Session, frame: Frame, traits: Sequence[Trait], limit: int
) -> dict[Stratum, int]:
    """How many customers of a frame each stratum has; at most `limit` strata are told."""
    columns = [trait_column(trait) for trait in traits]
    query = select(func.count(), *columns).where(in_frame(session, frame))
    if columns:
        query = query.group_by(*columns).order_by(*columns).limit(limit)
    rows = session.execute(query.select_from(Customer))
    return {tuple(values): number for number, *values in rows if number}


def languages_in(session: Session, frame: Frame) -> list[str]:
    """What the customers of a frame speak, most frequent first; "" of whom nobody knows."""
    return list(
        session.scalars(
            select(Customer.language)
            .where(in_frame(session, frame))
            .group_by(Customer.language)
            .order_by(func.count().desc(), Customer.language)
        )
    )


def _of(
    session: Session, workspace_id: int, audience: StoredAudience | None, now: datetime
) -> ColumnElement[bool]:
    mine = Customer.workspace_id == workspace_id
    if audience is None:
        return mine
    if audience.rules is None:
        return and_(mine, is_listed(workspace_id, audience.id))
    if audience.rules == EVERYBODY:
        return mine
    return and_(mine, fits(session, workspace_id, audience.rules, now))


def _stored(row: Audience) -> StoredAudience:
    rules = None if row.rules is None else rules_from_json(row.rules)
    return StoredAudience(row.id, row.name, rules, row.updated_at)
