"""The mails of campaigns are found among very many without reading them all."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from tests.builders import Workspace
from widget.extensions import db
from widget.storage.campaigns import campaigns_to_call_off
from widget.storage.wave_mails import take_back_waiting, withdraw_waiting


def plan_of(acme: Workspace, ask: Callable[[], object]) -> str:
    """How SQLite finds the mails that something asks for."""
    made: list[tuple[str, Any]] = []

    def note(_c: object, _cur: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "deliveries" in statement:
            made.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    [(statement, parameters)] = made
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return " / ".join(row[3] for row in rows if "deliveries" in row[3])


def test_mails_of_campaigns_are_looked_up_by_their_status(acme: Workspace) -> None:
    now = acme.world.clock()
    with acme.world.app.app_context():
        session = db.session()
        for ask in (
            lambda: campaigns_to_call_off(session, now),
            lambda: take_back_waiting(session, acme.id, 1, now),
            lambda: withdraw_waiting(session, acme.id, 1, now),
        ):
            plan = plan_of(acme, ask)
            assert "SEARCH deliveries USING" in plan, plan
            assert "ix_deliveries_due (status=?" in plan, plan
