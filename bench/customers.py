"""`python -m bench.customers`: the directory of very many customers, and importing a large file.

Makes customers and requests, asks for the directory by each sort of filter, imports files of both
sorts, and erases somebody, all in process. Peak memory is this process's own, so the steps of an
import are told by how much it grew.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_security import hash_password
from openpyxl import Workbook
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from bench.console import EMAIL, PASSWORD
from widget import create_app
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.actions.erase_customer import erase_customer
from widget.actions.import_customers import map_customers, start_customers, upload_customers
from widget.actions.purge_erased import purge_erased
from widget.actions.run_customer_imports import run_customer_imports
from widget.domain.rows_seen import Seen
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import migrate
from widget.storage.customer_imports import customer_import
from widget.storage.customer_list import CustomerFilter, customer_count, customers_page
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Customer, Request
from widget.storage.surveys import survey_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHUNK = 20_000
FILTERS: tuple[tuple[str, CustomerFilter], ...] = (
    ("everybody", CustomerFilter()),
    ("one client", CustomerFilter(client="Client 7")),
    ("client and language", CustomerFilter(client="Client 7", language="de")),
    ("a name", CustomerFilter(search="person 4711")),
    ("a common word", CustomerFilter(search="person")),
    ("an address", CustomerFilter(email="p4711@customer.example")),
    ("a segment", CustomerFilter(segment="Trial")),
    ("an attribute nobody has", CustomerFilter(attribute=("Plan", "Gold"))),
    ("asked", CustomerFilter(asked=True)),
    ("never asked", CustomerFilter(asked=False)),
    ("answered", CustomerFilter(answered=True)),
    ("asked, never answered", CustomerFilter(asked=True, answered=False)),
    ("unsubscribed (10,000 looked at)", CustomerFilter(unsubscribed=True)),
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.customers", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app(load_settings({"SAYSO_DATA": folder, "SAYSO_RATE_LIMIT": "off"}))
        with app.app_context():
            workspace_id, survey_id = make_workspace()
            make_customers(db.engine, workspace_id, survey_id, options.customers)
            measure_lists(workspace_id, options.customers)
            for form in ("csv", "xlsx"):
                measure_import(db.engine, workspace_id, form, options.rows)
            measure_erasing(db.engine, workspace_id, data)
    return 0


def make_workspace() -> tuple[int, int]:
    """A workspace and a survey of its."""
    migrate.upgrade(db.engine)
    digest = hash_password(PASSWORD)
    id = create_workspace(db.session(), name="Bench", email=EMAIL, password_hash=digest, at=NOW)
    survey = create_survey(db.session(), id, name="NPS", kind="nps", user_id=None, at=NOW)
    found = survey_of(db.session(), id, survey).id
    db.session.remove()
    return id, found


def make_customers(engine: Engine, workspace_id: int, survey_id: int, number: int) -> None:
    """Every second one was asked, and every tenth of those answered."""
    for first in range(0, number, CHUNK):
        customers = list(_customers(workspace_id, first, min(first + CHUNK, number)))
        requests = [
            _request(workspace_id, survey_id, row["id"], index)
            for index, row in enumerate(customers)
            if index % 2 == 0
        ]
        with write_connection(engine) as connection:
            connection.execute(insert(Customer.__table__), customers)  # type: ignore[arg-type]
            connection.execute(insert(Request.__table__), requests)  # type: ignore[arg-type]


def _customers(workspace_id: int, first: int, end: int) -> Iterator[dict[str, Any]]:
    for index in range(first, end):
        yield {
            "workspace_id": workspace_id,
            "id": new_id(),
            "email": f"p{index}@customer.example",
            "name": f"Person {index}",
            "external_id": f"C-{index}",
            "client": f"Client {index % 5_000}",
            "segment": ("Trial", "Enterprise", "Partner")[index % 3],
            "language": ("en", "de", "fr", "pt")[index % 4],
            "country": "",
            "time_zone": "",
            "attributes": {"plan": "S"},
            "created_at": NOW,
            "updated_at": NOW,
        }


def _request(workspace_id: int, survey_id: int, customer: object, index: int) -> dict[str, Any]:
    is_answered = index % 20 == 0
    return {
        "workspace_id": workspace_id,
        "id": new_id(),
        "survey_id": survey_id,
        "customer_id": customer,
        "member_given": "",
        "channel": "email",
        "ref": f"T-{index}",
        "external_url": "",
        "tags": [],
        "brand": "",
        "language": "",
        "country": "",
        "do_not_send": False,
        "is_test": False,
        "made_by": "api",
        "body_sha256": "",
        "status": "answered" if is_answered else "sent",
        "why": "",
        "why_text": "",
        "interaction_at": NOW,
        "reminders_sent": 0,
        "expires_at": NOW + timedelta(days=30),
        "created_at": NOW,
        "sent_at": NOW,
        "answered_at": NOW if is_answered else None,
    }


def measure_lists(workspace_id: int, number: int) -> None:
    sys.stdout.write(
        f"Directory of {number:,} customers, a page of 100 and their count, median of 5\n"
    )
    for name, wanted in FILTERS:
        took = [
            sorted(
                _timed(lambda asks=asks, wanted=wanted: asks(workspace_id, wanted))
                for _ in range(5)
            )[2]
            for asks in (_page, _count)
        ]
        sys.stdout.write(f"  {name:35}{took[0] * 1000:9.1f} ms{took[1] * 1000:9.1f} ms\n")


def _count(workspace_id: int, wanted: CustomerFilter) -> None:
    with Session(db.engine) as session:
        customer_count(session, workspace_id, wanted)


def _page(workspace_id: int, wanted: CustomerFilter) -> None:
    with Session(db.engine) as session:
        customers_page(session, workspace_id, wanted, limit=100)


def measure_import(engine: Engine, workspace_id: int, form: str, rows: int) -> None:
    content = _file(form, rows)
    sys.stdout.write(f"Import of {rows:,} rows as {form} ({len(content) / 1e6:.1f} MB)\n")
    with Session(engine) as session:
        said = {"file_name": form, "content": content, "user_id": None, "at": NOW}
        id = upload_customers(session, workspace_id, **said)
    _step("read", engine)
    with Session(engine) as session:
        found = customer_import(session, workspace_id, id)
        map_customers(session, workspace_id, id, found.mapping)
    _step("check", engine)
    with Session(engine) as session:
        start_customers(session, workspace_id, id)
    _step("import", engine)
    with Session(engine) as session:
        counts = customer_import(session, workspace_id, id).counts
        sys.stdout.write(f"  {dict(counts)}\n")


def _step(name: str, engine: Engine) -> None:
    before, seen = _memory_mb(), Seen()

    def work() -> None:
        while run_customer_imports(engine, NOW, seen=seen):
            pass

    took = _timed(work)
    sys.stdout.write(f"  {name:10}{took:8.1f} s   peak memory +{_memory_mb() - before:.0f} MB\n")


def _file(form: str, rows: int) -> bytes:
    lines = [
        (
            f"{form}{index}@import.example",
            f"Person {index}",
            f"{form}-{index}",
            "Globex",
            "de",
            "Gold",
        )
        for index in range(rows)
    ]
    headers = ("email", "name", "external id", "client", "language", "plan")
    if form == "csv":
        return "\n".join(",".join(line) for line in [headers, *lines]).encode()
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for line in [headers, *lines]:
        sheet.append(line)
    book.save(out)
    return out.getvalue()


def measure_erasing(engine: Engine, workspace_id: int, data: Path) -> None:
    with Session(engine) as session:
        [found] = customers_page(session, workspace_id, CustomerFilter(asked=True), limit=1).items
        asked = {"data": data, "asked_by": "api", "user_id": None, "at": NOW}
        took = _timed(lambda: erase_customer(session, workspace_id, found.row.id, **asked))
    sys.stdout.write(f"Erasing one {took * 1000:.0f} ms")
    took = _timed(lambda: purge_erased(engine, NOW + timedelta(hours=1)))
    size = (data / "sayso.db").stat().st_size
    sys.stdout.write(f"; purging a database of {size / 1e9:.2f} GB {took:.1f} s\n")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
