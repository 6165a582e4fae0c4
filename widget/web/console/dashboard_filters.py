"""The dashboard's filter in an address: what it means, and what its form offers."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import PRESET_NAMES, PRESETS, Preset, Span, preset_span
from widget.domain.teams import TeamPlace, with_teams_below
from widget.extensions import db
from widget.storage.dashboards import CountedSurvey, NamedMember, member_names_of
from widget.storage.tags import tags_by_id
from widget.storage.teams import team_tree
from widget.web.clock import now
from widget.web.console.access import seat
from widget.web.console.days import asked_day

# A parameter's name, in the order of the form; each may come several times.
NAMES = ("survey", "team", "member", "channel", "language", "source", "client", "segment", "tag")
SPAN_NAMES = ("span", "from", "to")
NOBODY = "none"
# In an address there is no telling "" from nothing at all.
NONE = "-"
_DEFAULT: Preset = "last_30"
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Choices:
    """What the form offers as (value, words), and how members are named."""

    surveys: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    members: dict[int, NamedMember]
    tags: dict[int, str]

    @property
    def member_options(self) -> list[tuple[str, str]]:
        return [(member.public_id, member.name) for member in self.members.values()]


@dataclass(frozen=True)
class Asked:
    """A filter as the address says it. `problems` are sentences by the name of a field."""

    wanted: ScoreFilter
    span: Span
    choices: Choices
    chosen: dict[str, list[str]]
    problems: dict[str, str]

    @property
    def address(self) -> dict[str, list[str] | str]:
        """The parameters that say the same again."""
        return {name: values for name, values in self.chosen.items() if values}


def asked(surveys: dict[int, CountedSurvey]) -> Asked:
    """The filter of this request. What it names and nobody knows, nothing is counted of."""
    problems: dict[str, str] = {}
    span = _span(problems)
    chosen = {
        name: [value for value in request.args.getlist(name) if value]
        for name in (*SPAN_NAMES, *NAMES)
    }
    tree = team_tree(db.session(), seat().workspace_id, seat().scope)
    members = member_names_of(db.session(), seat().workspace_id, seat().scope)
    tags = tags_by_id(db.session(), seat().workspace_id)
    places = [TeamPlace(team.id, team.parent_id) for team in tree]
    roots = [team.id for team in tree if str(team.id) in chosen["team"]]
    ids = {member.public_id: id for id, member in members.items()}
    named: list[int | None] = [ids[one] for one in chosen["member"] if one in ids]
    if NOBODY in chosen["member"]:
        named.append(None)
    wanted = ScoreFilter(
        span.first,
        span.last,
        surveys=_known(
            [id for id, survey in surveys.items() if survey.public_id in chosen["survey"]],
            chosen["survey"],
        ),
        teams=_known(sorted(with_teams_below(places, roots)), chosen["team"]),
        members=named or ([0] if chosen["member"] else ()),
        channels=_texts(chosen["channel"]),
        languages=_texts(chosen["language"]),
        sources=_texts(chosen["source"]),
        clients=_texts(chosen["client"]),
        segments=_texts(chosen["segment"]),
        tags=_known([id for id, name in tags.items() if name in chosen["tag"]], chosen["tag"]),
    )
    choices = Choices(
        [(survey.public_id, survey.name) for survey in surveys.values()],
        [(str(team.id), team.full_name) for team in tree],
        members,
        tags,
    )
    return Asked(wanted, span, choices, chosen, problems)


def preset_options() -> list[tuple[str, str]]:
    """The spans by name, and that of one's own."""
    return [*((preset, _(PRESET_NAMES[preset])) for preset in PRESETS), ("own", _("From … to …"))]


def _span(problems: dict[str, str]) -> Span:
    today = now().astimezone(ZoneInfo(seat().time_zone)).date()
    name = request.args.get("span", "")
    preset = next((known for known in PRESETS if known == name), None)
    if preset:
        return preset_span(preset, today)
    first, last = asked_day("from", problems), asked_day("to", problems)
    if first is None and last is None:
        return preset_span(_DEFAULT, today)
    last = min(last or today, today)
    first = max(first or last, _EARLIEST)
    if first > last:
        problems["from"] = _("This day is after the last one.")
        return Span(last, last)
    return Span(first, last)


def _known(found: list[int], chosen: list[str]) -> tuple[int, ...]:
    """Ids; that of nothing where something was chosen and is not there."""
    return tuple(found) or ((0,) if chosen else ())


def _texts(values: list[str]) -> tuple[str, ...]:
    return tuple("" if value == NONE else value for value in values)
