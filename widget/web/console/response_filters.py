"""The filter of responses in an address: what it means, and what its form offers.

A parameter that comes several times means any of its values. The names are public: the dashboard
and people's bookmarks lead here with them.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from widget.domain.dashboard_queries import NOBODY, texts_of
from widget.domain.guidance import GROUPS
from widget.domain.response_filters import MOODS, MOST_VALUES, NAMES, SEVERAL, ResponseFilter
from widget.domain.scales import KIND_NAMES, KINDS
from widget.domain.search_words import SEARCH_LIMIT
from widget.domain.teams import TeamPlace, with_teams_below
from widget.extensions import db
from widget.storage.campaigns import campaign_names
from widget.storage.members import member_ids
from widget.storage.responses import days
from widget.storage.stream_choices import Choices
from widget.storage.teams import team_tree
from widget.web.console.access import seat
from widget.web.console.area_names import area_names
from widget.web.console.days import asked_day
from widget.web.console.group_words import group_words

# Those that the form folds away.
_FOLDED = frozenset(
    (
        *("score", "channel", "language", "source", "client", "segment", "version"),
        *("again", "tests", "hidden"),
    )
)
# A group of NPS is both of them.
_GROUPING = frozenset(("kind", "mood"))
_WITHOUT_FIELD = frozenset(("reason", "campaign", "wave"))
_NOT_COUNTED = ("tests", "hidden")
_HIGHEST_SCORE = 10
_HIGHEST_VERSION = 2**31 - 1
_YES_OR_NO = {"yes": True, "no": False}
# Parameters of which every value is known.
_CHOICES: dict[str, frozenset[str]] = {
    "kind": frozenset(KINDS),
    "mood": frozenset(MOODS),
    "comment": frozenset(_YES_OR_NO),
    "again": frozenset(_YES_OR_NO),
}


@dataclass(frozen=True)
class Asked:
    """A filter as the address says it. `problems` are sentences by the name of a field."""

    wanted: ResponseFilter
    chosen: dict[str, list[str]]
    problems: dict[str, str]

    def first(self, name: str) -> str:
        """The one value of a parameter that its field shows."""
        return next(iter(self.chosen.get(name, ())), "")

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that say the same again."""
        return dict(self.chosen)

    @property
    def is_unfolded(self) -> bool:
        """Whether the form shows what it folds away: something of it is chosen."""
        return not _FOLDED.isdisjoint(self.chosen)


def asked() -> Asked:
    """The filter of this request's address. Of what it names and nobody knows there is nothing."""
    problems: dict[str, str] = {}
    chosen = {name: _values(name) for name in NAMES}
    if not seat().may("read_responses"):
        # Whoever is rated reads what counts; what was set aside from it is the others' business.
        chosen |= {name: [] for name in _NOT_COUNTED}
    chosen["tag"] = [tag.casefold() for tag in chosen["tag"]]
    for name, known in _CHOICES.items():
        if not known.issuperset(chosen[name]):
            problems[name] = _(
                "“%(name)s” is one of: %(known)s.", name=name, known=", ".join(sorted(known))
            )
    first, last = asked_day("from", problems), asked_day("to", problems)
    if first and last and first > last:
        problems["from"] = _("This day is after the last one.")
    since, until = days(first, last, seat().time_zone)
    wanted = ResponseFilter(
        scope=seat().scope,
        surveys=chosen["survey"],
        kinds=[kind for kind in KINDS if kind in chosen["kind"]],
        scores=_numbers("score", chosen, 0, _HIGHEST_SCORE, problems),
        moods=[mood for mood in MOODS if mood in chosen["mood"]],
        teams=_teams(chosen["team"]) if chosen["team"] else None,
        members=_members(chosen["member"]),
        channels=texts_of(chosen["channel"]),
        languages=texts_of(chosen["language"]),
        sources=texts_of(chosen["source"]),
        clients=texts_of(chosen["client"]),
        segments=texts_of(chosen["segment"]),
        versions=_numbers("version", chosen, 1, _HIGHEST_VERSION, problems),
        campaigns=_ids(chosen["campaign"]),
        waves=_ids(chosen["wave"]),
        tags=chosen["tag"],
        reasons=chosen["reason"],
        has_comment=_YES_OR_NO.get(request.args.get("comment", "")),
        is_recovery=_YES_OR_NO.get(request.args.get("again", "")),
        search=request.args.get("q", "").strip()[:SEARCH_LIMIT],
        finds_hidden_comments=seat().may("lead"),
        since=since,
        until=until,
        with_tests=bool(chosen["tests"]),
        with_hidden=bool(chosen["hidden"]),
    )
    return Asked(wanted, {name: values for name, values in chosen.items() if values}, problems)


def further_values(found: Asked, choices: Choices) -> list[tuple[str, str, str]]:
    """Values that the form's fields do not show: those beyond the first of each parameter, and all
    ticked areas, campaigns and waves, which have no field. Name, value and words."""
    words: dict[str, dict[str, str]] = {
        "survey": dict(choices.surveys),
        "team": dict(choices.teams),
        "member": dict(choices.members),
        "kind": dict(KIND_NAMES.items()),
        "mood": dict(mood_options()),
    }
    areas = found.chosen.get("reason", ())
    named = area_names(found.chosen.get("survey", ())) if areas else {}
    campaigns = _campaign_names(found)
    return [
        *(("reason", id, _("Area: %(name)s", name=named.get(id, id))) for id in areas),
        *(
            ("campaign", id, _("Campaign: %(name)s", name=campaigns.get(id, id)))
            for id in found.chosen.get("campaign", ())
        ),
        *(
            ("wave", number, _("Wave %(number)s", number=number))
            for number in found.chosen.get("wave", ())
        ),
        *(
            (name, value, _("or %(value)s", value=words.get(name, {}).get(value, value)))
            for name in SEVERAL
            if name not in _WITHOUT_FIELD
            for value in found.chosen.get(name, ())[1:]
        ),
    ]


def _campaign_names(found: Asked) -> dict[str, str]:
    """Names of chosen campaigns by id, for whoever may look at campaigns."""
    if not found.wanted.campaigns or not seat().may("read_responses"):
        return {}
    names = campaign_names(db.session(), seat().workspace_id, found.wanted.campaigns)
    return {str(id): name for id, name in names.items()}


def group_links(found: Asked) -> list[tuple[str, str, bool]]:
    """Each group of NPS, the address that narrows a filter to it, and whether it is the one that is
    shown; its address leads back to all of them then."""
    links = []
    for mood in GROUPS:
        is_shown = found.chosen.get("mood") == [mood] and found.chosen.get("kind") == ["nps"]
        others = {name: value for name, value in found.chosen.items() if name not in _GROUPING}
        narrowed = others if is_shown else {**others, "kind": "nps", "mood": mood}
        links.append((group_words(mood), url_for("console.responses", **narrowed), is_shown))
    return links


def mood_options() -> list[tuple[str, str]]:
    """The moods with their names."""
    return [("positive", _("Positive")), ("negative", _("Negative")), ("other", _("In between"))]


def _values(name: str) -> list[str]:
    """What the address says of a parameter, each once."""
    said = request.args.getlist(name) if name in SEVERAL else [request.args.get(name, "")]
    values = list(dict.fromkeys(value.strip() for value in said if value.strip()))
    if len(values) > MOST_VALUES:
        words = {"most": MOST_VALUES, "name": name}
        abort(422, _("Choose at most %(most)s values of “%(name)s”.", **words))
    return values


def _numbers(
    name: str, chosen: dict[str, list[str]], lowest: int, highest: int, problems: dict[str, str]
) -> list[int]:
    found = []
    for text in chosen[name]:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
        if lowest <= number <= highest:
            found.append(number)
        else:
            problems[name] = _("Write a whole number.")
    return found


def _ids(chosen: list[str]) -> list[int]:
    """Numbers of an address; 0, which nothing has, for what is none."""
    are_numbers = [
        (text, text.isascii() and text.isdecimal() and len(text) < 10) for text in chosen
    ]
    return [int(text) if is_number else 0 for text, is_number in are_numbers]


def _members(chosen: list[str]) -> list[int | None]:
    if not chosen:
        return []
    found: list[int | None] = [*member_ids(db.session(), seat().workspace_id, chosen)]
    if NOBODY in chosen:
        found.append(None)
    # Nobody has this id: it stands for those who are not known.
    return found or [0]


def _teams(chosen: list[str]) -> frozenset[int]:
    tree = team_tree(db.session(), seat().workspace_id, seat().scope)
    places = [TeamPlace(team.id, team.parent_id) for team in tree]
    return with_teams_below(places, [team.id for team in tree if str(team.id) in chosen])
