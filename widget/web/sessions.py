"""Sessions exist in the console and nowhere else: no customer's page reads or sets a cookie."""

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin

_HOME = "/console"


class _NoSession(dict[str, Any], SessionMixin):
    """Looks empty, forgets everything, and never marks a response as depending on cookies."""

    accessed = False
    modified = False


class ConsoleSessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> Any:
        if request.path.startswith(_HOME):
            return super().open_session(app, request)
        return _NoSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, _NoSession):
            super().save_session(app, session, response)
