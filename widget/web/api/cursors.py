"""Where a list goes on: opaque, signed text, so that nobody comes to rely on what is in it."""

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from flask import current_app, request
from flask_smorest import abort
from itsdangerous import BadData, URLSafeSerializer

from widget.storage.responses import Place


def _serializer() -> URLSafeSerializer:
    # One list's cursor is none of another's.
    salt = f"sayso.cursor.{request.endpoint}"
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"][::-1], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=salt)


def _signed(value: Any) -> str:
    text = _serializer().dumps(value)
    return text if isinstance(text, str) else text.decode()


def cursor_of(place: Place) -> str:
    """The cursor that goes on after a place."""
    return _signed([place.answered_at.isoformat(), place.id.hex])


def read_cursor(cursor: str) -> Place | None:
    """The place in a cursor; None when we did not make it."""
    try:
        answered_at, id = _serializer().loads(cursor)
    except BadData:
        return None
    return Place(datetime.fromisoformat(answered_at), UUID(hex=id))


def place_in(query: dict[str, Any]) -> Place | None:
    """The place after which a query goes on; None at the beginning. Aborts with a sentence when we
    did not make its cursor."""
    if "cursor" not in query:
        return None
    return read_cursor(query["cursor"]) or _refuse()


def number_cursor(last: int) -> str:
    """The cursor that goes on after the item with a number."""
    return _signed(last)


def number_in(query: dict[str, Any]) -> int | None:
    """The number after which a query goes on; None at the beginning. Aborts as above."""
    if "cursor" not in query:
        return None
    try:
        return int(_serializer().loads(query["cursor"]))
    except BadData:
        return _refuse()


def _refuse() -> NoReturn:
    abort(400, message="This cursor is not one of ours; start again without it.")
    raise AssertionError
