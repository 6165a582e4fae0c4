"""What a stream sends: cards as HTML inside server-sent events."""

import json
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from widget.domain.surveys import Definition
from widget.storage.stream import Card
from widget.web.face.speech import Speech
from widget.web.live.subscriptions import Look

RETRY = b"retry: 2000\n\n"
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def card_html(card: Card, look: Look) -> str:
    """A card as it stands in a list. Needs a request, for addresses."""
    template = current_app.jinja_env.get_template("console/stream/_card.html")
    return template.render(
        card=card,
        look=look,
        member=shown_member(card, look),
        speech=_speech(card.definition, card.language, look.workspace_name),
        at=card.answered_at.astimezone(ZoneInfo(look.time_zone)),
    ).strip()


def shown_member(card: Card, look: Look) -> str:
    """How a card names whom it is about; "" when it does not."""
    if not look.names_members:
        return ""
    return card.member_name.partition(" ")[0] if look.first_names else card.member_name


def card_frame(card: Card, look: Look, cursor: UUID, *, is_new: bool) -> bytes:
    """The event that shows a card, or puts it in place of the one with the same id."""
    data = {
        "id": card.id.hex,
        "html": card_html(card, look),
        "say": announcement(card, look) if is_new else "",
    }
    return event("card", cursor, data)


def gone_frame(id: UUID, cursor: UUID) -> bytes:
    """The event that takes a card away."""
    return event("gone", cursor, {"id": id.hex})


def reset_frame(cursor: UUID) -> bytes:
    """The event for more news than are sent: the page is to be read anew."""
    return event("reset", cursor, {})


def here_frame(cursor: UUID) -> bytes:
    """The event that says nothing but that the stream is alive, and up to where it has told."""
    return event("here", cursor, {})


def event(name: str, cursor: UUID, data: dict[str, Any]) -> bytes:
    """A server-sent event; its id is where to go on after a break."""
    return f"id: {cursor.hex}\nevent: {name}\ndata: {_as_json(data)}\n\n".encode()


def announcement(card: Card, look: Look) -> str:
    """What a screen reader says of a new card."""
    scores = current_app.jinja_env.filters["score_words"](
        card.facts.score, card.kind, _speech(card.definition, card.language, look.workspace_name)
    )
    member = shown_member(card, look)
    if member:
        return str(_("New: %(scores)s for %(member)s", scores=scores, member=member))
    return str(_("New: %(scores)s", scores=scores))


def _speech(definition: Definition, language: str, company: str) -> Speech:
    return Speech(definition, language, company)
