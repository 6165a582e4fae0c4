"""The dashboard's breakdown: a metric by member, team, channel and so on, or by hour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from flask_babel import gettext as _

from widget.domain.dashboard_queries import NOBODY, NONE
from widget.domain.dashboards import (
    Pair,
    Row,
    breakdown,
    by_weekday_and_hour,
    compare_pair,
    shades,
)
from widget.domain.periods import WEEKDAYS
from widget.domain.score_filters import Group
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.scoring import Counts, has_value
from widget.extensions import db
from widget.storage.dashboards import (
    CountedSurvey,
    answer_counts_by,
    counts_by,
    counts_of,
    version_numbers,
)
from widget.storage.score_counts import QUARTER_S
from widget.storage.teams import team_names
from widget.web.console.access import seat
from widget.web.console.dashboard_filters import Asked

# Those of the answers' days are the trend's.
GROUP_NAMES: dict[Group, str] = {
    "member": "Member",
    "team": "Team",
    "channel": "Channel",
    "survey": "Survey",
    "version": "Version",
    "language": "Language",
    "source": "Source",
    "client": "Client",
    "segment": "Segment",
    "tag": "Tag",
    "hour": "Weekday and hour",
}
# So many rows are read; what they leave out is in the file.
MOST_ROWS = 100
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Line:
    """A row in words. `narrows` is what the dashboard's filter finds it by, None for nothing."""

    words: str
    narrows: Mapping[str, str] | None
    score: Score
    fair: Score | None
    against_others: Comparison
    # What the address calls it where two are compared.
    key: str = ""
    # What the list of responses finds its answers by; None where nothing finds just those.
    found_by: Mapping[str, str] | None = None
    # See `shades`.
    shade: int = 0


@dataclass(frozen=True)
class Table:
    """A breakdown, those with most answers first, or by weekday and hour in their order.

    `groups` is how many have a number, of which `rows` may be the first.
    """

    title: str
    group: Group
    rows: list[Line]
    groups: int
    # By hour, a line for each weekday, None where nobody answered; empty otherwise.
    grid: list[list[Line | None]] = field(default_factory=list)
    pair: Pair[Any] | None = None

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The heads of the grid's columns: names and their short forms."""
        return [(_(name), _(short)) for name, short in zip(WEEKDAYS, _SHORT, strict=True)]

    @property
    def can_be_paired(self) -> bool:
        """Whether two rows may be compared: they share no answers, as tags would, and are few
        enough to choose from, as hours are not."""
        return self.group not in ("tag", "hour") and len(self.rows) > 1


def chosen_group() -> Group:
    """By what the address breaks down."""
    wanted = request.args.get("by")
    return next((group for group in GROUP_NAMES if group == wanted), "member")


def table_of(
    asked: Asked,
    surveys: dict[int, CountedSurvey],
    metric: MetricId,
    group: Group,
    most: int | None = MOST_ROWS,
) -> Table:
    """The rows of a breakdown with the names of what they are, up to `most`."""
    place, kind = seat(), METRICS[metric].kind
    counted = (
        *(db.session(), place.workspace_id, place.scope),
        *(asked.wanted, group, surveys, place.time_zone),
    )
    # Of hundreds of people, no more is counted than is shown.
    groups: Mapping[Any, Counts] = (
        answer_counts_by(*counted, only=(kind,)) if kind else counts_by(*counted)
    )
    if group == "hour":
        groups, most = by_weekday_and_hour(groups, QUARTER_S, place.time_zone), None
    name = _namer(asked, surveys, group)
    found_by = _finder(asked, surveys, group, name)
    whole = None
    if group == "tag":
        # A response may have several: what is not in a group is not in the others either.
        whole = counts_of(
            db.session(),
            *(place.workspace_id, place.scope, asked.wanted, surveys, place.time_zone),
        )
    rows = breakdown(metric, groups, most, whole)
    title = _(GROUP_NAMES[group])
    if group == "hour":
        cells = {row.key: _line(group, row, name) for row in sorted(rows, key=lambda row: row.key)}
        dark = shades({row.key: row.score for row in rows})
        cells = {key: replace(line, shade=dark[key]) for key, line in cells.items()}
        days = range(len(WEEKDAYS))
        grid = [[cells.get((day, hour)) for day in days] for hour in range(24)]
        return Table(title, group, list(cells.values()), len(groups), grid if cells else [])
    lines = [_line(group, row, name, found_by) for row in rows]
    lines.sort(key=lambda line: (-line.score.n, line.words.casefold()))
    told = sum(has_value(metric, counts) for counts in groups.values())
    table = Table(title, group, lines, told)
    return replace(table, pair=_pair(metric, groups, table))


def _pair(metric: MetricId, groups: Mapping[Any, Counts], table: Table) -> Pair[Any] | None:
    """The two rows that the address names; None where it names none, or the same twice."""
    shown = {line.key for line in table.rows}
    keys = {_key(key): key for key in groups if _key(key) in shown}
    names = (request.args.get("first", ""), request.args.get("second", ""))
    if not table.can_be_paired or names[0] == names[1] or not {*names} <= keys.keys():
        return None
    return compare_pair(metric, groups, keys[names[0]], keys[names[1]])


def _key(key: Any) -> str:
    return "none" if key is None else f"={key}"


Namer = Callable[[Any], tuple[str, str]]
Finder = Callable[[Any], Mapping[str, str] | None]


def _line(group: Group, row: Row[Any], name: Namer, found_by: Finder = lambda key: None) -> Line:
    words, value = name(row.key)
    found = found_by(row.key)
    narrows: Mapping[str, str] | None = {group: value} if value else found
    return Line(words, narrows, row.score, row.fair, row.against_others, _key(row.key), found)


def _finder(asked: Asked, surveys: dict[int, CountedSurvey], group: Group, name: Namer) -> Finder:
    """By which parameters the list of responses finds a group's answers and no others."""
    if group == "version":
        numbers = version_numbers(db.session(), seat().workspace_id)
        return lambda id: {
            "survey": surveys[numbers[id][0]].public_id,
            "version": str(numbers[id][1]),
        }
    chosen = asked.chosen["tag"]

    def found_by(key: Any) -> Mapping[str, str] | None:
        value = name(key)[1]
        # A further tag would have to be there beside those that are chosen.
        is_further_tag = group == "tag" and chosen and value not in chosen
        is_above = group == "team" and value in asked.choices.teams_above
        return {group: value} if value and not is_further_tag and not is_above else None

    return found_by


def _namer(asked: Asked, surveys: dict[int, CountedSurvey], group: Group) -> Namer:
    """What a group's key is called, and by which value the filter finds it."""
    if group == "member":
        members = {id: (one.name, one.public_id) for id, one in asked.choices.members.items()}
        return lambda id: members.get(id, (_("Nobody"), NOBODY))
    if group == "team":
        teams = dict(asked.choices.teams)
        # Whoever is rated sees whose team their answers are of, and has no teams to choose.
        names = team_names(db.session(), seat().workspace_id)
        return lambda id: (
            teams.get(str(id)) or names.get(id, _("No team")),
            str(id) if str(id) in teams else "",
        )
    if group == "survey":
        return lambda id: (surveys[id].name, surveys[id].public_id)
    if group == "version":
        numbers = version_numbers(db.session(), seat().workspace_id)
        return lambda id: (
            _(
                "%(survey)s, version %(number)s",
                survey=surveys[numbers[id][0]].name,
                number=numbers[id][1],
            ),
            "",
        )
    if group == "tag":
        # One that was given its first answer since the tags were read has no name yet.
        return lambda id: (
            (_("No tag"), "") if id is None else (asked.choices.tags.get(id, "–"),) * 2
        )
    if group == "hour":
        return lambda key: (f"{_(WEEKDAYS[key[0]])} {key[1]:02d}:00", "")
    return lambda text: (text or _("None"), text or NONE)
