"""Opening a survey: who visits, in which language, about what; and the token that carries it."""

from functools import lru_cache

from flask import current_app, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from widget.domain.context import read_context
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit, VisitSigner
from widget.storage.ids import new_id
from widget.storage.surveys import PublishedSurvey
from widget.web.clock import now
from widget.web.face.speech import choose_language
from widget.web.published import find_member


def signer() -> VisitSigner:
    """The signer with this server's keys."""
    found: VisitSigner = current_app.extensions["sayso_visits"]
    return found


def open_visit(survey: PublishedSurvey, definition: Definition, version_id: int) -> Visit:
    """A new visit from the request's query; makes the id of the response it may write."""
    context = read_context(request.args.items(multi=True))
    member = find_member(survey, context.member)
    return Visit(
        survey=survey.public_id,
        version_id=version_id,
        response_id=new_id(),
        language=requested_language(definition),
        issued_at=now(),
        context=context,
        member_id=member.id if member else None,
        member_name=member.name if member else "",
        source="widget" if request.args.get("origin") else "link",
        is_test=request.args.get("test", "") not in ("", "0", "false"),
    )


def requested_language(definition: Definition) -> str:
    """By `lang` in the address first, then by what the browser prefers."""
    asked = request.args.get("lang", "")[:40]
    accepted = request.headers.get("Accept-Language", "")[:200]
    return _matched(asked, accepted, definition.languages, definition.main_language)


@lru_cache(maxsize=5000)
def _matched(asked: str, accepted: str, worded: tuple[str, ...], main: str) -> str:
    wanted = [asked] if asked else []
    wanted += list(parse_accept_header(accepted, LanguageAccept).values())
    return choose_language(wanted, worded, main)
