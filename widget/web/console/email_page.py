"""The rating row of a survey: what to paste into which help desk, and how mail clients show it."""

from dataclasses import dataclass

from flask import Response, abort, current_app, make_response, render_template, request
from markupsafe import Markup

from widget.domain.help_desks import HELP_DESKS, HelpDesk, help_desk, unsigned_link
from widget.domain.surveys import Definition
from widget.email_rows import rating_row, rating_row_text
from widget.email_rows.clients import MAIL_CLIENTS, SCHEMES, Scheme, as_shown, mail_client
from widget.email_rows.support import fallbacks_of
from widget.extensions import db
from widget.storage.survey_editing import SurveyInEditor, survey_in_editor
from widget.translations import LANGUAGES
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.speech import Speech


@dataclass(frozen=True)
class Choice:
    """What was asked for in the address: every part has a default, so that any link works."""

    desk: HelpDesk
    language: str
    with_customer: bool
    on_phone: bool

    def query(self) -> dict[str, str]:
        """The same as query parameters; defaults are left out."""
        query = {"desk": self.desk.id, "lang": self.language}
        if not self.with_customer:
            query["customer"] = "without"
        if self.on_phone:
            query["width"] = "phone"
        return query


@blueprint.get("/surveys/<public_id>/email")
@needs("edit_surveys")
def email(public_id: str) -> str:
    """What to paste for one help desk, with its previews."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    definition = _definition(found)
    choice = _choice(definition)
    row, text = _row(found, choice)
    return render_template(
        "console/email/page.html",
        survey=found,
        choice=choice,
        desks=[(desk.id, desk.name) for desk in HELP_DESKS],
        languages=[(tag, _language_name(tag)) for tag in _languages(definition)],
        unconfirmed=[placeholder for placeholder in choice.desk.unconfirmed if placeholder in row],
        row=row,
        text=text,
        size=len(row) / 1024,
        clients=MAIL_CLIENTS,
        schemes=SCHEMES,
        fallbacks=fallbacks_of(row),
        is_wide=len(definition.question.scale.points) > 6,
    )


@blueprint.get("/surveys/<public_id>/email/preview")
@needs("edit_surveys")
def email_preview(public_id: str) -> Response:
    """A message with the row in it, as one client shows it."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    client = mail_client(request.args.get("client", MAIL_CLIENTS[0].id))
    if client is None:
        abort(404)
    scheme: Scheme = "dark" if request.args.get("scheme") == "dark" else "light"
    row, _text = _row(found, _choice(_definition(found)))
    return make_response(
        render_template(
            "console/email/preview.html",
            client=client,
            scheme=scheme,
            row=Markup(as_shown(row, client, scheme)),  # noqa: S704 - escaped when it was rendered
        )
    )


def _definition(found: SurveyInEditor) -> Definition:
    """What the page behind the links asks: the published version, else the draft."""
    return found.published or found.draft


def _choice(definition: Definition) -> Choice:
    desk = help_desk(request.args.get("desk", HELP_DESKS[0].id))
    if desk is None:
        abort(404)
    language = request.args.get("lang", "")
    return Choice(
        desk=desk,
        language=language if language in _languages(definition) else definition.main_language,
        with_customer=request.args.get("customer") != "without",
        on_phone=request.args.get("width") == "phone",
    )


def _row(found: SurveyInEditor, choice: Choice) -> tuple[str, str]:
    """The row as HTML and as text."""
    definition = _definition(found)
    words = Speech(definition, choice.language, seat().workspace_name)
    home = current_app.config["SAYSO_PUBLIC_URL"]

    def link(score: int) -> str:
        return unsigned_link(
            home,
            found.public_id,
            score,
            choice.desk,
            choice.language,
            with_customer=choice.with_customer,
        )

    return rating_row(definition, words, link), rating_row_text(definition, words, link)


def _languages(definition: Definition) -> list[str]:
    return list(dict.fromkeys((*definition.languages, *LANGUAGES)))


def _language_name(tag: str) -> str:
    return LANGUAGES[tag].name if tag in LANGUAGES else tag
