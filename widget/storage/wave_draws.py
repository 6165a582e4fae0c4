"""Whom a wave asks: read customer by customer, so that a million of them take little memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from widget.domain.audiences import Trait
from widget.domain.sampling import Draw, Lot, Missed, Stratum, is_drawn
from widget.storage.audience_conditions import trait_column
from widget.storage.audiences import Frame, in_frame
from widget.storage.models import Customer
from widget.storage.waves import StoredWave

# So many rows are fetched at a time.
_PIECE = 5_000


@dataclass(frozen=True)
class DrawnCustomer:
    """Somebody whom a wave asks. `place`, from 0 to below 1, is theirs among all; `stratum` the
    number of theirs, None where the wave knows of none such."""

    id: UUID
    time_zone: str
    client: str
    segment: str
    attributes: dict[str, str]
    stratum: int | None
    place: float


def draw_bars(
    session: Session,
    frame: Frame,
    traits: Sequence[Trait],
    seed: str,
    *,
    asked: dict[Stratum, int],
    population: dict[Stratum, int],
) -> dict[Stratum, bytes]:
    """The greatest number in the sample of each stratum of a frame (see `sampling.Draw`)."""
    # Looked up once: there may be millions of customers.
    number_of = Lot(seed).number
    for all_seen in (False, True):
        draw = Draw(asked, population, all_seen=all_seen)
        top = draw.top
        for piece in _pieces(session, frame, traits):
            for row in piece:
                number = number_of(row[0])
                if number < top:
                    draw.show(row[1:], number)
        try:
            return draw.bars()
        except Missed:
            continue
    raise AssertionError("A draw with all numbers in sight cannot miss.")


def _pieces(
    session: Session, frame: Frame, traits: Sequence[Trait]
) -> Iterator[Sequence[tuple[str, ...]]]:
    """Customers piece by piece: each one's id in hexadecimal digits, and then their stratum."""
    columns = [trait_column(trait) for trait in traits]
    is_dashed = session.get_bind().dialect.name == "postgresql"
    id: ColumnElement[str] = (
        func.replace(cast(Customer.id, String), "-", "")
        if is_dashed
        else type_coerce(Customer.id, String)
    )
    query: Any = select(id, *columns).where(in_frame(session, frame))
    if is_dashed:
        # The server's cursor, or all of them would be sent at once.
        query = query.execution_options(yield_per=_PIECE)
    with session.connection().execute(query) as rows:
        # The driver's own rows: there may be a million, and making them SQLAlchemy's takes as long
        # as all the rest together. Nothing is lost by it, as all columns are texts.
        if is_dashed:
            # Which SQLAlchemy has taken from the server's cursor already, to know its columns.
            first = rows.fetchone()
            if first is None:
                return
            yield [first]
        assert rows.cursor is not None
        while piece := rows.cursor.fetchmany(_PIECE):
            yield piece


def drawn_after(
    session: Session, frame: Frame, traits: Sequence[Trait], wave: StoredWave, limit: int
) -> list[DrawnCustomer]:
    """The next customers whom a wave asks, up to `limit`, in order of ids after the one it has
    reached: nobody at the end."""
    choice = _Choice(wave)
    found: list[DrawnCustomer] = []
    query = _customers(session, frame, traits).order_by(Customer.id)
    if wave.reached is not None:
        query = query.where(Customer.id > wave.reached)
    with session.execute(query.execution_options(yield_per=limit)) as rows:
        for row in rows:
            if choice.has(row, (row.id,)):
                found.append(choice.drawn(row))
            if len(found) == limit:
                break
    return found


def drawn_of(
    session: Session,
    frame: Frame,
    traits: Sequence[Trait],
    wave: StoredWave,
    entries: Mapping[UUID, Sequence[UUID]],
) -> list[DrawnCustomer]:
    """Those of at most a thousand customers whom a wave asks by their own numbers, or those of
    entries that are a part of them: `entries` by the customers' ids."""
    if not entries:
        return []
    choice = _Choice(wave)
    query = _customers(session, frame, traits).where(Customer.id.in_(entries))
    rows = session.execute(query.order_by(Customer.id)).all()
    return [choice.drawn(row) for row in rows if choice.has(row, (row.id, *entries[row.id]))]


class _Choice:
    """Which customers a wave asks. Rows are as `_customers` gives them."""

    def __init__(self, wave: StoredWave) -> None:
        self._lot, self._of_place = Lot(wave.seed), Lot(f"place:{wave.seed}")
        self._bars = {one.values: one.bar for one in wave.strata if one.bar is not None}
        self._numbers = {one.values: number for number, one in enumerate(wave.strata)}
        self._is_everybody = all(one.asked == one.population for one in wave.strata)

    def has(self, row: Any, entries: Sequence[UUID]) -> bool:
        """Whether one of a customer's entries is in the sample."""
        stratum: Stratum = tuple(row[_TRAITS_FROM:])
        return self._is_everybody or any(
            is_drawn(self._bars, stratum, self._lot.number(id.hex)) for id in entries
        )

    def drawn(self, row: Any) -> DrawnCustomer:
        place = int.from_bytes(self._of_place.number(row.id.hex)[:4], "big") / 2**32
        return DrawnCustomer(
            row.id,
            row.time_zone,
            row.client,
            row.segment,
            row.attributes or {},
            self._numbers.get(tuple(row[_TRAITS_FROM:])),
            place,
        )


_TRAITS_FROM = 5


def _customers(session: Session, frame: Frame, traits: Sequence[Trait]) -> Select[*tuple[Any, ...]]:
    columns = [trait_column(trait).label(f"trait_{n}") for n, trait in enumerate(traits)]
    return select(
        Customer.id,
        Customer.time_zone,
        Customer.client,
        Customer.segment,
        Customer.attributes,
        *columns,
    ).where(in_frame(session, frame))
