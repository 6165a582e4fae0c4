"""The stream: what customers say, card by card, as it comes."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from widget.domain.errors import MomentRefused
from widget.domain.moments import read_moment
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.estimates import METHODS
from widget.domain.scores.summaries import Summary, summaries, summarise
from widget.domain.stream import Scores, StreamFilter
from widget.extensions import db
from widget.storage.dashboards import answers_of, counted_surveys
from widget.storage.ids import new_id
from widget.storage.notes import mentions_of
from widget.storage.responses import Place
from widget.storage.rewards import votes_since
from widget.storage.seats import standings
from widget.storage.stream import CardPage, cards_page
from widget.storage.stream_choices import (
    member_of_filter,
    stream_choices,
    teams_of_filter,
)
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.live import frames, telling
from widget.web.live.feed import Feed, TooManyStreams
from widget.web.live.listening import OFFER, Offer
from widget.web.live.subscriptions import Look, Subscription, Watcher

PAGE = 30
ON_WALL = 12
DAYS = 30
_MENTIONED_FOR = timedelta(days=14)
_FILTERS = ("survey", "team", "member", "scores", "comment", "kudos")


@blueprint.get("/stream")
@needs("see_own")
def stream() -> str:
    """The newest answers that somebody may see, and what the last 30 days say together."""
    # Before anything is read: what is stored from here on comes live.
    cursor = new_id()
    choices = stream_choices(db.session(), seat().workspace_id, seat().scope)
    wanted, look = _wanted(), _look()
    older = _place()
    page = _page(wanted, PAGE, older)
    mentions = mentions_of(
        db.session(),
        seat().workspace_id,
        seat().user_id,
        now() - _MENTIONED_FOR,
        limit=5,
        scope=seat().scope,
    )
    return render_template(
        "console/stream/page.html",
        page=page,
        cards=_drawn(page, look),
        summaries=_summaries(wanted),
        methods=METHODS,
        **_votes(wanted),
        choices=choices,
        chosen=_chosen(),
        is_live=older is None,
        cursor=cursor.hex,
        mentions=[] if older else mentions,
        look=look,
    )


@blueprint.get("/stream/wall")
@needs("read_responses")
def stream_wall() -> str:
    """The same for a large screen: nothing to press, large type."""
    cursor = new_id()
    wanted, look = _wanted(), _look()
    page = _page(wanted, ON_WALL, None)
    return render_template(
        "console/stream/wall.html",
        cards=_drawn(page, look),
        summaries=_summaries(wanted),
        methods=METHODS,
        chosen=_chosen(),
        cursor=cursor.hex,
        look=look,
        limit=ON_WALL,
    )


@blueprint.get("/stream/numbers")
@needs("see_own")
def stream_numbers() -> str:
    """The numbers above the cards, for a page that is open."""
    wanted = _wanted()
    return render_template(
        "console/stream/_numbers.html",
        summaries=_summaries(wanted),
        methods=METHODS,
        chosen=_chosen(),
        on_wall="wall" in request.args,
        **({} if "wall" in request.args else _votes(wanted)),
    )


@blueprint.get("/stream/events")
@needs("see_own")
def stream_events() -> Response:
    """What happens from now on, as server-sent events; after a break, what was missed first.

    A server that cannot keep the stream open ends it here, and the browser asks again.
    """
    place = seat()
    wanted = _wanted()
    subscription = Subscription(place.workspace_id, place.scope, wanted, _look())
    offer: Offer | None = request.environ.get(OFFER)
    if offer is not None:
        found = standings(db.session(), [place.user_id])
        standing = found[place.user_id, place.workspace_id]
        # As it stands now: from here on every change of it ends the stream.
        subscription = replace(subscription, scope=standing.scope)
        watcher = Watcher(place.user_id, place.workspace_id, standing)
        feed: Feed = current_app.extensions["sayso_live"]
        try:
            # Before the past is read: what is stored meanwhile is told twice rather than never.
            offer.listener = feed.open(subscription, watcher)
        except TooManyStreams:
            abort(429, _("Too many streams are open. Close some of their pages."))
    after, cursor = _after(), new_id()
    # What was read so far is older than the listener.
    db.session.rollback()
    body = frames.RETRY
    if after is not None:
        body += telling.missed(subscription, after)
    body += frames.here_frame(cursor)
    return Response(
        body,
        content_type="text/event-stream; charset=utf-8",
        # nginx would otherwise keep events back until it has a bufferful.
        headers={"X-Accel-Buffering": "no"},
    )


def _page(wanted: StreamFilter, limit: int, older: Place | None) -> CardPage:
    return cards_page(
        db.session(), seat().workspace_id, seat().scope, wanted, limit=limit, older_than=older
    )


def _drawn(page: CardPage, look: Look) -> list[str]:
    return [frames.card_html(card, look) for card in page.cards]


def _look() -> Look:
    scope = seat().scope
    return Look(
        workspace_name=seat().workspace_name,
        time_zone=seat().time_zone,
        names_members=scope.everything or bool(scope.teams),
        on_wall="wall" in request.args or request.endpoint == "console.stream_wall",
        first_names=request.args.get("names") == "first",
    )


def _wanted() -> StreamFilter:
    """The filter in the address. It only ever narrows: whose answers they are is the scope's
    business."""
    asked = _chosen()
    scores: dict[str, Scores] = {"positive": "positive", "negative": "negative"}
    member = member_of_filter(db.session(), seat().workspace_id, asked.get("member", ""))
    teams = teams_of_filter(db.session(), seat().workspace_id, asked.get("team", ""))
    return StreamFilter(
        survey=asked.get("survey"),
        member_id=member,
        teams=teams,
        scores=scores.get(asked.get("scores", "")),
        with_comment="comment" in asked,
        kudos="kudos" in asked,
    )


def _chosen() -> dict[str, str]:
    """The parts of the address that choose, and how it is shown."""
    names = (*_FILTERS, "names")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _summaries(wanted: StreamFilter) -> list[Summary]:
    """One summary for each kind that was answered in the last 30 days, the most frequent first;
    an empty one for stars when none was. Of the filter only survey, member and teams count."""
    place, first = seat(), _first_day()
    surveys = counted_surveys(db.session(), place.workspace_id)
    ids = [id for id, survey in surveys.items() if survey.public_id == wanted.survey]
    counted = ScoreFilter(
        first,
        first + timedelta(days=DAYS - 1),
        # Nothing has the id 0: of what nobody knows, nothing is counted.
        surveys=ids or ((0,) if wanted.survey is not None else ()),
        members=() if wanted.member_id is None else (wanted.member_id,),
        teams=() if wanted.teams is None else wanted.teams or (0,),
    )
    answers = answers_of(db.session(), place.workspace_id, place.scope, counted, surveys)
    return summaries(answers) or [summarise("stars", [])]


def _votes(wanted: StreamFilter) -> dict[str, Any]:
    """What customers suggested in the last 30 days for the one member who is looked at: the one
    of the filter, else oneself."""
    own = seat().member_id
    member_id = wanted.member_id if wanted.member_id is not None else own
    if member_id is None:
        return {"votes": []}
    since = datetime.combine(_first_day(), time(), ZoneInfo(seat().time_zone))
    votes = votes_since(
        db.session(), seat().workspace_id, seat().scope, member_id, since, wanted.survey
    )
    return {"votes": votes, "votes_are_own": member_id == own}


def _first_day() -> date:
    """The first of the last 30 days, today among them, where the workspace is."""
    today = now().astimezone(ZoneInfo(seat().time_zone)).date()
    return today - timedelta(days=DAYS - 1)


def _after() -> UUID | None:
    """Up to where the browser has been told: its own header after a break, else what its page
    says. None when that cannot be read."""
    text = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def _place() -> Place | None:
    text = request.args.get("older", "")
    if not text:
        return None
    moment, _underscore, id = text.partition("_")
    try:
        return Place(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        abort(422, _("This address is damaged. Please open the stream anew."))


@blueprint.app_template_global("stream_address")
def stream_address(endpoint: str, **more: Any) -> str:
    """An address of the stream with what is chosen now."""
    return url_for(f"console.{endpoint}", **{**_chosen(), **more})
