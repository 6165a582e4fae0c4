"""Asking ten thousand customers by a file: `python -m bench.mail [ROWS]`.

Uploads and previews the file as the console does, starts it, and lets a worker of its own process
make the requests and send the mails to a mail server that takes everything. Prints how long each
took, the slowest minute of sending, and how the worker's memory grew.
"""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bench.mail_sink import MailSink, memory_mb, worker
from bench.servers import environment, sayso
from widget import create_app
from widget.actions.change_asking import change_asking_rules
from widget.actions.upload_requests import preview_import, start_import, upload_requests
from widget.domain.asking import AskingRules
from widget.extensions import db
from widget.settings import load_settings
from widget.storage.accounts import workspace_ids
from widget.storage.models import Delivery, RequestImport

_GIVE_UP_S = 600


def _file(rows: int) -> bytes:
    lines = ["email,name,channel,ref"]
    lines += [
        f"c{number}@customer.example,Customer {number},email,T-{number}" for number in range(rows)
    ]
    return "\n".join(lines).encode()


def measure(data: Path, rows: int) -> dict[str, float]:
    """Seconds for each stage, mails a second, and the worker's memory in MB at three moments."""
    survey = json.loads(sayso(data, "demo", "--json"))["surveys"]["stars"]
    app = create_app(load_settings(environment(data)))
    sink, found = MailSink(), dict[str, float]()
    sink.start()
    with app.app_context():
        [workspace_id] = workspace_ids(db.session())
        db.session.rollback()
        now = datetime.now(UTC)
        change_asking_rules(
            db.session, workspace_id, survey, AskingRules(), accepts_unsigned=True, at=now
        )
        started = time.monotonic()
        id = upload_requests(
            db.session,
            workspace_id,
            survey,
            file_name="many.csv",
            content=_file(rows),
            user_id=None,
            at=now,
        )
        preview_import(db.session, workspace_id, id, now=now)
        found["preview s"] = time.monotonic() - started
        db.session.rollback()
        start_import(db.session, workspace_id, id)
        with worker(data, sink) as process:
            _watch(found, process.pid, rows, time.monotonic())
    sink.stop()
    found["mails taken"] = sink.taken.total()
    return found


def _watch(found: dict[str, float], pid: int, rows: int, started: float) -> None:
    """Until every mail is sent: the moments when something was finished."""
    while time.monotonic() < started + _GIVE_UP_S:
        time.sleep(0.25)
        db.session.rollback()
        done = db.session.scalar(select(RequestImport.done)) or 0
        sent = db.session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.status == "sent")
        )
        if sent and "first mail s" not in found:
            found["first mail s"] = time.monotonic() - started
            found["memory at first MB"] = memory_mb(pid)
        if done == rows and "made s" not in found:
            found["made s"] = time.monotonic() - started
        if sent and sent >= rows / 2 and "memory half way MB" not in found:
            found["memory half way MB"] = memory_mb(pid)
        if sent == rows:
            found["sent s"] = time.monotonic() - started
            found["memory at end MB"] = memory_mb(pid)
            found["mails/s"] = rows / found["sent s"]
            return
    raise RuntimeError(f"Only {sent} of {rows} mails were sent in {_GIVE_UP_S} seconds.")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure(Path(folder) / "sayso", rows).items():
            print(f"{name:>20}: {value:,.1f}")


if __name__ == "__main__":
    main()
