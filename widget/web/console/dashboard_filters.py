"""The dashboard's filter in an address: what it means for whoever looks, and its form's choices."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from widget.domain.dashboard_queries import NAMES, NOBODY, OWN_DAYS, chosen_of, read_query
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import PRESET_NAMES, PRESETS, Span
from widget.extensions import db
from widget.storage.dashboards import (
    CountedSurvey,
    NamedMember,
    known_of,
    member_names_of,
    versions_by_number,
)
from widget.storage.teams import team_tree
from widget.web.clock import now
from widget.web.console.access import seat
from widget.web.console.tag_choices import tag_choices


@dataclass(frozen=True)
class Choices:
    """What the form offers as (value, words), and how members are named."""

    surveys: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    # Those with teams below them, whose answers their values find as well.
    teams_above: frozenset[str]
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

    def options(self, name: str, offered: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What a field offers, and what was chosen in it though it is not known."""
        value = next(iter(self.chosen[name]), "")
        unknown = name in self.problems and value not in dict(offered)
        return [*offered, (value, _("not known: %(value)s", value=value))] if unknown else offered

    @property
    def further(self) -> list[tuple[str, str, str]]:
        """Values that the form's fields do not show, those beyond the first of each parameter:
        name, value and words."""
        words = {
            "survey": dict(self.choices.surveys),
            "team": dict(self.choices.teams),
            "member": {**dict(self.choices.member_options), NOBODY: _("Nobody")},
        }
        return [
            (name, value, _("or %(value)s", value=words.get(name, {}).get(value, value)))
            for name in NAMES
            for value in dict.fromkeys(self.chosen[name][1:])
        ]


def asked(surveys: dict[int, CountedSurvey]) -> Asked:
    """The filter of this request."""
    chosen = chosen_of(request.args.to_dict(flat=False))
    tree = team_tree(db.session(), seat().workspace_id, seat().scope)
    members = member_names_of(db.session(), seat().workspace_id, seat().scope)
    tags = tag_choices()
    versions = versions_by_number(db.session(), seat().workspace_id, chosen["version"])
    known = known_of(surveys, members, tree, tags, seat().scope, versions)
    read = read_query(chosen, known, now().astimezone(ZoneInfo(seat().time_zone)).date())
    choices = Choices(
        [(survey.public_id, survey.name) for survey in surveys.values()],
        [(str(team.id), team.full_name) for team in tree],
        frozenset(str(team.parent_id) for team in tree),
        members,
        tags,
    )
    problems = {name: _(problem) for name, problem in read.problems.items()}
    return Asked(read.wanted, read.span, choices, chosen, problems)


def preset_options() -> list[tuple[str, str]]:
    """The spans by name, and that of one's own."""
    return [
        *((preset, _(PRESET_NAMES[preset])) for preset in PRESETS),
        (OWN_DAYS, _("From … to …")),
    ]
