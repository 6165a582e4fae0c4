"""HTTP: a route loads, validates, acts and renders; everything else is decided further in."""

from flask import Flask

from widget.extensions import csrf
from widget.web import console, embed, errors, operations, security, try_it
from widget.web.api import routes as api
from widget.web.console import account
from widget.web.frame import routes as frame


def register(app: Flask) -> None:
    """Add every blueprint, the headers of each route class, and the error pages."""
    security.register(app)
    errors.register(app)
    account.register(app)
    for blueprint in (embed.embed, frame.blueprint, try_it.blueprint, operations.blueprint):
        # These carry a signed token or change nothing; a session's CSRF token cannot reach them.
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    console.register(app)
    api.register(app)
