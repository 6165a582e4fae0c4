"""The form of a reply to a customer, as the pages of responses and follow-ups show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from flask import current_app, flash, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.reply_to_customer import Writing
from widget.domain.errors import FollowUpRefused
from widget.domain.replies import REPLY_LIMIT, STATE_WORDS, why_no_reply
from widget.extensions import db
from widget.outbound.mail.replies import own_answers_to
from widget.settings import Settings
from widget.storage.follow_up_threads import ShownNote
from widget.storage.ids import new_id
from widget.storage.mail_pages import mail_setup
from widget.storage.replies import ReplyState, correspondent_of_response, reply_states
from widget.storage.responses import ListedResponse
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, seat
from widget.web.console.offered_templates import (
    OfferedTemplate,
    begun_reply,
    offered_templates,
)

Done = TypeVar("Done")


@dataclass(frozen=True)
class ReplyForm:
    """What the form shows. `refusal` is why there can be no reply; `answers_to` an address outside
    to which the customer's answer goes, "" where it comes back into the thread. `test_mail_to` is
    where the reply goes in test mode. `template` is the key of the one of `templates` that was
    chosen just now, "" for none; choosing one posts to `begin_address`.
    `is_unsubscribed`: the customer wants no requests, so that nothing may be asked of them."""

    address: str
    once: UUID
    to: str
    refusal: str
    answers_to: str
    test_mail_to: str
    text: str
    problem: str
    templates: Sequence[OfferedTemplate]
    template: str
    begin_address: str
    is_unsubscribed: bool
    limit: int = REPLY_LIMIT


def reply_form(found: ListedResponse, address: str, problem: str = "") -> ReplyForm:
    """The form for a response's customer, which posts to an address."""
    customer = correspondent_of_response(db.session(), seat().workspace_id, found.response.id)
    assert customer is not None, "the page has found it"
    setup = mail_setup(db.session(), seat().workspace_id, found.survey_public_id)
    comes_back = bool(_settings().inbound_address)
    refusal = why_no_reply(customer, setup.test_mail_to)
    offered = [] if refusal else offered_templates(found, customer)
    typed = request.form.get("reply", "")
    template, text = ("", typed) if problem else begun_reply(offered, typed)
    return ReplyForm(
        address=address,
        once=new_id(),
        to=customer.address,
        refusal=refusal,
        answers_to=""
        if comes_back
        else own_answers_to(setup.mail, found.definition, customer.language, current_user.email),
        test_mail_to=setup.test_mail_to,
        text=text,
        problem=problem,
        templates=offered,
        template=template,
        begin_address=f"{address}/template",
        is_unsubscribed="unsubscribed" in customer.why_not,
    )


def begun(form: ReplyForm, page: Callable[[], Response]) -> Response:
    """A form after a template was chosen for it: for htmx without the page."""
    if htmx.wants_partial():
        partial = render_template("console/follow_ups/_reply.html", reply=form)
        return htmx.vary(make_response(partial))
    return htmx.vary(make_response(page()))


def write_reply(write: Callable[..., Done]) -> Done:
    """Let an action write what was posted. Raises FollowUpRefused."""
    try:
        once = UUID(request.form.get("once", ""))
    except ValueError as error:
        raise FollowUpRefused("This form was not complete. Please send it once more.") from error
    settings = _settings()
    written = Writing(
        request.form.get("reply", ""),
        once,
        seat().user_id,
        settings.public_url,
        settings.mail_from,
    )
    done = write(written, at=now())
    flash(_("The reply is on its way."))
    return done


def sent_states(thread: Sequence[ShownNote]) -> dict[UUID, ReplyState]:
    """What became of the replies in a thread."""
    ids = [note.id for note in thread if note.kind == "reply"]
    return reply_states(db.session(), seat().workspace_id, ids) if ids else {}


@blueprint.app_template_filter("reply_state")
def reply_state(status: str) -> str:
    """What became of a reply, in a word or two."""
    return str(_(STATE_WORDS.get(status, status)))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["sayso_settings"]
    return settings
