"""The team's face: everything behind the sign-in, one module for each subject."""

from flask import Flask

from widget.web.console.access import blueprint


def register(app: Flask) -> None:
    """Add the console's routes, module by module."""
    from widget.web.console import (  # noqa: F401 - importing adds the routes
        asking,
        deliveries,
        editor,
        email_page,
        embed_page,
        filters,
        keys,
        languages,
        mail,
        members,
        people,
        preview,
        request_imports,
        requests,
        response_thread,
        responses,
        set_aside,
        setup,
        sites,
        stream,
        surveys,
        versions,
        workspace,
    )

    app.register_blueprint(blueprint)
