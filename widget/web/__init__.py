"""HTTP: a route loads, validates, acts and renders; everything else is decided further in."""

from flask import Flask

from widget.web import (
    amp,
    bounces,
    console,
    embed,
    errors,
    operations,
    replies,
    security,
    try_it,
    unsubscribe,
    unsubscribe_numbers,
)
from widget.web.api import routes as api
from widget.web.frame import routes as frame
from widget.web.landing import routes as landing
from widget.web.share import routes as share


def register(app: Flask) -> None:
    """Add every blueprint, the headers of each route class, and the error pages."""
    security.register(app)
    errors.register(app)
    for blueprint in (
        embed.embed,
        frame.blueprint,
        landing.blueprint,
        share.blueprint,
        try_it.blueprint,
        operations.blueprint,
        amp.blueprint,
        unsubscribe.blueprint,
        unsubscribe_numbers.blueprint,
        bounces.blueprint,
        replies.blueprint,
    ):
        app.register_blueprint(blueprint)
    console.register(app)
    api.register(app)
