"""`POST /api/v1/replies/<service>`: mails that customers write back, as mail services post them."""

import logging
from collections.abc import Mapping
from typing import Any, cast, get_args

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.datastructures import FileStorage

from widget.actions.receive_mail import receive_mail
from widget.domain.errors import InboundRefused
from widget.domain.inbound.mime import MESSAGE_LIMIT
from widget.domain.inbound.services import Service, mailgun_envelope, raw_of, read_service
from widget.extensions import db
from widget.web.clock import now
from widget.web.mail_hooks import is_signed, mailbox_of, reporter, too_many, wants_signature
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("replies", __name__)
_log = logging.getLogger(__name__)

# Files that come along are a third larger in JSON.
BODY_LIMIT = 2 * MESSAGE_LIMIT


@blueprint.post("/api/v1/replies/<service>")
def receive(service: str) -> Response:
    """Take a mail that a service posts. What is for no thread here is passed over, not refused: a
    service would go on trying."""
    if service not in get_args(Service):
        abort(404, f"Known are {', '.join(get_args(Service))}.")
    is_form = service in ("mailgun", "sendgrid")
    request.max_content_length = BODY_LIMIT
    request.max_form_memory_size = BODY_LIMIT
    # A signature stands in the form itself; of others nothing is read before who posts is known.
    signed = wants_signature(service) and is_signed(mailgun_envelope(request.form.to_dict()))
    found = reporter(is_signed=signed)
    if isinstance(found, Response):
        return found
    if wants_signature(service) and not signed:
        return problem_json(403, "The signature is not Mailgun’s.")
    if found.workspace_id is None and not rate_limits().allow_inbound_mail():
        return too_many()
    known = cast(Service, service)
    fields = request.form.to_dict() if is_form else _body(known)
    try:
        mail = read_service(known, fields, _files() if is_form else ())
    except InboundRefused as refused:
        _log.warning("A mail that %s posted is left out: %s", service, refused)
        return problem_json(422, str(refused))
    taken = receive_mail(
        db.session(),
        mail,
        raw_of(known, fields),
        mailbox_of(current_app.extensions["sayso_settings"]),
        workspace_id=found.workspace_id,
        at=now(),
    )
    return Response(f'{{"became": "{taken}"}}\n', content_type="application/json")


def _body(service: Service) -> Mapping[str, Any]:
    if service == "raw":
        return {"raw": request.get_data(cache=False)}
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:
        body = None
    return body if isinstance(body, dict) else {}


def _files() -> list[tuple[str, int]]:
    return [(file.filename or "", _size(file)) for file in request.files.values()]


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size
