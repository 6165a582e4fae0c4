"""The signed links that customers get. Built from SAYSO_PUBLIC_URL, never from a request."""

from uuid import UUID

from flask import current_app

from widget.domain.links import LinkSigner, RequestLink


def answer_url(workspace_id: int, request_id: UUID) -> str:
    """Where the customer of a request answers it."""
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    token = LinkSigner(keys, "answer").sign(RequestLink(workspace_id, request_id))
    return f"{current_app.config['SAYSO_PUBLIC_URL']}/s/{token}"
