"""Where a list goes on: opaque, signed text, so that nobody comes to rely on what is in it."""

from datetime import datetime
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from widget.storage.responses import Place


def _serializer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"][::-1], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="sayso.cursor")


def cursor_of(place: Place) -> str:
    """The cursor that goes on after a place."""
    text = _serializer().dumps([place.answered_at.isoformat(), place.id.hex])
    return text if isinstance(text, str) else text.decode()


def read_cursor(cursor: str) -> Place | None:
    """The place in a cursor; None when we did not make it."""
    try:
        answered_at, id = _serializer().loads(cursor)
    except BadData:
        return None
    return Place(datetime.fromisoformat(answered_at), UUID(hex=id))
