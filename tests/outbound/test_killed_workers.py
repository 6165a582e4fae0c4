"""Workers killed in the middle of sending: no mail is lost, and hardly one comes twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from tests.builders import Workspace
from tests.outbound.sink import listening
from widget.extensions import db
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Customer, Delivery, Request
from widget.storage.surveys import survey_of

ROOT = Path(__file__).parent.parent.parent


def queue_up(acme: Workspace, mails: int) -> None:
    """Put that many mails into the queue, due now."""
    at = acme.world.clock()
    survey = acme.survey()
    with acme.world.app.app_context():
        survey_id = survey_of(db.session, acme.id, survey).id
        rows: dict[type, list[dict[str, Any]]] = {Customer: [], Request: [], Delivery: []}
        for number in range(mails):
            customer, request, delivery = new_id(), new_id(), new_id()
            owner = {"workspace_id": acme.id, "created_at": at}
            email = f"customer{number}@shop.example"
            rows[Customer].append(
                {**owner, "id": customer, "email": email, "name": f"C {number}", "updated_at": at}
            )
            rows[Request].append(
                {
                    **owner,
                    "id": request,
                    "customer_id": customer,
                    "survey_id": survey_id,
                    "made_by": "csv",
                    "status": "scheduled",
                    "interaction_at": at,
                    "expires_at": at.replace(year=at.year + 5),
                }
            )
            rows[Delivery].append(
                {
                    **owner,
                    "id": delivery,
                    "request_id": request,
                    "purpose": "request",
                    "recipient": email,
                    "status": "due",
                    "due_at": at.replace(year=2020),
                }
            )
        db.session.rollback()
        with write_connection(db.engine) as connection:
            for model, values in rows.items():
                connection.execute(insert(model), values)
        db.engine.dispose()


def run_and_kill(acme: Workspace, port: int, kills: int) -> int:
    settings = acme.world.settings
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.outbound.dying_workers", str(settings.data)),
            *(str(port), str(kills), "7", settings.database_url),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complained = process.communicate(timeout=300)
    finally:
        # Its forks have its group, and one may be alive when it is not.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, complained
    return int(said)


def check(acme: Workspace, *, kills: int, mails: int) -> None:
    """Every mail arrives, repeated ones under one Message-ID, and less than 1 % are repeated."""
    queue_up(acme, mails)
    with listening() as sink:
        killed = run_and_kill(acme, sink.port, kills)
        arrived = Counter(mail.recipient for mail in sink.mails)
        names = {(mail.recipient, mail.message_id) for mail in sink.mails}
    assert killed >= kills * 0.8
    assert len(arrived) == len(names) == mails
    assert sum(arrived.values()) - mails < max(3, mails / 100)


def test_a_hundred_killed_workers_lose_nothing_and_repeat_less_than_one_in_a_hundred(
    acme: Workspace,
) -> None:
    check(acme, kills=100, mails=1000)


def test_killed_workers_lose_nothing_on_either_database(any_acme: Workspace) -> None:
    check(any_acme, kills=15, mails=200)
