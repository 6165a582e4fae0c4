"""Drafts of reports that are made by themselves, each month or quarter, for somebody to review."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.make_report import new_report, want_themes, with_themes
from widget.domain.errors import ReportRefused, UnknownReport
from widget.domain.messages import Content
from widget.domain.periods import PeriodName
from widget.domain.reports.plans import ReportPlan, span_words
from widget.domain.schedules import Schedule, next_due, period_before
from widget.storage.engine import writing
from widget.storage.messages import add_message
from widget.storage.report_events import note_report
from widget.storage.report_schedules import (
    DueSchedule,
    StoredSchedule,
    add_schedule,
    due_schedules,
    locked_schedule,
    put_schedule_off,
    schedule_as_due,
)
from widget.storage.reports import (
    NewReport,
    add_report,
    find_report,
    is_of_schedule,
    locked_report,
)
from widget.storage.seats import Seat, acting_seat

_log = logging.getLogger(__name__)

EVERY: tuple[PeriodName, ...] = ("month", "quarter")
_AT_ONCE = 5
_PUT_OFF = timedelta(hours=1)


def schedule_report(
    session: Session, seat: Seat, id: UUID, schedule: Schedule, at: datetime
) -> UUID:
    """Have drafts like a report made from now on; returns the schedule's id.

    One like it that they have already is replaced. Raises UnknownReport, and ReportRefused for what
    comes more often than each month, and when they have as many as there may be.
    """
    report = find_report(session, seat.workspace_id, id, seat.scope)
    return schedule_plan(session, seat, report.plan, schedule, at)


def schedule_plan(
    session: Session, seat: Seat, plan: ReportPlan, schedule: Schedule, at: datetime
) -> UUID:
    """The same of a report that is not there yet. What a plan may be about is looked at whenever it
    is made. Raises ReportRefused."""
    if schedule.every not in EVERY:
        raise ReportRefused({"every": "Choose each month or each quarter."})
    with writing(session):
        return add_schedule(
            session,
            *(seat.workspace_id, seat.user_id, plan, schedule),
            next_due(schedule, at),
            at,
        )


def stop_schedule(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Make no further drafts. Raises UnknownReport for what is somebody else's, unless they may
    manage the workspace."""
    with writing(session):
        row = locked_schedule(session, seat.workspace_id, id)
        if row.user_id != seat.user_id and not seat.may("manage_workspace"):
            raise UnknownReport("There is nothing like this of yours that makes reports.")
        if row.stopped_at is None:
            row.stopped_at, row.stopped_why = at, "Stopped by hand."


@dataclass
class MakeScheduledReports:
    """Makes the drafts that are due, and tells by mail whom they wait for. Of periods that nobody
    was there to report on, the last one alone is made up for. `home` is the server's address."""

    home: str

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Deal with a few schedules; returns how many those were."""
        with Session(engine) as session:
            due = due_schedules(session, now, _AT_ONCE)
            for one in due:
                self._make_or_put_off(session, one, now)
        return len(due)

    def _make_or_put_off(self, session: Session, due: DueSchedule, now: datetime) -> None:
        try:
            session.rollback()
            read = schedule_as_due(session, due)
            if read is not None:
                self._make(session, read, now)
        except Exception:  # noqa: BLE001 - logged
            # One that cannot be made must not hold up the others.
            _log.exception("Schedule %s makes no report; it is tried again in an hour.", due.id)
            with writing(session):
                put_schedule_off(session, due, now + _PUT_OFF)

    def _make(self, session: Session, due: StoredSchedule, now: datetime) -> None:
        period = period_before(due.schedule, now)
        seat = acting_seat(session, due.user_id, due.workspace_id)
        new: NewReport | None = None
        why = "Who asked for it may not make reports any more."
        if seat is not None and seat.may("lead"):
            try:
                new = new_report(session, seat, due.plan.of(period))
            except ReportRefused as error:
                why = str(error)
        with writing(session):
            row = locked_schedule(session, due.workspace_id, due.id)
            if row.stopped_at is not None or row.due_at != due.due_at:
                # Somebody else has dealt with it meanwhile.
                return
            row.due_at = next_due(due.schedule, now)
            if seat is None or new is None:
                row.stopped_at, row.stopped_why = now, why[:200]
                _log.warning("Reports are no longer made by schedule %s: %s", due.id, why)
            elif not is_of_schedule(session, due.workspace_id, due.id, period.first):
                row.last_first_day = period.first
                self._add(session, seat, due, new, now)

    def _add(
        self, session: Session, seat: Seat, due: StoredSchedule, new: NewReport, now: datetime
    ) -> None:
        said = with_themes(session, seat.workspace_id, new, now)
        id = add_report(session, seat.workspace_id, seat.user_id, said, now, due.id)
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        note_report(session, "report.made", row, seat.user_id, now, {"schedule": due.id.hex})
        want_themes(session, seat.workspace_id, new, now)
        content = Content(
            subject=f"A report waits for you: {new.title}",
            text=(
                f"The numbers of {span_words(new.plan.span)} are ready. Choose the comments that "
                "it is to show, and finish it; nothing is sent to anybody before."
            ),
            facts=(
                ("Answers", str(new.figures.answers) if new.figures.answers else "–"),
                ("About", new.figures.subject),
                ("Survey", new.figures.survey),
            ),
            link=f"{self.home}/console/reports/{id}",
            link_words="Review the report",
        )
        add_message(
            session, seat.workspace_id, "mail", due.email, content, purpose="report draft", at=now
        )
