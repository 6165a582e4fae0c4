"""One customer: what is known of them, and everything that happened between them and the team."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.requests import WHY_SENTENCES
from widget.extensions import db
from widget.storage.customer_timeline import Entry, timeline_of
from widget.storage.customer_traces import merged_into
from widget.storage.responses import ListedResponse
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.customers import found_customer
from widget.web.face.speech import Speech


@blueprint.get("/customers/<uuid:customer_id>")
@needs("read_responses")
def customer(customer_id: UUID) -> Response | str:
    """One customer; whoever was merged into another is found there."""
    other = merged_into(db.session(), seat().workspace_id, customer_id)
    if other is not None:
        # Not for good: who they are part of may be merged into somebody else, or be erased.
        return redirect(url_for("console.customer", customer_id=found_customer(other).row.id), 302)
    found = found_customer(customer_id)
    may_lead = seat().may("lead")
    return render_template(
        "console/customers/one.html",
        found=found,
        row=found.row,
        timeline=timeline_of(db.session(), found.row, seat().scope, shows_follow_ups=may_lead),
        may_lead=may_lead,
        may_change=seat().may("edit_surveys"),
        may_manage=seat().may("manage_workspace"),
        speech=_speech,
    )


@blueprint.app_template_filter("happened")
def happened(entry: Entry) -> str:
    """What an entry of a timeline is, in a few words."""
    purposes = {"request": _("Mail sent"), "reminder": _("Reminder sent")}
    standings = {
        "approved": _("Published as a testimonial"),
        "declined": _("Declined as a testimonial"),
        "withdrawn": _("Withdrawn as a testimonial"),
    }
    words: dict[str, str] = {
        "known": _("In the directory"),
        "merged": _("Merged with another entry"),
        "asked": _("Asked"),
        "mailed": purposes.get(entry.detail.get("purpose", ""), _("Mail sent")),
        "bounced": _("Mail came back"),
        "not_mailed": _("Mail not sent"),
        "answered": _("Answered"),
        "changed": _("Changed the answer"),
        "follow_up": _("Followed up"),
        "follow_up_note": _("Noted by the team"),
        "replied": _("The team replied"),
        "wrote_back": _("Wrote back from another address")
        if "stranger" in entry.detail
        else _("Wrote back"),
        "auto_replied": _("An automatic answer"),
        "follow_up_resolved": _("Follow-up resolved"),
        "shared": _("Shared the answer"),
        "unshared": _("Took the shared page back"),
        "testimonial": standings.get(entry.detail.get("standing", ""), _("Testimonial")),
        "suppressed": _("Gets no more mail"),
    }
    return str(words[entry.kind])


@blueprint.app_template_filter("refusal_words")
def refusal_words(why: str) -> str:
    """Why an address gets no mail, as a tag says it."""
    words: dict[str, str] = {
        "unsubscribed": _("Unsubscribed"),
        "complaint": _("Reported as spam"),
        "hard_bounce": _("Address fails"),
        "soft_bounces": _("Address fails"),
    }
    return str(words.get(why, why))


@blueprint.app_template_filter("refusal_sentence")
def refusal_sentence(why: str) -> str:
    """The same as a sentence."""
    return next((_(text) for known, text in WHY_SENTENCES.items() if known == why), why)


def _speech(found: ListedResponse) -> Speech:
    return Speech(found.definition, found.response.language, seat().workspace_name)
