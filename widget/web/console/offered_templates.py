"""The templates that a reply to one response may begin with, filled in for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from widget.domain.replies import Correspondent
from widget.domain.reply_templates import Value, filled_template, our_templates, with_template
from widget.extensions import db
from widget.storage.guidance import guidance_of
from widget.storage.reply_templates import reply_templates_for
from widget.storage.responses import ListedResponse
from widget.storage.shares import sharing_rules
from widget.translations import translate
from widget.web.console.access import seat
from widget.web.console.response_guide import group_of
from widget.web.face.speech import Speech


@dataclass(frozen=True)
class OfferedTemplate:
    """A filled template. `key` names it in forms and addresses: an id, or a key of ours."""

    key: str
    name: str
    text: str


def offered_templates(found: ListedResponse, customer: Correspondent) -> list[OfferedTemplate]:
    """The templates for a response's group in its customer's language, the workspace's own
    first."""
    session, workspace_id = db.session(), seat().workspace_id
    mood, language = group_of(found), customer.language
    reviews = sharing_rules(session, workspace_id).offered_reviews
    values = _values(found, customer)
    values["reviews"] = "\n".join(f"{site.name}: {site.url}" for site in reviews)
    offered = [
        OfferedTemplate(str(one.id), one.name, filled_template(one.text, values))
        for one in reply_templates_for(session, workspace_id, mood, language)
    ]
    if mood in guidance_of(session, workspace_id).without_ours:
        return offered
    return offered + [
        OfferedTemplate(
            one.key,
            str(_(one.name)),
            filled_template(one.text(lambda text: translate(text, language)), values),
        )
        for one in our_templates(
            mood,
            has_reviews=bool(reviews),
            has_agreed=bool(found.response.may_publish and found.response.comment),
            wants_no_requests="unsubscribed" in customer.why_not,
        )
    ]


def begun_reply(offered: Sequence[OfferedTemplate], typed: str) -> tuple[str, str]:
    """The key of the template that the form or the address asks for, "" for none, and what the
    reply says with it: what somebody typed is kept."""
    # A button says which one it begins with, whatever is chosen beside it.
    wanted = request.values.get("begin") or request.values.get("template", "")
    chosen = next((one for one in offered if one.key == wanted), None)
    if chosen is None:
        return "", typed
    unchanged = {one.key: one.text for one in offered}
    return chosen.key, with_template(typed, chosen.text, unchanged)


def _values(found: ListedResponse, customer: Correspondent) -> dict[Value, str]:
    """What is known for a template's names; where nothing is, what the survey itself says then."""
    speech = Speech(found.definition, customer.language, seat().workspace_name)
    fallbacks = speech.fallbacks()
    return {
        "customer": customer.name or fallbacks["customer"],
        "member": found.member_name or fallbacks["member"],
        "company": fallbacks["company"],
        "survey": found.survey_name,
        "goal": str(found.definition.positive_from),
        # Nobody signs with an address.
        "me": current_user.name or seat().workspace_name,
    }
