"""The next responses of what is rare, without walking through all others.

A list goes through all responses, newest first, until a page is full. Of a channel or a client that
few responses have, that takes long. The columnar copy knows in which quarters of an hour there are
some, and of which member; those alone are looked up, and the days that the copy does not know are
walked through.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, column, select, values
from sqlalchemy.orm import Session

from widget.domain.response_filters import ResponseFilter
from widget.domain.score_filters import ScoreFilter
from widget.storage.columnar.reading import Copy, copy_for, next_quarters
from widget.storage.counted_responses import QUARTER_S
from widget.storage.declarative import UTCDateTime
from widget.storage.indexed import out_of_index
from widget.storage.models import Response, Survey
from widget.storage.search import Rows

# Where what comes next is within so much, the copy need not be asked.
_NEAR = timedelta(hours=3)
_QUARTER = timedelta(seconds=QUARTER_S)
# A day of a calendar begins so much before that of UTC at the earliest, and ends so much after it.
_EARLIER, _LATER = timedelta(hours=14), timedelta(hours=12)
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# So many spots are looked up by one statement.
_TOGETHER = 60
# Of a filter that asks for more than the copy knows, so many times as many are looked up.
_TIMES = 20


@dataclass(frozen=True)
class Span:
    """Moments from `since`, included, to `until`, not included."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Spot:
    """A quarter of an hour in which there is something of a member, None for nobody's."""

    quarter: int
    member: int | None

    @property
    def span(self) -> Span:
        return Span(_moment(self.quarter), _moment(self.quarter + 1))


@dataclass(frozen=True)
class Asked:
    """Queries of the rows of a list: of all responses, of those that its filter wants, and of
    these from its place on, in its order."""

    every: Rows
    narrowed: Rows
    there: Rows


def may_be_rare(wanted: ResponseFilter) -> bool:
    """Whether a filter asks for what the copy knows and no index of the database does."""
    by = (wanted.channels, wanted.languages, wanted.sources, wanted.clients, wanted.segments)
    is_walked = not wanted.search and len(wanted.tags) != 1 and wanted.ref is None
    is_walked = is_walked and not wanted.campaigns
    is_copied = not (wanted.with_tests or wanted.only_tests or wanted.with_hidden)
    return any(by) and is_walked and is_copied


def next_rows(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    asked: Asked,
    limit: int,
    *,
    place: datetime | None,
    is_newer: bool,
) -> list[Any] | None:
    """Up to `limit` rows of a list from its place on, which `place` is the moment of. None where
    there is no copy, or it does not help."""
    ends = (place, wanted.since if is_newer else wanted.until)
    given = [end for end in ends if end is not None]
    start = (max(given) if is_newer else min(given)) if given else None
    near = _near(start, is_newer=is_newer)
    found = [*_walked(session, asked.there, near, limit)] if near else []
    if len(found) >= limit:
        return found
    beyond = _beyond(near, is_newer=is_newer)
    far = _far(session, workspace_id, wanted, beyond, limit, is_newer=is_newer)
    if far is None:
        return None
    order = [Response.answered_at, Response.id]
    # Of two ends SQLite keeps to one, and would begin each of these spans at the list's place.
    ordered = asked.narrowed.order_by(*(order if is_newer else [one.desc() for one in order]))
    for part in far.parts:
        room = limit - len(found)
        if room <= 0:
            break
        if isinstance(part, Span):
            found += _walked(session, ordered, part, room)
        else:
            found += _looked_up(session, asked, part, room, is_newer=is_newer)
    return found if len(found) >= limit or far.are_all else None


def _walked(session: Session, query: Rows, span: Span, limit: int) -> Sequence[Any]:
    within = query.where(Response.answered_at >= span.since, Response.answered_at < span.until)
    return session.execute(within.limit(limit)).all()


def _looked_up(
    session: Session, asked: Asked, spots: Sequence[Spot], limit: int, *, is_newer: bool
) -> list[Any]:
    """Up to `limit` of what is wanted at some spots, which are in the order of the list and all
    beyond its place: told of that, SQLite would rather walk through everything from there on."""
    found: list[Any] = []
    for some in _together(spots):
        if len(found) >= limit:
            break
        of_somebody = {spot for spot in some if spot.member is not None}
        of_nobody = {spot for spot in some if spot.member is None}
        ids = [
            *_ids(session, asked.narrowed, of_somebody),
            *_ids(session, asked.narrowed, of_nobody),
        ]
        order = [out_of_index(column) for column in (Response.answered_at, Response.id)]
        if not is_newer:
            order = [column.desc() for column in order]
        there = asked.every.where(Response.id.in_(ids)).order_by(*order)
        found += session.execute(there).all() if ids else []
    return found[:limit]


def _together(spots: Sequence[Spot]) -> Iterator[list[Spot]]:
    """The spots in their order, a few at a time, those of one quarter together."""
    some: list[Spot] = []
    for _quarter, of_quarter in groupby(spots, lambda spot: spot.quarter):
        some += of_quarter
        if len(some) >= _TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _ids(session: Session, query: Rows, spots: Collection[Spot]) -> Sequence[UUID]:
    """What the query finds at some spots, which are somebody's all, or nobody's all."""
    if not spots:
        return []
    rows = [(spot.member or 0, spot.span.since, spot.span.until) for spot in spots]
    names = column("member", Integer), column("since", UTCDateTime), column("until", UTCDateTime)
    there = values(*names, name="spots").data(rows).cte("spots")
    is_nobodys = next(iter(spots)).member is None
    whose = Response.member_id.is_(None) if is_nobodys else Response.member_id == there.c.member
    at = (Response.answered_at >= there.c.since) & (Response.answered_at < there.c.until)
    return session.scalars(query.with_only_columns(Response.id).join(there, whose & at)).all()


def _near(start: datetime | None, *, is_newer: bool) -> Span | None:
    """Whole quarters of an hour around and next to the moment that a list goes on from."""
    if start is None:
        return None
    quarter = _moment(_quarter_of(start))
    if is_newer:
        return Span(quarter, quarter + _NEAR)
    return Span(quarter - _NEAR, quarter + _QUARTER)


def _beyond(near: Span | None, *, is_newer: bool) -> Span:
    if near is None:
        return Span(_EARLIEST, _LATEST)
    return Span(near.until, _LATEST) if is_newer else Span(_EARLIEST, near.since)


@dataclass(frozen=True)
class _Far:
    """Where to look, what comes first at the front: spots to look up, and spans to walk through.
    `are_all`: nothing that fits is elsewhere."""

    parts: list[Span | list[Spot]]
    are_all: bool


def _far(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    beyond: Span,
    limit: int,
    *,
    is_newer: bool,
) -> _Far | None:
    since = max(beyond.since, wanted.since or _EARLIEST)
    until = min(beyond.until, wanted.until or _LATEST)
    if since >= until:
        return _Far([], are_all=True)
    days = (since - _LATER).date(), (until + _EARLIER).date()
    copy = copy_for(session, workspace_id, *days)
    if copy is None:
        return None
    known = _as_the_copy_knows_it(session, workspace_id, wanted, *days)
    asked = limit if _is_all_known(wanted) else _TIMES * limit
    known_spots = next_quarters(
        session,
        copy,
        wanted.scope,
        known,
        than=_quarter_of(beyond.since) - 1 if is_newer else _quarter_of(beyond.until),
        is_newer=is_newer,
        is_recovery=wanted.is_recovery,
        limit=asked,
    )
    if known_spots is None:
        return None
    spots = list(dict.fromkeys(Spot(quarter, member) for quarter, member in known_spots))
    walked = [*_changed(copy, Span(since, until))]
    # What is wanted and further off than the last quarter is not needed: the page is full by then.
    # But in that one there may be more than those that were told.
    are_all = len(known_spots) < asked
    if not are_all:
        walked.append(spots[-1].span)
    changed = _joined(walked)
    return _Far(_in_order(spots, changed, is_newer=is_newer), are_all)


def _in_order(
    spots: Sequence[Spot], changed: Sequence[Span], *, is_newer: bool
) -> list[Span | list[Spot]]:
    """Spots and days that the copy does not know, in the order of a list."""
    parts: list[Span | list[Spot]] = []
    left = list(spots)
    for span in changed if is_newer else reversed(changed):
        before = [spot for spot in left if _comes_before(spot.span, span, is_newer=is_newer)]
        parts += [before, span]
        left = [
            spot
            for spot in left[len(before) :]
            if not (span.since <= spot.span.since and spot.span.until <= span.until)
        ]
    return [*parts, left]


def _comes_before(span: Span, other: Span, *, is_newer: bool) -> bool:
    return span.until <= other.since if is_newer else span.since >= other.until


def _as_the_copy_knows_it(
    session: Session, workspace_id: int, wanted: ResponseFilter, first: date, last: date
) -> ScoreFilter:
    """A filter that wants all that is wanted, and maybe more."""
    surveys: Sequence[int] = ()
    if wanted.surveys:
        query = select(Survey.id).where(
            Survey.workspace_id == workspace_id, Survey.public_id.in_(wanted.surveys)
        )
        # An id that nothing has: an empty list would want all.
        surveys = session.scalars(query).all() or (0,)
    return ScoreFilter(
        first,
        last,
        surveys=surveys,
        members=wanted.members,
        teams=wanted.teams or (),
        channels=wanted.channels,
        languages=wanted.languages,
        sources=wanted.sources,
        clients=wanted.clients,
        segments=wanted.segments,
    )


def _is_all_known(wanted: ResponseFilter) -> bool:
    """Whether the copy knows all that a filter asks for."""
    further = (wanted.kinds, wanted.scores, wanted.moods, wanted.reasons, wanted.versions)
    is_of_no_team = wanted.teams is not None and not wanted.teams
    return not any((*further, wanted.tags, is_of_no_team)) and wanted.has_comment is None


def _changed(copy: Copy, within: Span) -> Iterator[Span]:
    """The days that the copy does not know, in whatever time zone they are days."""
    for first, last in copy.changed_runs:
        since = datetime.combine(first, time(), UTC) - _EARLIER
        until = datetime.combine(last + timedelta(days=1), time(), UTC) + _LATER
        if since < within.until and until > within.since:
            yield Span(max(since, within.since), min(until, within.until))


def _joined(spans: Sequence[Span]) -> list[Span]:
    """The same moments, each once, oldest first."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        if found and span.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return found


def _quarter_of(moment: datetime) -> int:
    return int(moment.timestamp()) // QUARTER_S


def _moment(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER_S, UTC)
