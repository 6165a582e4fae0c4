"""The express lane: a survey's first page and first answer, straight from memory, without Flask.

These are by far the most frequent requests, and everything about them is known once one visitor has
been there: the pages but for their slots, and the headers, which are those that Flask sent.
Whatever is not known, stale or refused goes the ordinary way, and is decided there alone.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from flask import Flask
from werkzeug.datastructures import MultiDict

from widget.actions.give_answer import give_answer
from widget.domain.errors import TokenForged, TokenMissing
from widget.domain.share_offers import offer_after
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.surveys import PublishedSurvey
from widget.web import published
from widget.web.face import pages
from widget.web.face.forms import read_submission
from widget.web.frame.answering import comes_from_us, head_of, next_step, stored_answers
from widget.web.frame.opening import bare_key, may_stand_on, visit_values
from widget.web.frame.visits import Opening, named_member, open_visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PREFIX, _ANSWERS = "/w/", "/responses"
_LIMIT = 10_000
# A first answer is a token and a score. Anything long is read by Flask, which knows its limits.
_LARGEST_ANSWER = 16_384

Headers = list[tuple[str, str]]

# A server whose thread must not wait asks with AT_ONCE in the environment, and gets LATER, without
# any answer having been started, for whatever is not in memory.
AT_ONCE = "sayso.at_once"
LATER: list[bytes] = []


class Express:
    """WSGI middleware around the application. Keeps, per survey, the headers Flask sent for it."""

    def __init__(self, app: Flask, wsgi_app: "WSGIApplication") -> None:
        self._next = wsgi_app
        config = app.config
        self._trusted = frozenset(config["TRUSTED_HOSTS"])
        self._own = tuple(filter(None, (config["SAYSO_PUBLIC_URL"], config["SAYSO_TRY_URL"])))
        self._now = config["SAYSO_CLOCK"]
        self._signer = app.extensions["sayso_visits"]
        self._limits = app.extensions["sayso_rate_limits"]
        self._memory = published.Memory(
            config["SQLALCHEMY_DATABASE_URI"], config["SAYSO_SURVEY_AGE_S"]
        )
        with app.app_context():
            self._engine = db.engine
        self._headers: dict[tuple[str, str], tuple[PublishedSurvey, Headers]] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method, public_id = environ["REQUEST_METHOD"], _survey_asked(environ)
        if public_id is None:
            return LATER if AT_ONCE in environ else self._next(environ, start_response)
        survey = self._memory.survey(public_id)
        known = self._headers.get((method, public_id))
        if survey and known and known[0] == survey and self._is_trusted(environ):
            page = (self._first_page if method == "GET" else self._page_after)(survey, environ)
            if page is not None:
                body = page.encode()
                start_response("200 OK", [*known[1], ("Content-Length", str(len(body)))])
                return [body]
        if AT_ONCE in environ:
            return LATER
        return self._next(environ, self._remembering(public_id, environ, start_response))

    def _is_trusted(self, environ: "WSGIEnvironment") -> bool:
        host: str = environ.get("HTTP_HOST", "")
        name, _, port = host.rpartition(":")
        return host in self._trusted or (name in self._trusted and port.isdecimal())

    def _first_page(self, survey: PublishedSurvey, environ: "WSGIEnvironment") -> str | None:
        """A survey opened, or None when something about the request needs the ordinary way."""
        query = _parameters(environ.get("QUERY_STRING", ""))
        opening = Opening(query, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        arguments = opening.arguments
        if not may_stand_on(survey, arguments.get("origin", ""), self._own):
            return None
        given = named_member(opening)
        member = self._memory.member(survey, given) if given else None
        if given and member is None:
            return None
        if survey.version_id is None or survey.is_closed:
            return None
        definition = self._memory.definition(survey.version_id)
        if definition is None:
            return None
        visit = open_visit(
            opening, survey, definition, survey.version_id, member=member, at=self._now()
        )
        key = bare_key(survey, definition, visit)
        page = pages.known_page(key, visit.is_test)
        if page is None:
            return None
        token, theme = self._signer.sign(visit), arguments.get("theme", "")
        person = member.html if member else ""
        return page.fill(visit_values(key, visit, token, theme, person))

    def _page_after(self, survey: PublishedSurvey, environ: "WSGIEnvironment") -> str | None:
        """A first answer stored and what follows it, or None when it must go the ordinary way.

        The ordinary way may then store it again, which changes nothing.
        """
        form = _form(environ)
        visit = self._visit(form, survey)
        if form.get("step") != "score" or visit is None or not self._is_from_us(environ):
            return None
        if survey.is_closed:
            return None
        definition = self._memory.definition(visit.version_id)
        if definition is None:
            return None
        key = bare_key(survey, definition, visit)
        submission = read_submission(form, definition, key.offer)
        if submission.answer is None:
            return None
        step, typed = next_step(definition, submission, None, key.offer)
        if step.name == "thanks" and _is_offered(survey, definition, typed.main_score):
            return None
        filling = pages.known_step(key, step, typed, visit.is_test)
        if filling is None or not self._limits.allow_answer(
            survey.public_id, visit.response_id.hex, environ.get("REMOTE_ADDR")
        ):
            return None
        head = head_of(survey, definition, visit, self._now())
        said = give_answer(self._engine, head, submission.answer, time_zone=survey.time_zone)
        if said is not None:
            return None
        stored_answers.labels(head.kind).inc()
        return filling.fill(visit_values(key, visit, form["token"], ""))

    def _visit(self, form: MultiDict[str, str], survey: PublishedSurvey) -> Visit | None:
        """The visit of a form's token, if it is good, fresh, and nothing about it is to be told."""
        try:
            visit: Visit = self._signer.read(form.get("token", ""))
        except (TokenMissing, TokenForged):
            return None
        is_plain = (
            visit.survey == survey.public_id
            # Who answers by a link from a mail is judged first.
            and not visit.is_mailed
            and not visit.is_expired(self._now())
            and not visit.context.problems
        )
        return visit if is_plain else None

    def _is_from_us(self, environ: "WSGIEnvironment") -> bool:
        return comes_from_us(environ.get("HTTP_ORIGIN"), environ["HTTP_HOST"], self._own)

    def _remembering(
        self, public_id: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Callable[..., Any]:
        def remember(status: str, headers: Headers, *more: Any) -> Any:
            survey = environ.get("sayso.survey")
            if status.startswith("200") and survey is not None:
                if len(self._headers) >= _LIMIT:
                    self._headers.clear()
                kept = [header for header in headers if header[0].lower() != "content-length"]
                self._headers[environ["REQUEST_METHOD"], public_id] = (survey, kept)
            return start_response(status, headers, *more)

        return remember


def _is_offered(survey: PublishedSurvey, definition: Definition, score: int | None) -> bool:
    """Whether something stands below the thanks, which is drawn and counted for each customer."""
    return score is None or bool(offer_after(definition, survey.sharing, score).channels)


def _parameters(query: str) -> tuple[tuple[str, str], ...]:
    """What `parse_qsl` finds, blank values too, without decoding what has nothing to decode."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return tuple([(_decoded(name), _decoded(value)) for name, _, value in pairs])


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def _survey_asked(environ: "WSGIEnvironment") -> str | None:
    """The public id in a request that may take the lane; None for any other."""
    path: str = environ["PATH_INFO"]
    if not path.startswith(_PREFIX):
        return None
    if environ["REQUEST_METHOD"] == "GET":
        return path[len(_PREFIX) :]
    is_htmx = (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("HTTP_HX_REQUEST") == "true"
        and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in environ
    )
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if is_htmx and is_form and path.endswith(_ANSWERS):
        return path[len(_PREFIX) : -len(_ANSWERS)]
    return None


def _form(environ: "WSGIEnvironment") -> MultiDict[str, str]:
    """The posted form, which can then be read once more; empty when it is long or has no length."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > _LARGEST_ANSWER:
        return MultiDict()
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return MultiDict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
