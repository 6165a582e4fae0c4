"""The dashboard's filter as an address writes it: what it means to somebody, on some day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from widget.domain.errors import MomentRefused
from widget.domain.moments import read_day
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import PRESETS, Preset, Span, preset_span
from widget.domain.teams import TeamPlace, with_teams_below

# A parameter's name, in the order of the form; each may come several times.
NAMES = (
    *("survey", "version", "team", "member", "channel", "language", "source", "client", "segment"),
    "tag",
)
SPAN_NAMES = ("span", "from", "to")
# What the form calls days that somebody chooses.
OWN_DAYS = "own"
NOBODY = "none"
# In an address there is no telling "" from nothing at all.
NONE = "-"
DEFAULT_SPAN: Preset = "last_30"
# What somebody is told who names what is not there, or not theirs to see: no difference is made.
UNKNOWN = {
    "survey": "There is no such survey.",
    "team": "There is no such team, or it is not yours to see.",
    "member": "There is no such member, or they are not yours to see.",
}

Chosen = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Known:
    """What of a workspace somebody's filter may name: ids by what an address calls them.

    `versions` are by their number, which each survey has of its own. `nobodys`: whether answers
    that belong to nobody are theirs to see.
    """

    surveys: Mapping[str, int]
    members: Mapping[str, int]
    teams: Sequence[TeamPlace]
    tags: Mapping[str, int]
    nobodys: bool
    versions: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def unknown(self, chosen: Chosen) -> list[str]:
        """Names of the parameters with a value that is not there, or not theirs to see."""
        there = {
            "survey": set(self.surveys),
            "member": {*self.members, *([NOBODY] if self.nobodys else [])},
            "team": {str(place.id) for place in self.teams},
        }
        return [name for name, values in there.items() if not values.issuperset(chosen[name])]


@dataclass(frozen=True)
class ReadQuery:
    """A filter that was read. `problems` are sentences by the name of a parameter."""

    wanted: ScoreFilter
    span: Span
    problems: Mapping[str, str]


def chosen_of(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The values of every parameter of a filter, those that are empty left out. A span's name is
    left out as well where there are days, which say more."""
    chosen = {
        name: [value for value in given.get(name, ()) if value] for name in (*SPAN_NAMES, *NAMES)
    }
    return chosen | ({"span": []} if _has_days(chosen) else {})


def read_query(chosen: Chosen, known: Known, today: date) -> ReadQuery:
    """The filter that an address chooses. What it names and is not known is told in the problems,
    and nothing is counted of it."""
    problems = {name: UNKNOWN[name] for name in known.unknown(chosen)}
    span = _span(chosen, today, problems)
    return ReadQuery(wanted_in(span, chosen, known), span, problems)


def wanted_in(span: Span, chosen: Chosen, known: Known) -> ScoreFilter:
    """The filter in a span of its own, whatever days the address names."""
    roots = [place.id for place in known.teams if str(place.id) in chosen["team"]]
    members: list[int | None] = [
        known.members[one] for one in chosen["member"] if one in known.members
    ]
    if NOBODY in chosen["member"]:
        members.append(None)
    return ScoreFilter(
        span.first,
        span.last,
        surveys=_known(
            [id for one, id in known.surveys.items() if one in chosen["survey"]], chosen["survey"]
        ),
        teams=_known(sorted(with_teams_below(known.teams, roots)), chosen["team"]),
        members=members or ([0] if chosen["member"] else ()),
        versions=_known(
            [id for one in chosen["version"] for id in known.versions.get(one, ())],
            chosen["version"],
        ),
        channels=texts_of(chosen["channel"]),
        languages=texts_of(chosen["language"]),
        sources=texts_of(chosen["source"]),
        clients=texts_of(chosen["client"]),
        segments=texts_of(chosen["segment"]),
        tags=_known([id for one, id in known.tags.items() if one in chosen["tag"]], chosen["tag"]),
    )


def preset_in(chosen: Chosen) -> Preset | None:
    """The span that an address calls by name; None where it has days of its own."""
    if _has_days(chosen):
        return None
    named = next(iter(chosen["span"]), "")
    return next((known for known in PRESETS if known == named), None)


def _span(chosen: Chosen, today: date, problems: dict[str, str]) -> Span:
    preset = preset_in(chosen)
    if preset:
        return preset_span(preset, today)
    first, last = _day("from", chosen, problems), _day("to", chosen, problems)
    if chosen["span"] == [OWN_DAYS]:
        problems["from"] = "Choose the first day, the last one or both."
    if first is None and last is None:
        return preset_span(DEFAULT_SPAN, today)
    last = min(last or today, today)
    first = first or last
    if first > last:
        problems["from"] = "This day is after the last one."
        return Span(last, last)
    return Span(first, last)


def _has_days(chosen: Chosen) -> bool:
    return bool(chosen["from"] or chosen["to"])


def _day(name: str, chosen: Chosen, problems: dict[str, str]) -> date | None:
    if not chosen[name]:
        return None
    try:
        return read_day(chosen[name][0])
    except MomentRefused as error:
        problems[name] = str(error)
        return None


def _known(found: Collection[int], chosen: Sequence[str]) -> tuple[int, ...]:
    """Ids; that of nothing where something was chosen and is not there."""
    return tuple(found) or ((0,) if chosen else ())


def texts_of(values: Sequence[str]) -> tuple[str, ...]:
    """The texts that an address names."""
    return tuple("" if value == NONE else value for value in values)
