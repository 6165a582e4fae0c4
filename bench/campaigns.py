"""Campaigns at their size: `python -m bench.campaigns [CUSTOMERS] [POPULATION] [SECONDS]`.

Draws a stratified sample of a million customers, in a process of its own, and tells how long that
takes and how its memory grows. Then launches a campaign to a hundred thousand, kills the worker
while it makes their requests and again while it sends their mails, and stops the campaign at last;
a mail server that takes everything counts who was mailed how often. While requests are made another
writer, as who stores answers is, takes its turn ten times a second.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from bench.mail_sink import MailSink, memory_mb, spent_s, worker
from bench.servers import environment, sayso
from widget import create_app
from widget.actions.change_campaigns import CampaignDraft, save_campaign
from widget.actions.steer_campaign import launch_campaign, stop_campaign
from widget.domain.audiences import traits_named
from widget.domain.campaigns import CampaignPlan
from widget.domain.samples import sized
from widget.extensions import db
from widget.settings import load_settings
from widget.storage.accounts import workspace_ids
from widget.storage.audiences import Frame, count_strata
from widget.storage.engine import prepare_engine, writing
from widget.storage.ids import new_id
from widget.storage.models import Request, Survey, Wave
from widget.storage.wave_draws import draw_bars

_TRAITS = ("segment", "country")
_SEGMENTS = ("Gold",) * 2 + ("Silver",) * 5 + ("Trial",) * 13
_COUNTRIES = ("PT", "DE", "US", "FR", "JP")
_GIVE_UP_S = 600


def add_customers(data: Path, workspace_id: int, number: int) -> None:
    """So many customers of three segments and five countries."""
    at = "2026-01-01 00:00:00.000000"

    def rows() -> Iterator[tuple[object, ...]]:
        for place in range(number):
            segment = _SEGMENTS[place * 7 % len(_SEGMENTS)]
            country = _COUNTRIES[place // 20 % len(_COUNTRIES)]
            email = f"c{place}@customer.example"
            yield workspace_id, new_id().hex, email, f"Customer {place}", segment, country, at, at

    with sqlite3.connect(data / "sayso.db") as connection:
        connection.executemany(
            "INSERT INTO customers (workspace_id, id, email, name, external_id, segment, language,"
            " country, time_zone, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, '', ?, '', ?, '', ?, ?)",
            rows(),
        )
    connection.close()


def prepare(data: Path, customers: int) -> int:
    """A server's data with so many customers; returns the id of its workspace."""
    sayso(data, "demo", "--json")
    app = create_app(load_settings(environment(data)))
    with app.app_context():
        [workspace_id] = workspace_ids(db.session())
        db.engine.dispose()
    add_customers(data, workspace_id, customers)
    return workspace_id


def draw(file: Path, workspace_id: int) -> None:
    """Count the strata and draw a tenth of all; prints seconds and MB. A process of its own."""
    engine = prepare_engine(create_engine(f"sqlite:///{file}"))
    plan = CampaignPlan("sample", "number", traits=_TRAITS)
    with Session(engine) as session:
        frame = Frame(workspace_id, None, None, datetime.now(UTC))
        session.scalar(select(func.count()).select_from(Survey))
        before, started = memory_mb(os.getpid()), time.monotonic()
        spent = time.process_time()
        traits = traits_named(plan.traits)
        population = count_strata(session, frame, traits, 500)
        tenth = CampaignPlan("sample", "number", number=sum(population.values()) // 10)
        asked = sized(tenth, "nps", population)
        draw_bars(session, frame, traits, "seed", asked=asked, population=population)
        took, spent = time.monotonic() - started, time.process_time() - spent
        print(took, spent, memory_mb(os.getpid()) - before)


def measure_draw(data: Path, population: int) -> dict[str, float]:
    """Seconds and MB for half of the customers, and for all of them."""
    found = {}
    workspace_id = prepare(data, population // 2)
    for number in (population // 2, population):
        if number == population:
            more = population - population // 2
            with sqlite3.connect(data / "sayso.db") as connection:
                connection.execute("UPDATE customers SET email = 'x' || email")
            connection.close()
            add_customers(data, workspace_id, more)
        done = subprocess.run(
            [sys.executable, "-m", "bench.campaigns", "draw", str(data / "sayso.db"), "1"],
            env=environment(data),
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, spent, grown = map(float, done.stdout.split())
        found[f"{number:,} drawn from s"] = seconds
        found[f"{number:,} of processor time s"] = spent
        found[f"{number:,} memory grew by MB"] = grown
    return found


def measure_campaign(data: Path, customers: int, seconds: float) -> dict[str, float]:
    """A campaign from its launch to its end."""
    workspace_id = prepare(data, customers)
    app = create_app(load_settings(environment(data)))
    sink, found, waits = MailSink(), dict[str, float](), list[float]()
    sink.start()
    with app.app_context():
        id = _launched(workspace_id)
        started = time.monotonic()
        with worker(data, sink) as process:
            _until(lambda: waits.append(_turn_s()) or _made() >= customers // 2)
            before_kill = spent_s(process.pid)
            process.kill()
        found["requests when the worker was killed"] = _made()
        killed = time.monotonic()
        with worker(data, sink) as process:
            _until(lambda: waits.append(_turn_s()) or _made() >= customers)
            # Without the second between the two workers, and the start of the second.
            found["scheduled s, one killed worker included"] = time.monotonic() - started
            found["of them after the kill s"] = time.monotonic() - killed
            found["of processor time, both workers' s"] = before_kill + spent_s(process.pid)
            found["another writer waited, at the median s"] = median(waits)
            found["another writer waited, at the most s"] = max(waits)
            before = sink.taken.total()
            _until(lambda: sink.taken.total() > before)
            first, before = time.monotonic(), sink.taken.total()
            spent = spent_s(process.pid)
            time.sleep(seconds)
            took, sent = time.monotonic() - first, sink.taken.total() - before
            found["mails/s"] = sent / took
            found["mails/s of processor time"] = sent / (spent_s(process.pid) - spent)
            process.kill()
        with worker(data, sink):
            before = sink.taken.total()
            _until(lambda: sink.taken.total() > before)
            time.sleep(5)
            asked = time.monotonic()
            stop_campaign(db.session(), workspace_id, id, at=datetime.now(UTC))
            found["stop asked, and answered in s"] = time.monotonic() - asked
            time.sleep(5)
            found["last mail after the stop s"] = max(0.0, sink.last_at - asked)
            _until(lambda: _waiting() == 0)
            found["all others called off after s"] = time.monotonic() - asked
        asked_for = _customers_asked()
        found["customers with a request"] = len(asked_for)
        found["customers with two requests"] = sum(n > 1 for n in asked_for.values())
        found["mails taken"] = sink.taken.total()
        found["customers mailed twice"] = sum(n > 1 for n in sink.taken.values())
    sink.stop()
    return found


def _launched(workspace_id: int) -> int:
    session, now = db.session(), datetime.now(UTC)
    survey = session.scalars(
        select(Survey.public_id).where(Survey.workspace_id == workspace_id, Survey.kind == "nps")
    ).one()
    plan = CampaignPlan(traits=_TRAITS, hours_from=0, hours_until=24)
    draft = CampaignDraft("All", survey, None, None, plan)
    id = save_campaign(session, workspace_id, None, draft, user_id=None, at=now)
    launch_campaign(session, workspace_id, id, at=now)
    return id


def _until(is_so) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + _GIVE_UP_S
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"It did not happen within {_GIVE_UP_S} seconds.")
        time.sleep(0.1)


def _made() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.sum(Wave.made))) or 0


def _turn_s() -> float:
    """How long somebody who stores an answer now waits for whoever makes requests."""
    began = time.monotonic()
    with writing(db.session()):
        return time.monotonic() - began


def _waiting() -> int:
    db.session.rollback()
    found = select(func.count()).where(Request.status == "scheduled", Request.due_at.is_not(None))
    return db.session.scalar(found) or 0


def _customers_asked() -> Counter[object]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Request.customer_id)))


def main() -> None:
    if sys.argv[1:2] == ["draw"]:
        draw(Path(sys.argv[2]), int(sys.argv[3]))
        return
    numbers = [int(text) for text in sys.argv[1:]]
    customers, population, seconds = [*numbers, *(100_000, 1_000_000, 60)[len(numbers) :]]
    with tempfile.TemporaryDirectory() as folder:
        found = measure_draw(Path(folder) / "drawn", population)
    with tempfile.TemporaryDirectory() as folder:
        found |= measure_campaign(Path(folder) / "sent", customers, seconds)
    for name, value in found.items():
        print(f"{name:>40}: {value:,.1f}")


if __name__ == "__main__":
    main()
