"""Who calls: the workspace of the key in the Authorization header."""

from flask import Response, g, request

from widget.extensions import db
from widget.storage.accounts import is_test_key, workspace_of_key
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits


def require_key() -> Response | None:
    """Before each API request: find the key's workspace, or refuse."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    workspace_id = (
        workspace_of_key(db.session(), key.strip()) if scheme.lower() == "bearer" else None
    )
    if workspace_id is None:
        response = problem_json(401, "Send a live API key as “Authorization: Bearer KEY”.")
        response.headers["WWW-Authenticate"] = 'Bearer realm="Sayso"'
        return response
    if not rate_limits().allow_api_call(workspace_id):
        response = problem_json(429, "More than 600 requests in a minute; please slow down.")
        response.headers["Retry-After"] = "60"
        return response
    g.api_workspace_id = workspace_id
    return None


def api_workspace() -> int:
    """The id of the calling key's workspace."""
    workspace_id: int = g.api_workspace_id
    return workspace_id


def is_for_tests() -> bool:
    """Whether the calling key is for trying: it makes, sees and changes tests, and nothing else."""
    key = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return is_test_key(db.session(), key)
