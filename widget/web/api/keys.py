"""Who calls, and what they may: the key in the Authorization header."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, abort, g, request
from flask_smorest import Blueprint

from widget.domain.roles import KeyAbility
from widget.extensions import db
from widget.storage.accounts import LiveKey, live_key
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits

P = ParamSpec("P")
R = TypeVar("R")


def require_key() -> Response | None:
    """Before each API request: find what the key opens, or refuse."""
    scheme, _space, sent = request.headers.get("Authorization", "").partition(" ")
    key = live_key(db.session(), sent.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        response = problem_json(401, "Send a live API key as “Authorization: Bearer KEY”.")
        response.headers["WWW-Authenticate"] = 'Bearer realm="Sayso"'
        return response
    if not rate_limits().allow_api_call(key.workspace_id):
        response = problem_json(429, "More than 600 requests in a minute; please slow down.")
        response.headers["Retry-After"] = "60"
        return response
    g.api_key = key
    return None


def needs(ability: KeyAbility) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse a method of a route to keys without an ability, with a sentence that says so.

    Stands above the other decorators: who may not call is told nothing about what they sent. A
    test walks all routes: each method of the API's declares what it needs, and the description
    tells it.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if ability not in _key().abilities:
                abort(403, f"This API key may not {ability}; make one that may.")
            return method(*args, **kwargs)

        told: Callable[P, R] = Blueprint.doc(security=[{"key": [ability]}])(guarded)
        told.key_ability = ability  # type: ignore[attr-defined]
        return told

    return decorate


def api_workspace() -> int:
    """The id of the calling key's workspace."""
    return _key().workspace_id


def key_name() -> str:
    """What the calling key is called in its workspace."""
    return _key().name


def is_for_tests() -> bool:
    """Whether the calling key is for trying: it makes, sees and changes tests, and nothing else."""
    return _key().is_test


def refuse_tests(what: str) -> None:
    """Refuse a key for tests, to which some things are not there, such as “customers”."""
    if is_for_tests():
        abort(403, f"This API key is for tests, and {what} are real; make one that is not.")


def _key() -> LiveKey:
    key: LiveKey = g.api_key
    return key
