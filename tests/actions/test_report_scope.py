"""Whose reports somebody sees: those of what they see all of, and no others."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.builders import Workspace
from tests.reporting import Desk, day, doing, pdf
from widget.actions.finish_report import remove
from widget.actions.make_report import change_report, count_again
from widget.domain.errors import ReportRefused, UnknownReport
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import (
    Member,
    team_managers,
)
from widget.storage.report_views import comments_to_choose
from widget.storage.reports import reports_page


class Teams:
    """Two teams with a manager each, and an answer of either."""

    def __init__(self, acme: Workspace) -> None:
        self.desk = Desk.of(acme)
        self.support, self.sales = acme.team("Support"), acme.team("Sales")
        self.ana, self.ben = (
            acme.member(name, email=f"{name}@a.example") for name in ("ana", "ben")
        )
        acme.put_in(self.support, self.ana)
        acme.put_in(self.sales, self.ben)
        acme.person("support@acme.example", "manager", leads=(self.support,))
        acme.person("sales@acme.example", "manager", leads=(self.sales,))
        self.of_ana = self.desk.answer(5, 8, member="ana@a.example", comment="Of Ana")
        self.of_ben = self.desk.answer(1, 8, member="ben@a.example", comment="Of Ben")
        self.support_desk = self.desk.as_("support@acme.example")
        self.sales_desk = self.desk.as_("sales@acme.example")


def test_a_manager_reports_on_their_teams_alone(any_acme: Workspace) -> None:
    teams = Teams(any_acme)
    found = teams.support_desk.found(teams.support_desk.make())
    assert (found.figures.answers, found.figures.main.score.value) == (1, 5.0)
    assert found.figures.subject == "Support"
    with pytest.raises(ReportRefused, match="not yours"):
        teams.support_desk.make(team=teams.sales)
    offered = doing(teams.support_desk, comments_to_choose, found)
    assert [one.text for one in offered.comments] == ["Of Ana"]
    with pytest.raises(ReportRefused, match="gone"):
        teams.support_desk.choose(found.id, teams.of_ben)


def test_nobody_sees_a_report_of_more_than_they_see(any_acme: Workspace) -> None:
    teams = Teams(any_acme)
    of_all, of_support = teams.desk.make(), teams.desk.make(team=teams.support)
    assert teams.support_desk.found(of_support).figures.answers == 1
    for desk, hidden in (
        (teams.support_desk, of_all),
        (teams.sales_desk, of_all),
        (teams.sales_desk, of_support),
    ):
        with pytest.raises(UnknownReport):
            desk.found(hidden)
        with pytest.raises(UnknownReport):
            desk.finish(hidden)
        with pytest.raises(UnknownReport):
            doing(desk, remove, hidden, any_acme.world.clock())

    def listed(desk: Desk) -> list[UUID]:
        scope = desk.seat().scope
        with any_acme.world.app.app_context():
            page = reports_page(db.session(), any_acme.id, scope, limit=10)
            return [one.id for one in page.items]

    assert set(listed(teams.desk)) == {of_all, of_support}
    assert listed(teams.support_desk) == [of_support]
    assert listed(teams.sales_desk) == []


@pytest.mark.parametrize("press", ["finish", "count again"])
def test_a_report_stays_about_the_same_people_whoever_counts_it_again(
    any_acme: Workspace, press: str
) -> None:
    teams = Teams(any_acme)
    report = teams.support_desk.make()
    made = teams.support_desk.found(report)
    teams.desk.answer(3, 8, member="ana@a.example")
    if press == "finish":
        teams.desk.finish(report)
    else:
        doing(teams.desk, count_again, report, any_acme.world.clock())
    # The owner sees Ben's answer too; the report is Support's, who still finds it.
    found = teams.support_desk.found(report)
    assert (found.within, found.title) == (made.within, made.title)
    assert (found.figures.answers, found.figures.subject) == (2, "Support")


def test_who_changes_a_report_chooses_whom_it_is_about(acme: Workspace) -> None:
    teams = Teams(acme)
    report = teams.support_desk.make()
    doing(teams.desk, change_report, report, teams.desk.plan(), acme.world.clock())
    assert teams.desk.found(report).figures.answers == 2
    with pytest.raises(UnknownReport):
        teams.support_desk.found(report)


def test_a_manager_who_loses_a_team_loses_its_reports(acme: Workspace) -> None:
    teams = Teams(acme)
    report = teams.support_desk.make()
    teams.support_desk.finish(report)
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(team_managers.delete().where(team_managers.c.team_id == teams.support))
    with pytest.raises(UnknownReport):
        teams.support_desk.found(report)
    # Nor is its PDF made for them.
    assert teams.support_desk.make_pdfs() == 1
    assert pdf(teams.support_desk, report).status == "none"


def test_a_comment_leaves_a_report_with_its_member(acme: Workspace) -> None:
    teams = Teams(acme)
    report = teams.support_desk.make()
    teams.support_desk.choose(report, teams.of_ana)
    acme.put_in(teams.sales, teams.ana)
    view = teams.support_desk.view(report)
    assert (view.comments, view.left_out) == ([], 1)


def test_a_list_goes_on_past_reports_that_are_not_theirs(acme: Workspace) -> None:
    teams, clock = Teams(acme), acme.world.clock
    mine = []
    for _round in range(3):
        mine.append(teams.support_desk.make())
        clock.pass_time(minutes=1)
        teams.desk.make()
        clock.pass_time(minutes=1)
    scope = teams.support_desk.seat().scope
    with acme.world.app.app_context():
        first = reports_page(db.session(), acme.id, scope, limit=2)
        rest = reports_page(db.session(), acme.id, scope, limit=2, older_than=first.older)
    assert [one.id for one in first.items] == [mine[2], mine[1]]
    assert ([one.id for one in rest.items], rest.older) == ([mine[0]], None)


def test_a_scope_includes_what_is_within_it() -> None:
    everything, two, one = (
        Scope(everything=True),
        Scope(teams=frozenset({1, 2})),
        Scope(teams=frozenset({1})),
    )
    assert everything.includes(two)
    assert two.includes(one)
    assert not one.includes(two)
    assert not two.includes(everything)
    assert not one.includes(replace(one, member_id=7))
    assert replace(two, member_id=7).includes(replace(one, member_id=7))
    assert Scope.from_json(replace(two, member_id=7).to_json()) == replace(two, member_id=7)


def test_archived_members_answers_stay_in_their_teams_report(acme: Workspace) -> None:
    teams = Teams(acme)
    with acme.world.app.app_context(), writing(db.session()) as session:
        archived = update(Member).where(Member.id == teams.ana)
        session.execute(archived.values(archived_at=day(10, 1)))
    assert teams.support_desk.found(teams.support_desk.make()).figures.answers == 1
