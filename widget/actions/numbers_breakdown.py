"""The breakdown in a mail of numbers: its filter's, as the dashboard has it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.dashboards import Row, breakdown
from widget.domain.score_filters import Group, ScoreFilter
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import has_value
from widget.domain.teams import TeamNode
from widget.storage.dashboards import (
    CountedSurvey,
    NamedMember,
    counts_by,
    counts_of,
    version_numbers,
)
from widget.storage.seats import Seat

# So many rows a mail has; the dashboard has the others.
MOST_ROWS = 10
# Hours by weekday are a hundred and more.
_GROUPS: dict[str, tuple[Group, str]] = {
    "member": ("member", "Member"),
    "team": ("team", "Team"),
    "channel": ("channel", "Channel"),
    "survey": ("survey", "Survey"),
    "version": ("version", "Version"),
    "language": ("language", "Language"),
    "source": ("source", "Source"),
    "client": ("client", "Client"),
    "segment": ("segment", "Segment"),
    "tag": ("tag", "Tag"),
}


@dataclass(frozen=True)
class Breakdown:
    """A metric by some group: rows with the words for each, those with most answers first.
    `groups` is how many have a number, of which the rows may be the first."""

    title: str
    rows: Sequence[tuple[str, Row[Any]]]
    groups: int


@dataclass(frozen=True)
class Names:
    """What of a workspace somebody may name, by ids of ours."""

    surveys: Mapping[int, CountedSurvey]
    members: Mapping[int, NamedMember]
    teams: Sequence[TeamNode]
    tags: Mapping[int, str]

    def of_filter(self) -> dict[str, dict[str, str]]:
        """The words for what an address may name, by its parameter."""
        return {
            "survey": {one.public_id: one.name for one in self.surveys.values()},
            "member": {one.public_id: one.name for one in self.members.values()},
            "team": {str(team.id): team.full_name for team in self.teams},
            "source": {"widget": "Widget", "link": "Link", "email": "Mail"},
        }


def numbers_breakdown(
    session: Session, seat: Seat, wanted: ScoreFilter, metric: MetricId, by: str, names: Names
) -> Breakdown | None:
    """The breakdown of a metric in the words of `by`, within a seat's scope; None by hour, and
    where nothing has a number."""
    if by not in _GROUPS:
        return None
    group, title = _GROUPS[by]
    place = (seat.workspace_id, seat.scope, wanted)
    groups = counts_by(session, *place, group, names.surveys, seat.time_zone)
    # A response may have several tags: what is not in a group is not in the others either.
    whole = None
    if group == "tag":
        whole = counts_of(session, *place, names.surveys, seat.time_zone)
    word = _namer(session, seat, group, names)
    rows = breakdown(metric, groups, MOST_ROWS, whole)
    told = sum(has_value(metric, counts) for counts in groups.values())
    return Breakdown(title, [(word(row.key), row) for row in rows], told) if rows else None


def _namer(session: Session, seat: Seat, group: Group, names: Names) -> Callable[[Any], str]:
    if group == "member":
        return lambda id: names.members[id].name if id in names.members else "Nobody"
    if group == "team":
        teams = {team.id: team.full_name for team in names.teams}
        return lambda id: teams.get(id, "No team")
    if group == "survey":
        return lambda id: names.surveys[id].name
    if group == "version":
        numbers = version_numbers(session, seat.workspace_id)
        return lambda id: f"{names.surveys[numbers[id][0]].name}, version {numbers[id][1]}"
    if group == "tag":
        return lambda id: "No tag" if id is None else names.tags.get(id, "No tag")
    return lambda text: text or "None"
