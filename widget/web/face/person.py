"""Whoever is rated, as their customers see them: the same on a frame and behind a mail's link."""

from flask import render_template, url_for

from widget.domain.faces import MemberCard
from widget.web.bounded import Bounded

_made: Bounded[MemberCard, str] = Bounded(10_000)


def person_html(card: MemberCard) -> str:
    """Photo or initials, name, title, bio and answers; made once for each state of a profile."""
    html = _made.get(card)
    if html is None:
        html = render_template(
            "frame/_person.html", card=card, image_folder=url_for("frame.image", image_id="")
        )
        _made.put(card, html)
    return html
