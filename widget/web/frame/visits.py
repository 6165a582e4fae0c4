"""Opening a survey: who visits, in which language, about what; and the token that carries it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from flask import current_app, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from widget.domain.context import FIELD_LIMIT, is_unexpanded, read_context
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit, VisitSigner
from widget.storage.ids import new_id
from widget.storage.members import KnownMember
from widget.storage.surveys import PublishedSurvey
from widget.web.face.speech import choose_language


def signer() -> VisitSigner:
    """The signer with this server's keys."""
    found: VisitSigner = current_app.extensions["sayso_visits"]
    return found


@dataclass(frozen=True)
class Opening:
    """What a request to open a survey says: its query in order, and the languages it accepts."""

    query: tuple[tuple[str, str], ...]
    accept_language: str

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The first value of each name."""
        return dict(reversed(self.query))

    def language(self, definition: Definition) -> str:
        """By `lang` in the address first, then by what the browser prefers."""
        asked = self.arguments.get("lang", "")[:40]
        accepted = self.accept_language[:200]
        return _matched(asked, accepted, definition.languages, definition.main_language)


def requested_opening() -> Opening:
    """The opening that Flask's current request asks for."""
    return Opening(
        tuple(request.args.items(multi=True)), request.headers.get("Accept-Language", "")
    )


def opening_of(visit: Visit | None) -> Opening | None:
    """The request that would open a visit like this one; None for none."""
    if visit is None:
        return None
    context = visit.context
    query = {
        "lang": visit.language,
        "test": "1" if visit.is_test else "",
        "origin": "" if visit.source == "link" else current_app.config["SAYSO_PUBLIC_URL"],
        "member": context.member,
        "ref": context.ref,
        "channel": context.channel,
        "email": context.customer_email,
        "name": context.customer_name,
        "customer": context.customer_id,
        "page": context.page,
        **context.attributes,
    }
    return Opening(tuple((name, _as_in_an_address(value)) for name, value in query.items()), "")


def _as_in_an_address(value: object) -> str:
    # Half of a surrogate pair can be in JSON, and in no address.
    return str(value).encode(errors="replace").decode()


def open_visit(
    opening: Opening,
    survey: PublishedSurvey,
    definition: Definition,
    version_id: int,
    *,
    member: KnownMember | None,
    at: datetime,
) -> Visit:
    """A new visit; makes the id of the response it may write."""
    arguments = opening.arguments
    return Visit(
        survey=survey.public_id,
        version_id=version_id,
        response_id=new_id(),
        language=opening.language(definition),
        issued_at=at,
        context=read_context(opening.query),
        member_id=member.id if member else None,
        member_name=member.name if member else "",
        source="widget" if arguments.get("origin") else "link",
        is_test=arguments.get("test", "") not in ("", "0", "false"),
    )


def named_member(opening: Opening) -> str:
    """How the page names the member; "" when it does not, or left a placeholder there."""
    given = opening.arguments.get("member", "").replace("\x00", "").strip()
    return "" if is_unexpanded(given) else given[:FIELD_LIMIT]


@lru_cache(maxsize=5000)
def _matched(asked: str, accepted: str, worded: tuple[str, ...], main: str) -> str:
    wanted = [asked] if asked else []
    wanted += list(parse_accept_header(accepted, LanguageAccept).values())
    return choose_language(wanted, worded, main)
