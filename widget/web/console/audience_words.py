"""What audiences' rules, and the traits of strata, are called."""

from collections.abc import Sequence

from flask_babel import gettext as _

from widget.domain.audiences import (
    FIELDS,
    Operator,
    Rule,
    RuleField,
    Rules,
    needs_value,
    operators_of,
    trait_named,
)
from widget.domain.campaigns import CampaignStatus
from widget.domain.condition_groups import MATCHES, Group, Match
from widget.domain.response_filters import MOODS, Mood
from widget.web.console.access import blueprint


def field_words(field: RuleField) -> str:
    """What a rule is about."""
    words: dict[RuleField, str] = {
        "client": _("Client"),
        "segment": _("Segment"),
        "language": _("Language"),
        "country": _("Country"),
        "attribute": _("Attribute"),
        "added": _("Added"),
        "asked": _("Last asked"),
        "answered": _("Last answered"),
        "last_score": _("Their last answer"),
    }
    return words[field]


def operator_words(field: RuleField, operator: Operator) -> str:
    """What is said of it."""
    if field == "last_score":
        return str(_("was")) if operator == "is" else str(_("was not"))
    words: dict[Operator, str] = {
        "is": _("is"),
        "is_not": _("is not"),
        "contains": _("contains"),
        "is_known": _("is known"),
        "is_unknown": _("is not known"),
        "at_least": _("is at least (a number)"),
        "at_most": _("is at most (a number)"),
        "within": _("within the last so many days"),
        "not_within": _("not within the last so many days"),
        "ever": _("ever"),
        "never": _("never"),
    }
    return words[operator]


def mood_words(mood: Mood) -> str:
    words: dict[Mood, str] = {
        "positive": _("good (promoters, for NPS)"),
        "other": _("in between (passives, for NPS)"),
        "negative": _("bad (detractors, for NPS)"),
    }
    return words[mood]


def match_words(match: Match) -> str:
    """How the rules of a group belong together."""
    words: dict[Match, str] = {
        "all": _("All of these hold"),
        "any": _("Any of these holds"),
        "none": _("None of these holds"),
    }
    return words[match]


def field_options() -> list[tuple[str, str]]:
    return [(field, field_words(field)) for field in FIELDS]


def match_options() -> list[tuple[str, str]]:
    return [(match, match_words(match)) for match in MATCHES]


@blueprint.app_template_global("rule_operators")
def operator_options(field: RuleField) -> list[tuple[str, str]]:
    """What can be said of a field, for a form."""
    return [(one, operator_words(field, one)) for one in operators_of(field)]


def mood_options() -> list[tuple[str, str]]:
    return [(mood, mood_words(mood)) for mood in MOODS]


@blueprint.app_template_filter("rules_in_words")
def rules_in_words(group: Rules) -> str:
    """All rules on one line."""
    if not group.items:
        return str(_("Every customer")) if group.match != "any" else str(_("Nobody"))
    parts = [
        f"({rules_in_words(item)})" if isinstance(item, Group) else _rule(item)
        for item in group.items
    ]
    if group.match == "none":
        return str(_("not %(rule)s", rule=f" {_('and')} {_('not')} ".join(parts)))
    return (f" {_('and')} " if group.match == "all" else f" {_('or')} ").join(parts)


def _rule(rule: Rule) -> str:
    subject = rule.key if rule.field == "attribute" else field_words(rule.field)
    if rule.operator == "within":
        return str(_("%(what)s within %(days)s days", what=subject, days=rule.value))
    if rule.operator == "not_within":
        return str(_("%(what)s not within %(days)s days", what=subject, days=rule.value))
    if rule.operator == "at_least":
        return str(_("%(what)s is at least %(number)s", what=subject, number=rule.value))
    if rule.operator == "at_most":
        return str(_("%(what)s is at most %(number)s", what=subject, number=rule.value))
    value = rule.value
    if rule.field == "last_score":
        value = next((mood_words(mood) for mood in MOODS if mood == rule.value), rule.value)
    said = operator_words(rule.field, rule.operator)
    return (
        f"{subject} {said} {value}".strip() if needs_value(rule.operator) else f"{subject} {said}"
    )


@blueprint.app_template_filter("trait_words")
def trait_words(name: str) -> str:
    """What strata are told apart by."""
    trait = trait_named(name)
    if trait is None:
        return name
    return trait.key if trait.field == "attribute" else field_words(trait.field)


@blueprint.app_template_filter("stratum_words")
def stratum_words(values: Sequence[str]) -> str:
    """A stratum by what its customers have in common."""
    if not values:
        return str(_("All customers"))
    return ", ".join(value or str(_("none")) for value in values)


@blueprint.app_template_filter("campaign_status_words")
def campaign_status_words(status: CampaignStatus) -> str:
    words: dict[CampaignStatus, str] = {
        "draft": _("Draft"),
        "scheduled": _("Scheduled"),
        "running": _("Under way"),
        "paused": _("Paused"),
        "stopped": _("Stopped"),
        "done": _("Done"),
    }
    return words[status]
