"""What to paste where: every snippet of a survey, and what went wrong with those out there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_site import place_survey
from widget.actions.forget_embed_problems import forget_embed_problems
from widget.extensions import db
from widget.storage.embed_problems import problems_of
from widget.storage.sites import site_rows
from widget.storage.survey_editing import survey_in_editor
from widget.storage.surveys import published_survey
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.heights import HEIGHTS, MEMBER_HEIGHT, PROFILE_ANSWER_HEIGHT
from widget.web.loader import loader_integrity, loader_url_path


@dataclass(frozen=True)
class Snippet:
    """Something to paste. `id` names it within the page."""

    id: str
    title: str
    where: str
    code: str


@blueprint.get("/surveys/<public_id>/embed")
@needs("edit_surveys")
def embed(public_id: str) -> str:
    """The snippets of a survey."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    published = published_survey(db.session(), public_id)
    home = current_app.config["SAYSO_PUBLIC_URL"]
    try_url = current_app.config["SAYSO_TRY_URL"]
    kind = found.draft.question.kind
    return render_template(
        "console/embed/page.html",
        survey=found,
        inline=[
            *_inline(home, public_id, HEIGHTS[kind]),
            *([_about_somebody(home, public_id, HEIGHTS[kind])] if found.draft.show_member else ()),
        ],
        popups=_popups(home, public_id),
        plain=_plain(home, public_id, HEIGHTS[kind]),
        sites=site_rows(db.session(), seat().workspace_id),
        origins=published.origins if published else (),
        problems=problems_of(db.session(), found.id),
        try_page=f"{try_url or home}/try/{public_id}",
        is_other_origin=try_url is not None,
    )


@blueprint.post("/surveys/<public_id>/embed/sites")
@needs("edit_surveys")
def embed_sites(public_id: str) -> Response:
    """Put the survey on the ticked sites, and on no others."""
    ticked = set(request.form.getlist("sites"))
    known = site_rows(db.session(), seat().workspace_id)
    site_ids = [site.id for site in known if str(site.id) in ticked]
    place_survey(db.session(), seat().workspace_id, public_id, site_ids)
    flash(_("Saved. Pages follow within a second."))
    return redirect(url_for("console.embed", public_id=public_id), 303)


@blueprint.post("/surveys/<public_id>/embed/forget")
@needs("edit_surveys")
def embed_forget(public_id: str) -> Response:
    """Forget the problems that were seen, once the snippet is mended."""
    forget_embed_problems(db.session(), seat().workspace_id, public_id)
    flash(_("Forgotten. What still goes wrong comes back here."))
    return redirect(url_for("console.embed", public_id=public_id), 303)


def _inline(home: str, public_id: str, height: int) -> list[Snippet]:
    pinned = f"{home}{loader_url_path()}"
    return [
        Snippet(
            "script",
            _("One line"),
            _("Where the survey is to stand, in any page that takes scripts."),
            f'<script async src="{home}/embed.js" data-survey="{public_id}" '
            f'data-height="{height}"></script>',
        ),
        Snippet(
            "pinned",
            _("The same, pinned"),
            _("For sites that demand subresource integrity: this file never changes."),
            f'<script async src="{pinned}" integrity="{loader_integrity()}" '
            f'crossorigin="anonymous" data-survey="{public_id}" '
            f'data-height="{height}"></script>',
        ),
        Snippet(
            "element",
            _("Custom element"),
            _("For single-page apps: load the script once, then mount the element anywhere."),
            f'<script async src="{home}/embed.js"></script>\n'
            f'<sayso-survey data-survey="{public_id}" data-height="{height}"></sayso-survey>',
        ),
    ]


def _about_somebody(home: str, public_id: str, height: int) -> Snippet:
    answers = len(seat().rules.profile_questions) * PROFILE_ANSWER_HEIGHT
    return Snippet(
        "member",
        _("About the person who helped"),
        _("Named by their email, employee id or id. Their face stands above the question."),
        f'<script async src="{home}/embed.js" data-survey="{public_id}" '
        f'data-member="EMAIL" data-height="{height + MEMBER_HEIGHT + answers}"></script>',
    )


def _popups(home: str, public_id: str) -> list[Snippet]:
    script = f'<script async src="{home}/embed.js" data-survey="{public_id}"'
    return [
        Snippet(
            "button",
            _("Feedback button"),
            _("A button in the corner of every page opens the survey."),
            f'{script} data-display="button" data-label="Feedback"></script>',
        ),
        Snippet(
            "popover",
            _("Pop-over after ten seconds"),
            _("Opens by itself; a visitor who dismisses it is left alone for 30 days."),
            f'{script} data-display="popover" data-open-after="10"></script>',
        ),
        Snippet(
            "slide-in",
            _("Slide-in at half of the page"),
            _("Slides in when a visitor has scrolled that far."),
            f'{script} data-display="slide-in" data-open-scroll="50"></script>',
        ),
        Snippet(
            "opener",
            _("Opened by your own button"),
            _("Any element with data-sayso-open opens it; so does sayso.open() in your script."),
            f'{script} data-display="popover"></script>\n'
            f'<button type="button" data-sayso-open="{public_id}">Rate this page</button>',
        ),
    ]


def _plain(home: str, public_id: str, height: int) -> list[Snippet]:
    link = f"{home}/w/{public_id}?" + urlencode({"channel": "link"})
    return [
        Snippet(
            "iframe",
            _("Bare frame"),
            _("For help centres that strip scripts but keep frames, such as Zendesk articles."),
            f'<iframe src="{home}/w/{public_id}" title="Feedback" width="100%" '
            f'height="{height + 320}" loading="lazy" frameborder="0"></iframe>',
        ),
        Snippet(
            "link",
            _("Plain link"),
            _("For pages that keep neither, such as Intercom articles, and for chat."),
            f'<a href="{link}">How did we do?</a>',
        ),
    ]
