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
        invitations,
        keys,
        languages,
        mail,
        members,
        own_account,
        passwords,
        people,
        preview,
        request_imports,
        requests,
        responses,
        set_aside,
        setup,
        sites,
        surveys,
        versions,
        workspace,
    )

    app.register_blueprint(blueprint)
