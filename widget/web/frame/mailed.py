"""Whether a page behind a mail's link may still answer, which is asked anew with every answer."""

from dataclasses import dataclass

from flask import Response

from widget.domain.errors import UnknownSurvey
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.landing import request_expiry
from widget.storage.surveys import PublishedSurvey
from widget.web.clock import now
from widget.web.face.messages import message_page


@dataclass(frozen=True)
class Refusal:
    """Why nothing is asked, in built-in texts."""

    title: str
    text: str
    status: int

    def page(self, language: str | None = None) -> Response:
        """The page that says so; in the visitor's language when none is given."""
        return message_page(self.title, self.text, self.status, language=language)


OVER = Refusal(
    "The time for answering is over",
    "This request can no longer be answered. Thank you all the same.",
    410,
)
SIGNED_ONLY = Refusal(
    "This survey is not available",
    "This survey takes answers only through the links in its own mails.",
    403,
)


def refusal_of(survey: PublishedSurvey, visit: Visit) -> Refusal | None:
    """Why a visit may no longer answer; None when it may.

    An answer to a request counts when its page was opened before the request expired, and is sent
    before that page has expired itself. Raises UnknownSurvey when the request is gone.
    """
    if visit.source == "unsigned":
        return None if survey.accepts_unsigned else SIGNED_ONLY
    if visit.source != "email":
        return None
    expires_at = request_expiry(db.session(), survey.workspace_id, visit.response_id)
    if expires_at is None:
        raise UnknownSurvey("The request of this link is gone.")
    is_renewed_too_late = visit.is_expired(now()) and expires_at <= now()
    return OVER if expires_at <= visit.issued_at or is_renewed_too_late else None
