"""The team's face: everything behind the sign-in, one module for each subject."""

from flask import Flask

from widget.web.console.access import blueprint


def register(app: Flask) -> None:
    """Add the console's routes, module by module."""
    from widget.web.console import (  # noqa: F401 - importing adds the routes
        deliveries,
        editor,
        embed_page,
        filters,
        keys,
        mail,
        members,
        preview,
        responses,
        setup,
        sites,
        surveys,
    )

    app.register_blueprint(blueprint)
