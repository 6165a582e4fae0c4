"""`POST /api/v1/replies/<service>`: mails that customers write back, as mail services post them."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast, get_args

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import Counter
from werkzeug.exceptions import RequestEntityTooLarge

from widget.actions.receive_mail import receive_mail
from widget.domain.errors import InboundRefused
from widget.domain.inbound.mime import MESSAGE_LIMIT
from widget.domain.inbound.services import (
    SIGNED_FIELDS,
    Files,
    Service,
    mailgun_envelope,
    raw_of,
    read_service,
    texts_of_form,
)
from widget.extensions import db
from widget.web.clock import now
from widget.web.mail_forms import read_form
from widget.web.mail_hooks import (
    Reporter,
    is_signed,
    mailbox_of,
    reporter,
    too_many,
    wants_signature,
)
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("replies", __name__)
_log = logging.getLogger(__name__)
inbound_mails = Counter(
    "sayso_inbound_mails", "Mails that services posted, by what became of them", ["became"]
)

# Files that come along are a third larger in JSON.
BODY_LIMIT = 2 * MESSAGE_LIMIT
_IN_MEMORY = 1024 * 1024
# A time, a token and a digest.
_SIGNATURE_LIMIT = 1_000

# At which status a service gives a mail up, where it is not any that says whose fault it was: at
# others Postmark posts it again for ten hours and Mailgun for eight. SendGrid gives it up at all
# but 5xx, at "too many" as well.
# https://postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark
# https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http
# https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/inbound-email
_FOR_GOOD: Mapping[Service, int] = {"postmark": 403, "mailgun": 406}
_LATER: Mapping[Service, int] = {"sendgrid": 503}


@blueprint.post("/api/v1/replies/<service>")
def receive(service: str) -> Response:
    """Take a mail that a service posts. What is for no thread here is passed over, not refused: a
    service would go on trying."""
    if service not in get_args(Service):
        abort(404, f"Known are {', '.join(get_args(Service))}.")
    known = cast(Service, service)
    request.max_content_length = BODY_LIMIT
    try:
        answer = _receive_signed(known) if wants_signature(known) else _receive(known)
    except InboundRefused as refused:
        return _leave_out(known, "unreadable", 422, str(refused))
    except RequestEntityTooLarge:
        largest = f"A post may have {BODY_LIMIT // 1024 // 1024} MB."
        return _leave_out(known, "too_large", 413, largest)
    if answer.status_code == 429:
        answer.status_code = _LATER.get(known, 429)
    return answer


def _leave_out(service: Service, became: str, status: int, why: str) -> Response:
    """Tell a service that a mail will never be taken, so that it does not try again."""
    inbound_mails.labels(became).inc()
    _log.warning("A mail that %s posted is left out: %s", service, why)
    return problem_json(_FOR_GOOD.get(service, status), why)


def _receive(service: Service) -> Response:
    found = reporter()
    return found if isinstance(found, Response) else _take(service, request.stream, found)


def _receive_signed(service: Service) -> Response:
    with _kept_aside(request.stream) as body:
        signed = _has_good_signature(body)
        found = reporter(is_signed=signed)
        if isinstance(found, Response):
            return found
        if not signed:
            return problem_json(403, "The signature is not Mailgun’s.")
        return _take(service, body, found)


@contextmanager
def _kept_aside(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A body that can be read twice, in a file where it is long."""
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        copyfileobj(stream, file)
        file.seek(0)
        yield cast(IO[bytes], file)


def _has_good_signature(body: IO[bytes]) -> bool:
    """Whether Mailgun signed a form. Its signature stands somewhere in it: of what a stranger posts
    nothing else is kept."""
    try:
        form = read_form(body, _kind(), limit=_SIGNATURE_LIMIT, wanted=SIGNED_FIELDS)
    except InboundRefused:
        return False
    finally:
        body.seek(0)
    return is_signed(mailgun_envelope(texts_of_form("mailgun", form.fields)))


def _take(service: Service, body: IO[bytes], by: Reporter) -> Response:
    if by.workspace_id is None and not rate_limits().allow_inbound_mail():
        return too_many()
    fields, files = _posted(service, body)
    mail = read_service(service, fields, files)
    taken = receive_mail(
        db.session(),
        mail,
        raw_of(service, fields),
        mailbox_of(current_app.extensions["sayso_settings"]),
        workspace_id=by.workspace_id,
        at=now(),
    )
    inbound_mails.labels(taken).inc()
    return Response(f'{{"became": "{taken}"}}\n', content_type="application/json")


def _posted(service: Service, body: IO[bytes]) -> tuple[Mapping[str, Any], Files]:
    if service in ("mailgun", "sendgrid"):
        form = read_form(body, _kind(), limit=BODY_LIMIT)
        return texts_of_form(service, form.fields), form.files
    if service == "raw":
        return {"raw": body.read()}, ()
    try:
        fields = request.get_json(force=True, silent=True)
    except RecursionError:
        fields = None
    return (fields if isinstance(fields, dict) else {}), ()


def _kind() -> str:
    return request.headers.get("Content-Type", "")
