"""How templates write times, kinds and scores."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _

from widget.domain.flow import TICKS
from widget.domain.notes import NoteKind
from widget.domain.scales import KIND_NAMES, Kind
from widget.domain.score_summary import HIGHEST
from widget.domain.surveys import WORDED_STYLES
from widget.extensions import db
from widget.storage.responses import ListedResponse
from widget.storage.rewards import catalogue
from widget.web.console.access import blueprint
from widget.web.face.speech import Speech


@blueprint.app_template_filter("kind_name")
def kind_name(kind: Kind) -> str:
    """`csat` as CSAT."""
    return KIND_NAMES[kind]


@blueprint.app_template_filter("moment")
def moment(at: datetime) -> str:
    """A time in the workspace's zone, as `23 Nov 2026, 14:05`."""
    local = at.astimezone(ZoneInfo(g.seat.time_zone))
    return str(format_datetime(local, "d MMM y, HH:mm", rebase=False))


@blueprint.app_template_filter("day_words")
def day_words(day: date) -> str:
    """A day as `23 Nov 2026`."""
    return f"{day.day} {day:%b %Y}"


@blueprint.app_template_filter("score_words")
def score_words(score: int, kind: Kind, speech: Speech) -> str:
    """A score as people of the team read it, in the console's language whichever the customer's
    was: `4 of 5 stars`, `NPS 9 of 10`, `Satisfied · CSAT`."""
    highest = HIGHEST[kind]
    if kind == "stars":
        return str(_("%(score)s of %(highest)s stars", score=score, highest=highest))
    numbers = str(
        _("%(name)s %(score)s of %(highest)s", name=KIND_NAMES[kind], score=score, highest=highest)
    )
    question = next((asked for asked in speech.definition.questions if asked.kind == kind), None)
    if question is None or question.style not in WORDED_STYLES:
        return numbers
    told = replace(speech, language=str(get_locale() or "en"))
    words = told.point_name(question.scale.point(score).name)
    # Three faces and thumbs skip points of the five, so that "5 of 5" would mislead.
    return f"{words} · {numbers if question.style == 'faces5' else KIND_NAMES[kind]}"


@blueprint.app_template_filter("field_word")
def field_word(name: str) -> str:
    """A field of a response or a revision as people know it: `stars` as Stars."""
    words: dict[str, str] = {
        "comment": _("Comment"),
        "reasons": _("Areas"),
        "wants_contact": _("Wants to be contacted"),
        "contact": _("To be reached at"),
        "may_publish": _("Comment may be published"),
        "reward_id": _("Reward"),
        "member": _("Member"),
        "assigned_by": _("Assigned by"),
    }
    words.update(KIND_NAMES.items())
    return str(words.get(name, name))


@blueprint.app_template_filter("said")
def said(value: Any, field: str, found: ListedResponse, speech: Speech) -> str:
    """One side of a revision in words; an en dash for nothing."""
    if value is None or value in ("", []):
        return "–"
    if field in TICKS:
        return str(_("yes") if value else _("no"))
    if field in KIND_NAMES:
        return score_words(value, field, speech)
    if field == "reasons":
        offered = (*found.definition.positive_reasons, *found.definition.negative_reasons)
        words = {reason.id: speech.reason(reason).striptags() for reason in offered}
        return ", ".join(words.get(id, id) for id in value)
    if field == "reward_id":
        names = {reward.id: reward.name for reward in catalogue(db.session(), g.seat.workspace_id)}
        return str(names.get(value, value))
    return str(value)


@blueprint.app_template_filter("snippet_name")
def snippet_name(field: str) -> str:
    """A field of the context as snippets write it: `customer_email` as `data-email`."""
    known = {
        "customer_email": "email",
        "customer_name": "name",
        "customer_id": "customer-id",
    }
    return f"data-{known.get(field, field)}"


@blueprint.app_template_filter("deed")
def deed(kind: NoteKind) -> str:
    """What an entry of a thread says was done."""
    words: dict[NoteKind, str] = {
        "note": _("wrote a note"),
        "kudos": _("marked this as kudos"),
        "kudos_taken": _("took kudos back"),
        "comment_hidden": _("hid the comment"),
        "comment_shown": _("showed the comment again"),
        "hidden": _("hid the response"),
        "shown": _("showed the response again"),
        "tagged": _("gave the tag"),
        "untagged": _("took the tag"),
        "consented": _("recorded that the comment may be published"),
        "consent_taken": _("recorded that the comment may not be published any more"),
    }
    return str(words[kind])
