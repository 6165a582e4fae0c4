"""What rules, their conditions and what they did are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from widget.domain.condition_groups import Group
from widget.domain.rules.conditions import (
    FIELDS,
    Condition,
    Conditions,
    Field,
    Operator,
    needs_value,
    operators_of,
)
from widget.domain.rules.rule import Acts, Did
from widget.domain.scales import KIND_NAMES, KINDS
from widget.extensions import db
from widget.storage.campaigns import campaigns_of
from widget.storage.stream_choices import stream_choices
from widget.storage.tags import tag_names
from widget.web.console.access import blueprint, seat
from widget.web.console.audience_words import mood_options

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Things:
    """What conditions can name, as (value, words) by field; and the tags that there are."""

    options: Mapping[str, Options]
    tags: Sequence[str]

    def words(self, field: Field, value: str) -> str:
        """What a value is called; one that is gone says so."""
        if field not in self.options:
            return value
        return dict(self.options[field]).get(value) or _("(no longer there)")

    def with_chosen(self, field: Field, value: str) -> Options:
        """The options of a form, the chosen one among them even where it is gone."""
        known = self.options[field]
        is_known = not value or any(value == one for one, _words in known)
        return known if is_known else [(value, _("(no longer there)")), *known]


def things() -> Things:
    """Those of the workspace."""
    session, workspace_id = db.session(), seat().workspace_id
    choices = stream_choices(session, workspace_id, seat().scope)
    campaigns = [
        (str(campaign.id), campaign.name) for campaign in campaigns_of(session, workspace_id)
    ]
    return Things(
        {
            "survey": choices.surveys,
            "campaign": campaigns,
            "member": choices.members,
            "team": choices.teams,
            "mood": mood_options(),
        },
        tag_names(session, workspace_id),
    )


def field_words(field: Field) -> str:
    """What a condition is about."""
    words: dict[Field, str] = {
        "score": _("Score"),
        "mood": _("Answer"),
        "comment": _("Comment"),
        "contact": _("Wants to be contacted"),
        "client": _("Client"),
        "segment": _("Segment"),
        "channel": _("Channel"),
        "language": _("Language"),
        "survey": _("Survey"),
        "campaign": _("Campaign"),
        "member": _("Member"),
        "team": _("Team"),
        "tag": _("Tag"),
        "again": _("Asked again after a follow-up"),
    }
    return words[field]


def operator_words(field: Field, operator: Operator) -> str:
    """What is said of it."""
    if field == "tag":
        return str(_("is given")) if operator == "is" else str(_("is not given"))
    if field == "team":
        return str(_("is, or is below,")) if operator == "is" else str(_("is not, nor below,"))
    if field == "comment" and operator in ("is_known", "is_unknown"):
        return str(_("is there")) if operator == "is_known" else str(_("is not there"))
    if field in ("campaign", "member") and operator in ("is_known", "is_unknown"):
        return str(_("is any")) if operator == "is_known" else str(_("is none"))
    words: dict[Operator, str] = {
        "at_most": _("is at most"),
        "at_least": _("is at least"),
        "is": _("is"),
        "is_not": _("is not"),
        "contains": _("contains"),
        "is_known": _("is known"),
        "is_unknown": _("is not known"),
        "has_words": _("has one of the words"),
        "has_no_words": _("has none of the words"),
        "yes": _("yes"),
        "no": _("no"),
    }
    return words[operator]


def field_options() -> list[tuple[str, str]]:
    """What conditions can be about, for a form."""
    return [(field, field_words(field)) for field in FIELDS]


@blueprint.app_template_global("condition_operators")
def operator_options(field: Field) -> list[tuple[str, str]]:
    """What can be said of a field, for a form."""
    return [(one, operator_words(field, one)) for one in operators_of(field)]


def conditions_in_words(conditions: Conditions, known: Things) -> str:
    """All conditions on one line."""
    if not conditions.items:
        return str(_("Every finished response") if conditions.match != "any" else _("No response"))
    parts = [
        f"({conditions_in_words(item, known)})" if isinstance(item, Group) else _one(item, known)
        for item in conditions.items
    ]
    if conditions.match == "none":
        return str(_("not %(rule)s", rule=f" {_('and')} {_('not')} ".join(parts)))
    return (f" {_('and')} " if conditions.match == "all" else f" {_('or')} ").join(parts)


def _one(condition: Condition, known: Things) -> str:
    subject = field_words(condition.field)
    said = operator_words(condition.field, condition.operator)
    if condition.field == "score":
        subject = next((KIND_NAMES[kind] for kind in KINDS if kind == condition.key), "")
    if not needs_value(condition.operator):
        return f"{subject}: {said}" if condition.operator in ("yes", "no") else f"{subject} {said}"
    if condition.field == "comment":
        return f"{subject} {said} “{', '.join(condition.words)}”"
    if condition.field == "tag":
        return f"{subject} “{condition.value}” {said}"
    return f"{subject} {said} {known.words(condition.field, condition.value)}"


def acts_in_words(
    acts: Acts, webhooks: Mapping[int, str], chats: Mapping[int, str], names: Mapping[int, str]
) -> list[str]:
    """What a rule does, a piece of a sentence each. `names` are those of users by their ids."""
    found = []
    if acts.follow_up:
        found.append(_opens_for(acts, names))
    if acts.tags:
        found.append(_("gives the tag %(tags)s", tags=", ".join(acts.tags)))
    for id in acts.channels:
        if id in chats:
            found.append(_("tells %(chat)s", chat=chats[id]))
    if acts.mail_people or acts.mail_to:
        known = [names[id] for id in acts.mail_people if id in names]
        found.append(_("mails %(names)s", names=_listed([*known, *acts.mail_to])))
    for id in acts.webhooks:
        if id in webhooks:
            found.append(_("sends the webhook %(name)s", name=webhooks[id]))
    return found


def _opens_for(acts: Acts, names: Mapping[int, str]) -> str:
    known = [names[id] for id in acts.people if id in names]
    if known and acts.follow_up == "person":
        return str(_("opens a follow-up for %(name)s", name=known[0]))
    if known and acts.follow_up == "in_turn":
        return str(_("opens a follow-up for %(names)s in turn", names=_listed(known)))
    return assign_words()[acts.follow_up]


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence has them; nobody who is left is said to be nobody."""
    if not names:
        return str(_("nobody who is left"))
    if len(names) == 1:
        return names[0]
    return str(_("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1]))


def assign_words() -> dict[str, str]:
    """Who gets the follow-up that a rule opens, as its list says it."""
    return {
        "manager": _("opens a follow-up for the member’s manager"),
        "in_turn": _("opens a follow-up for some people in turn"),
        "person": _("opens a follow-up for one person"),
        "nobody": _("opens a follow-up for nobody yet"),
    }


@blueprint.app_template_filter("did_words")
def did_words(did: Did, names: Mapping[int, str]) -> str:
    """What a rule did on a response, in a sentence without its end; `names` are users' by id."""
    known = [names[id] for id in did.people if id in names]
    opened, assigned = _("opened a follow-up"), _("gave the open follow-up to somebody else")
    if known:
        opened = _("opened a follow-up for %(name)s", name=known[0])
        assigned = _("gave the open follow-up to %(name)s", name=known[0])
    sentences = {
        "opened": opened,
        "assigned": assigned,
        "had_follow_up": _("left the open follow-up with whom it was"),
        "tagged": _("gave the tag “%(tag)s”", tag=did.text),
        "had_tag": _("the tag “%(tag)s” was there already", tag=did.text),
        "refused": did.text,
        "chats": ngettext("told %(num)s chat", "told %(num)s chats", did.number),
        "mails": _mailed(known, did.number),
        "not_theirs": ngettext(
            "%(num)s person was left out, who may not see this response",
            "%(num)s people were left out, who may not see this response",
            did.number,
        ),
        "webhooks": ngettext("sent %(num)s webhook", "sent %(num)s webhooks", did.number),
    }
    return str(sentences[did.what])


def _mailed(known: Sequence[str], number: int) -> str:
    others = number - len(known)
    if not known:
        return str(ngettext("mailed %(num)s person", "mailed %(num)s people", number))
    if not others:
        return str(_("mailed %(names)s", names=_listed(known)))
    more = ngettext("%(num)s other address", "%(num)s other addresses", others)
    return str(_("mailed %(names)s", names=_listed([*known, more])))
