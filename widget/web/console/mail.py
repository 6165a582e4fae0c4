"""What a survey's mails say: worded here, looked at here, sent to oneself from here."""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from widget.actions.change_mail import word_mail
from widget.domain.errors import MailNotSent, WordingRefused
from widget.domain.faces import MemberCard
from widget.domain.mail_wording import FIELDS, LIMITS, MailWording, built_in
from widget.extensions import db
from widget.outbound.mail.compose import html_of, text_of, texts_of
from widget.outbound.mail.letters import Post
from widget.outbound.mail.transport import make_mailer
from widget.outbound.mail.trial import SAMPLE_CUSTOMER, send_trial, trial_letter
from widget.outbound.mail.words import choose_language
from widget.storage.faces import first_card
from widget.storage.ids import new_id
from widget.storage.mail_pages import MailSetup, mail_setup
from widget.translations import LANGUAGES, match_language, translate
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

# So many mails whoever rehearses a campaign has at a time.
MOST_TRIALS = 5


def _post() -> Post:
    return Post(current_app.extensions["sayso_settings"])


def _language(setup: MailSetup) -> str:
    """The language that the address names, of those the team or Sayso has words for."""
    offered = list(dict.fromkeys((*setup.definition.languages, *LANGUAGES)))
    wanted = request.args.get("lang", "")
    return match_language([wanted], offered) or setup.definition.main_language


@blueprint.route("/surveys/<public_id>/mail", methods=["GET", "POST"])
@needs("edit_surveys")
def mail(public_id: str) -> str | BaseResponse | tuple[str, int]:
    """Word the mails of a survey in one language."""
    setup = mail_setup(db.session(), seat().workspace_id, public_id)
    language = _language(setup)
    worded = setup.mail.texts.get(language, MailWording())
    problems: dict[str, str] = {}
    if request.method == "POST":
        worded = MailWording(
            **{name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
        )
        try:
            word_mail(
                db.session(),
                seat().workspace_id,
                public_id,
                language,
                worded,
                amp=request.form.get("amp") == "1",
                at=now(),
            )
        except WordingRefused as refused:
            problems = refused.problems
        else:
            flash(_("Saved: mails say this from now on."))
            return redirect(url_for("console.mail", public_id=public_id, lang=language), 303)
    page = _page(setup, language, worded, problems)
    return (page, 422) if problems else page


def _page(setup: MailSetup, language: str, worded: MailWording, problems: dict[str, str]) -> str:
    letter = trial_letter(
        _post(),
        setup,
        language,
        first_card(db.session(), seat().workspace_id),
        SAMPLE_CUSTOMER,
    )
    texts = texts_of(letter)
    return render_template(
        "console/mail/wording.html",
        survey=setup,
        language=language,
        languages=LANGUAGES,
        tags=list(dict.fromkeys((*setup.definition.languages, *LANGUAGES))),
        worded=worded,
        problems=problems,
        limits=LIMITS,
        built_in={
            name: translate(text, language)
            for name in FIELDS
            if (text := getattr(built_in("interaction"), name))
        },
        campaigns_intro=translate(built_in("relationship").intro, language),
        texts=texts,
        plain=text_of(letter, texts),
        sender=_post().sender(setup.policy),
        goes_to=current_user.email,
        to_files=_post().settings.mail_server is None,
    )


@blueprint.get("/surveys/<public_id>/mail/preview")
@needs("edit_surveys")
def mail_preview(public_id: str) -> Response:
    """The HTML part on its own, for a sandboxed frame."""
    setup = mail_setup(db.session(), seat().workspace_id, public_id)
    letter = trial_letter(
        _post(),
        setup,
        _language(setup),
        first_card(db.session(), seat().workspace_id),
        SAMPLE_CUSTOMER,
    )
    html, sheets = without_inline_styles(html_of(letter, texts_of(letter)))
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; style-src {hashes}; img-src 'self'; form-action 'none'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/surveys/<public_id>/mail/try")
@needs("edit_surveys")
def mail_try(public_id: str) -> BaseResponse:
    """Send the mail to whoever asks for it, and to nobody else."""
    setup = mail_setup(db.session(), seat().workspace_id, public_id)
    flash(*send_trial_to_oneself(public_id))
    return redirect(url_for("console.mail", public_id=public_id, lang=_language(setup)), 303)


def send_trial_to_oneself(public_id: str) -> tuple[str, str]:
    """Send a survey's mail to whoever is signed in; what is to be said of it, and as what."""
    setup = mail_setup(db.session(), seat().workspace_id, public_id)
    member = first_card(db.session(), seat().workspace_id)
    return _send_trials(setup, [_language(setup)], member)


def send_campaign_to_oneself(public_id: str, languages: Sequence[str]) -> tuple[str, str]:
    """The same as a campaign's customers would have it, who speak some languages: about no member,
    and once in each language that their mails would be in, the MOST_TRIALS most frequent."""
    setup = mail_setup(db.session(), seat().workspace_id, public_id)
    spoken = [choose_language(one, setup.definition, setup.mail) for one in languages or [""]]
    return _send_trials(setup, list(dict.fromkeys(spoken))[:MOST_TRIALS], None, is_rehearsal=True)


def _send_trials(
    setup: MailSetup,
    languages: Sequence[str],
    member: MemberCard | None,
    *,
    is_rehearsal: bool = False,
) -> tuple[str, str]:
    post = _post()
    mailer = make_mailer(post.settings)
    try:
        for language in languages:
            send_trial(
                post,
                mailer,
                setup,
                trial_letter(
                    *(post, setup, language, member, current_user.name), is_rehearsal=is_rehearsal
                ),
                workspace_id=seat().workspace_id,
                id=new_id(),
                recipient=current_user.email,
                at=now(),
            )
    except MailNotSent as error:
        return _("Not sent: %(error)s", error=str(error)), "error"
    return _said_of_trial(post.settings.mail_server is None), "message"


def _said_of_trial(to_files: bool) -> str:
    if to_files:
        said = _(
            "Written to the folder “mail” of the server’s data, for %(address)s.",
            address=current_user.email,
        )
    else:
        said = _("Sent to %(address)s.", address=current_user.email)
    return str(said)


def without_inline_styles(html: str) -> tuple[str, list[str]]:
    """A mail's HTML with its inline styles moved into a sheet, and every sheet that it has.

    So that the preview's policy can name each by its digest instead of allowing any style.
    """
    classes: dict[str, str] = {}

    def moved(found: re.Match[str]) -> str:
        name = classes.setdefault(found[2], f"inline-{len(classes)}")
        own = re.search(r' class="([^"]*)"', found[1] + found[3])
        rest = (found[1] + found[3]).replace(own[0], "") if own else found[1] + found[3]
        return f'<{rest.strip()} class="{f"{own[1]} " if own else ""}{name}">'

    html = re.sub(r'<([a-z][^<>]*?) style="([^"]*)"([^<>]*)>', moved, html)
    sheet = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    # Before the mail's own sheet, whose rules are to win as they do over inline styles.
    html = html.replace("<style>", f"<style>{sheet}</style>\n<style>", 1)
    return html, re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
