"""From events to what each stream is told.

Event ids are UUIDv7, made by whoever stores: they follow the clock, but a transaction may commit
after one whose ids are younger. So every look reads again a little of what was read before, and
what was told is remembered for as long.
"""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import Flask

from widget.domain.roles import Scope
from widget.domain.stream import is_shown, is_within
from widget.extensions import db
from widget.storage.ids import floor_id, milliseconds_of
from widget.storage.stream import Card, StreamEvent, cards_by_id, events_after
from widget.web.live import frames
from widget.web.live.subscriptions import Look, Subscription

# How far each look goes back, and how far one does every couple of seconds: longer than any
# transaction takes, and than the clocks of several nodes differ.
NEAR_MS = 250
FAR_MS = 10_000
_FAR_EVERY_S = 2.0
# What was told is remembered for longer than any look goes back.
_MARGIN_MS = 3_000

# A stream is told no more at once than somebody could look at; past that it reads its page anew.
MOST_CARDS = 30
_MOST_EVENTS = 5_000
_MOST_MISSED = 1_000
_LOADED_TOGETHER = 500

NEW = "response.given"


@dataclass(frozen=True)
class Fresh:
    """Events that were not read before, oldest first. `are_all`: there were no more than these."""

    events: list[StreamEvent]
    are_all: bool


class Teller:
    """Reads new events, and makes of them what each subscription is told.

    Who is told must be looked up after the events were read: somebody who began to watch in between
    would else never hear of what counts as told from then on.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = Lock()
        self._told: OrderedDict[UUID, None] = OrderedDict()
        self._looked_ms = 0
        self._looked_far_at = 0.0

    def begin(self, now_ms: int) -> None:
        """Begin to look, or begin again after nobody watched for a while."""
        with self._lock:
            self._told.clear()
            self._looked_ms = now_ms

    def skip(self, workspace_id: int, now_ms: int) -> None:
        """Tell nobody what has happened in a workspace until now. To be called before the first who
        watches there reads its past."""
        since = floor_id(now_ms - FAR_MS - _MARGIN_MS)
        with self._app.app_context():
            past = events_after(db.session(), [workspace_id], since, _MOST_EVENTS)
        with self._lock:
            self._told.update((event.id, None) for event in past)

    def read(self, workspace_ids: Sequence[int], now_ms: int) -> "Fresh":
        """What has happened in some workspaces that was not read before."""
        is_far = time.monotonic() - self._looked_far_at >= _FAR_EVERY_S
        # A process that slept goes on where it stopped.
        since = min(now_ms, self._looked_ms or now_ms) - (FAR_MS if is_far else NEAR_MS)
        with self._app.app_context():
            found = events_after(db.session(), workspace_ids, floor_id(since), _MOST_EVENTS)
        if is_far:
            self._looked_far_at = time.monotonic()
        self._looked_ms = now_ms
        with self._lock:
            events = [event for event in found if event.id not in self._told]
            self._told.update((event.id, None) for event in events)
            self._forget(min(since, now_ms - FAR_MS - _MARGIN_MS))
        return Fresh(events, len(found) < _MOST_EVENTS or len(events) < len(found))

    def tell(
        self, fresh: "Fresh", subscriptions: Collection[Subscription]
    ) -> dict[Subscription, bytes]:
        """What is to be sent to each subscription that there is something for."""
        if not fresh.events:
            return {}
        if not fresh.are_all:
            reset = frames.reset_frame(fresh.events[-1].id)
            return dict.fromkeys(subscriptions, reset)
        watched: dict[int, list[Subscription]] = defaultdict(list)
        for subscription in subscriptions:
            watched[subscription.workspace_id].append(subscription)
        happened: dict[int, list[StreamEvent]] = defaultdict(list)
        for event in fresh.events:
            happened[event.workspace_id].append(event)
        told: dict[Subscription, bytes] = {}
        with self._app.test_request_context("/console/stream/events"):
            for workspace_id, events in happened.items():
                told |= News(workspace_id, events).told_to_all(watched[workspace_id])
        return told

    def _forget(self, before_ms: int) -> None:
        while self._told:
            oldest = next(iter(self._told))
            if milliseconds_of(oldest) >= before_ms:
                return
            del self._told[oldest]


class News:
    """Events of one workspace. Each card is loaded and drawn at most once for all who see it."""

    def __init__(self, workspace_id: int, events: Sequence[StreamEvent]) -> None:
        self._workspace_id = workspace_id
        self._cursor = max(event.id for event in events)
        self._given = {event.response_id for event in events if event.name == NEW}
        self._about = list(dict.fromkeys(event.response_id for event in events))
        self._drawn: dict[tuple[UUID, Look], bytes] = {}

    def told_to_all(self, subscriptions: Iterable[Subscription]) -> dict[Subscription, bytes]:
        """What to send to each, as bytes; those for whom there is nothing are left out."""
        told: dict[Subscription, bytes] = {}
        # Who sees everything sees all of this: that it is too much is known without loading it.
        is_flood = len(self._about) > MOST_CARDS
        narrow = []
        for subscription in subscriptions:
            if is_flood and subscription.scope.everything:
                told[subscription] = frames.reset_frame(self._cursor)
            else:
                narrow.append(subscription)
        if narrow:
            cards = _Sorted(self._load({subscription.scope for subscription in narrow}))
            for subscription in narrow:
                text = self._told_to(subscription, cards.within(subscription.scope))
                if text:
                    told[subscription] = text
        return told

    def _load(self, scopes: Collection[Scope]) -> list[Card]:
        cards: list[Card] = []
        for start in range(0, len(self._about), _LOADED_TOGETHER):
            ids = self._about[start : start + _LOADED_TOGETHER]
            cards += cards_by_id(db.session(), self._workspace_id, ids, scopes)
        return cards

    def _told_to(self, subscription: Subscription, cards: Iterable[Card]) -> bytes:
        scope, wanted = subscription.scope, subscription.wanted
        shown, gone = [], []
        for card in cards:
            if is_shown(scope, wanted, card.facts):
                shown.append(card)
            elif card.id not in self._given and is_within(scope, card.facts):
                gone.append(card.id)
        if len(shown) + len(gone) > MOST_CARDS:
            return frames.reset_frame(self._cursor)
        # Oldest first, so that the newest comes to stand on top.
        shown.sort(key=lambda card: (card.answered_at, card.id))
        parts = [self._frame(card, subscription.look) for card in shown]
        parts += [frames.gone_frame(id, self._cursor) for id in gone]
        return b"".join(parts)

    def _frame(self, card: Card, look: Look) -> bytes:
        key = (card.id, look)
        if key not in self._drawn:
            self._drawn[key] = frames.card_frame(
                card, look, self._cursor, is_new=card.id in self._given
            )
        return self._drawn[key]


class _Sorted:
    """Cards by whose they are: many streams see a few of them each."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self._cards = cards
        self._of_member: dict[int | None, list[Card]] = defaultdict(list)
        self._of_team: dict[int | None, list[Card]] = defaultdict(list)
        for card in cards:
            self._of_member[card.facts.member_id].append(card)
            self._of_team[card.facts.team_id].append(card)

    def within(self, scope: Scope) -> Sequence[Card]:
        """The cards that may be within a scope, each once."""
        if scope.everything:
            return self._cards
        found = list(self._of_member.get(scope.member_id, ())) if scope.member_id else []
        for team in scope.teams:
            found += self._of_team.get(team, ())
        return list({card.id: card for card in found}.values())


def missed(subscription: Subscription, after: UUID) -> bytes:
    """What a stream that breaks off after an event is to be told when it goes on; a little of what
    it was told already is told again. Needs a request."""
    since = floor_id(milliseconds_of(after) - FAR_MS)
    workspace_id = subscription.workspace_id
    events = events_after(db.session(), [workspace_id], since, _MOST_MISSED)
    if len(events) == _MOST_MISSED:
        return frames.reset_frame(events[-1].id)
    if not events:
        return b""
    return News(workspace_id, events).told_to_all([subscription]).get(subscription, b"")
