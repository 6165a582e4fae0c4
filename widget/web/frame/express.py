"""The express lane: a survey's first page, straight from memory, without Flask.

Opening a survey is by far the most frequent request, and everything about it is known once one
visitor has been there: the page but for its slots, and the headers, which are those that Flask
sent. Whatever is not known, stale or refused goes the ordinary way.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask

from widget.storage.surveys import PublishedSurvey
from widget.web import published
from widget.web.face import pages
from widget.web.frame.opening import bare_key, may_stand_on, visit_values
from widget.web.frame.visits import Opening, named_member, open_visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PREFIX = "/w/"
_LIMIT = 10_000

Headers = list[tuple[str, str]]


class Express:
    """WSGI middleware around the application. Keeps, per survey, the headers Flask sent for it."""

    def __init__(self, app: Flask, wsgi_app: "WSGIApplication") -> None:
        self._next = wsgi_app
        config = app.config
        self._trusted = frozenset(config["TRUSTED_HOSTS"])
        self._own = tuple(filter(None, (config["SAYSO_PUBLIC_URL"], config["SAYSO_TRY_URL"])))
        self._now = config["SAYSO_CLOCK"]
        self._signer = app.extensions["sayso_visits"]
        self._memory = published.Memory(
            config["SQLALCHEMY_DATABASE_URI"], config["SAYSO_SURVEY_AGE_S"]
        )
        self._headers: dict[str, tuple[PublishedSurvey, Headers]] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_PREFIX):
            return self._next(environ, start_response)
        public_id = path[len(_PREFIX) :]
        survey = self._memory.survey(public_id)
        known = self._headers.get(public_id)
        if survey and known and known[0] is survey:
            page = self._page(survey, environ)
            if page is not None:
                body = page.encode()
                start_response("200 OK", [*known[1], ("Content-Length", str(len(body)))])
                return [body]
        return self._next(environ, self._remembering(public_id, start_response))

    def _page(self, survey: PublishedSurvey, environ: "WSGIEnvironment") -> str | None:
        """The page, or None when something about the request needs the ordinary way."""
        if environ.get("HTTP_HOST", "").rpartition(":")[0] not in self._trusted and (
            environ.get("HTTP_HOST") not in self._trusted
        ):
            return None
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        opening = Opening(tuple(query), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        arguments = opening.arguments
        if not may_stand_on(survey, arguments.get("origin", ""), self._own):
            return None
        given = named_member(opening)
        member = self._memory.member(survey, given) if given else None
        if given and member is None:
            return None
        definition = self._memory.definition(survey)
        if definition is None or survey.version_id is None:
            return None
        visit = open_visit(
            opening, survey, definition, survey.version_id, member=member, at=self._now()
        )
        key = bare_key(survey, visit)
        page = pages.known_page(key, visit.is_test)
        if page is None:
            return None
        token, theme = self._signer.sign(visit), arguments.get("theme", "")
        return page.fill(visit_values(key, visit, token, theme))

    def _remembering(self, public_id: str, start_response: "StartResponse") -> Callable[..., Any]:
        def remember(status: str, headers: Headers, *more: Any) -> Any:
            survey = self._memory.survey(public_id)
            if status.startswith("200") and survey is not None:
                if len(self._headers) >= _LIMIT:
                    self._headers.clear()
                kept = [header for header in headers if header[0].lower() != "content-length"]
                self._headers[public_id] = (survey, kept)
            return start_response(status, headers, *more)

        return remember
