"""The page around a step when a customer came by a link from a mail, where there is no frame.

The steps themselves are the widget's own.
"""

from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from widget.domain.looks import Looks
from widget.web.assets import asset_url
from widget.web.face import pages
from widget.web.face.speech import slot
from widget.web.face.styles import style_of, style_source


@dataclass(frozen=True)
class Landing:
    """What stands around the step. `gesture` takes provisional answers, `more` is followed by no
    person; both are "" on pages where nothing is preselected any more. `answered` tells what was
    answered before."""

    gesture: str = ""
    more: str = ""
    answered: str = ""


def landing_html(face: pages.Face, step_html: str, landing: Landing) -> str:
    """A whole document around a step's partial, with slots."""
    return render_template(
        "landing/show.html",
        face=face,
        landing=landing,
        person=face.person,
        say=face.speech.say,
        language=face.speech.language,
        direction=face.speech.direction,
        theme=slot("theme"),
        style=Markup(style_of(face.definition.looks)),  # noqa: S704 - checked values, our own CSS
        stylesheet=asset_url("landing/landing.css"),
        step_html=Markup(step_html),  # noqa: S704 - rendered by a template of ours
        htmx=asset_url("vendor/htmx-4.0.1.min.js"),
        scripts=(asset_url("frame/frame.js"), asset_url("landing/landing.js")),
        logo=face.logo_url(),
        company=face.speech.company,
    )


def landing_policy(looks: Looks) -> str:
    """The content security policy of such a page: nobody may frame it."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' {style_source(looks)}; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'"
    )
