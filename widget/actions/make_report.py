"""Making a report, and making it anew while it is a draft."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import ReportRefused
from widget.domain.reports.figures import ReportFigures
from widget.domain.reports.plans import TITLE_LIMIT, ReportPlan, default_title
from widget.domain.roles import Scope
from widget.domain.teams import TeamNode, TeamPlace, with_teams_below
from widget.domain.themes.findings import is_outgrown
from widget.storage.dashboards import counted_surveys
from widget.storage.engine import writing
from widget.storage.models import Report
from widget.storage.report_events import note_report
from widget.storage.report_figures import report_figures, score_filter
from widget.storage.report_themes import Counted, report_themes
from widget.storage.reports import (
    NewReport,
    StoredReport,
    add_report,
    find_report,
    locked_report,
    stored,
)
from widget.storage.seats import Seat
from widget.storage.teams import team_tree
from widget.storage.theme_comments import comments_written
from widget.storage.themes import ask_for, latest_for

# A subject names so many teams, and counts the others.
_NAMED_TEAMS = 3


def make_report(session: Session, seat: Seat, plan: ReportPlan, at: datetime) -> UUID:
    """Make a draft; returns its id. Raises ReportRefused for a team that is not theirs to see."""
    new = new_report(session, seat, plan)
    with writing(session):
        said = with_themes(session, seat.workspace_id, new, at)
        id = add_report(session, seat.workspace_id, seat.user_id, said, at)
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        note_report(session, "report.made", row, seat.user_id, at)
        want_themes(session, seat.workspace_id, new, at, by=seat.user_id)
    return id


def change_report(session: Session, seat: Seat, id: UUID, plan: ReportPlan, at: datetime) -> None:
    """Make a draft about something else, or word it anew; its numbers are counted again.

    Raises UnknownReport, and ReportRefused for a team that is not theirs and a finished report.
    """
    new = new_report(session, seat, plan)
    with writing(session):
        row = draft_of(session, seat, id)
        renew(row, with_themes(session, seat.workspace_id, new, at), at)
        note_report(session, "report.changed", row, seat.user_id, at)
        want_themes(session, seat.workspace_id, new, at, by=seat.user_id)


def count_again(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Count a draft's numbers again, of the same people, and have what comments say looked for
    again. Raises UnknownReport and ReportRefused."""
    before = find_report(session, seat.workspace_id, id, seat.scope)
    new = new_report_again(session, seat, before)
    with writing(session):
        row = draft_of(session, seat, id)
        refuse_if_changed(row, before)
        renew(row, with_themes(session, seat.workspace_id, new, at), at)
        want_themes(session, seat.workspace_id, new, at, by=seat.user_id)


def new_report(session: Session, seat: Seat, plan: ReportPlan) -> NewReport:
    """What a report with that plan says now but for themes, read without holding up who writes.

    Raises ReportRefused for a team that is not theirs to see, and for a survey that is not there.
    """
    tree = team_tree(session, seat.workspace_id, seat.scope)
    team = next((one for one in tree if one.id == plan.team), None)
    if plan.team is not None and team is None:
        raise ReportRefused({"team": "This team is not there, or not yours to see."})
    surveys = counted_surveys(session, seat.workspace_id)
    survey_id = next((id for id, one in surveys.items() if one.public_id == plan.survey), None)
    if survey_id is None:
        raise ReportRefused({"survey": "There is no such survey."})
    within = _scope_of(tree, plan, seat.scope)
    subject = _subject(seat, plan, team, tree)
    figures: ReportFigures = report_figures(
        session, Counted(seat.workspace_id, seat.time_zone, within, subject), plan
    )
    title = plan.title or default_title(subject, plan.span)
    return NewReport(survey_id, title[:TITLE_LIMIT], plan, within, figures)


def new_report_again(session: Session, seat: Seat, before: StoredReport) -> NewReport:
    """The same of a report that is there, whoever has it counted: within the scope and about the
    subject that it was made with. It has the themes that it had.

    Raises UnknownSurvey.
    """
    about = Counted(seat.workspace_id, seat.time_zone, before.within, before.figures.subject)
    figures = report_figures(session, about, before.plan)
    figures = replace(figures, themes=before.figures.themes)
    return NewReport(before.survey_id, before.title, before.plan, before.within, figures)


def with_themes(session: Session, workspace_id: int, new: NewReport, at: datetime) -> NewReport:
    """The same with what comments say, where that has been found.

    Inside the transaction that writes it: whoever hides a comment meanwhile forgets what was found.
    """
    wanted = score_filter(new.plan, new.survey_id)
    themes = report_themes(session, workspace_id, new.within, wanted, at)
    return new if themes is None else replace(new, figures=replace(new.figures, themes=themes))


def renew_themes(session: Session, row: Report, at: datetime, *, by: int) -> None:
    """Let a report that is a draft again say what comments say by what is known now, and nothing
    where that is to be found anew: some of those comments may have been hidden or erased since."""
    said = stored(row)
    bare = replace(said.figures, themes=None)
    new = NewReport(said.survey_id, said.title, said.plan, said.within, bare)
    row.figures = with_themes(session, row.workspace_id, new, at).figures.to_json()
    want_themes(session, row.workspace_id, new, at, by=by)


def want_themes(
    session: Session, workspace_id: int, new: NewReport, at: datetime, *, by: int | None = None
) -> None:
    """Have the worker look for what comments say, inside a transaction, where nobody has within
    the hour. `by` is the user who wants it, None where nobody is there; too many of one user's are
    asked for when somebody looks at the report."""
    place = (session, workspace_id, new.within, score_filter(new.plan, new.survey_id), at)
    if latest_for(*place).is_stale(at):
        ask_for(*place, by=by)


def refuse_if_outgrown(
    session: Session, seat: Seat, before: StoredReport, new: NewReport, at: datetime
) -> None:
    """Raises ReportRefused where the report would say that comments are too few, and they were when
    it was looked last but are enough by now; they are looked for again then. Where that has failed,
    the report is finished without waiting for it.
    """
    wanted = score_filter(new.plan, new.survey_id)
    place = (session, seat.workspace_id, before.within, wanted)
    kept = latest_for(*place, at)
    if kept.findings is None or kept.has_failed:
        return
    if not is_outgrown(kept.findings, comments_written(*place)):
        return
    session.rollback()
    with writing(session):
        ask_for(*place, at, by=seat.user_id)
    raise ReportRefused(
        {
            "": "Since it was looked what comments say, so many have come that there is more to "
            "say. It is being looked for again; please finish the report in a minute."
        }
    )


def draft_of(session: Session, seat: Seat, id: UUID) -> Report:
    """A draft to be changed inside a transaction. Raises UnknownReport and ReportRefused."""
    row = locked_report(session, seat.workspace_id, id, seat.scope)
    if row.finished_at is not None:
        raise ReportRefused({"": "This report is finished. Open it again to change it."})
    return row


def refuse_if_changed(row: Report, before: StoredReport) -> None:
    """Raises ReportRefused when somebody changed the report while its numbers were counted."""
    if row.version != before.version:
        raise ReportRefused({"": "Somebody changed this report just now. Look at it again."})


def renew(row: Report, new: NewReport, at: datetime) -> None:
    """Let a draft say what was counted."""
    for name, value in new.columns(at).items():
        setattr(row, name, value)
    row.version += 1


def _scope_of(tree: list[TeamNode], plan: ReportPlan, scope: Scope) -> Scope:
    if plan.team is None:
        return scope
    places = [TeamPlace(team.id, team.parent_id) for team in tree]
    return Scope(teams=with_teams_below(places, [plan.team]))


def _subject(seat: Seat, plan: ReportPlan, team: TeamNode | None, tree: list[TeamNode]) -> str:
    """What the report calls whom it is about: `Acme Ltd · Support`."""
    parts = [part for part in (plan.client, plan.segment) if part]
    if team is not None:
        parts.append(team.full_name)
    elif not seat.scope.everything:
        parts.append(_teams_words(tree) or seat.user_name)
    elif not parts:
        parts.append(seat.workspace_name)
    return " · ".join(parts)


def _teams_words(tree: list[TeamNode]) -> str:
    ids = {team.id for team in tree}
    tops = [team.name for team in tree if team.parent_id not in ids]
    rest = len(tops) - _NAMED_TEAMS
    named = ", ".join(tops[:_NAMED_TEAMS])
    return f"{named} and {rest} more" if rest > 0 else named
