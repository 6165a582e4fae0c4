"""Reports: counted, kept as they were, with the comments that somebody ticked and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.builders import Workspace, answer_survey
from tests.campaigning import add_customer, answer, launched, requests_of
from tests.following import raise_alerts, set_alerts
from tests.replying import reply
from tests.reporting import Desk, day, doing, events
from widget.actions import make_report
from widget.actions.find_themes import FindThemes
from widget.actions.finish_report import choose_comments, open_again
from widget.actions.hide_response import set_hidden
from widget.actions.make_report import change_report, count_again, refuse_if_changed
from widget.actions.work_on_follow_up import resolve
from widget.domain.errors import ReportRefused
from widget.domain.reports.comments import MOST_COMMENTS
from widget.domain.scores.spans import Span
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.follow_ups import follow_ups_of
from widget.storage.models import (
    Campaign,
    Report,
    Response,
    ThemeFinding,
)
from widget.storage.models import Workspace as WorkspaceRow
from widget.storage.report_views import comments_to_choose
from widget.storage.strata import replace_strata
from widget.storage.themes import MOST_WAITING


def test_a_report_counts_its_quarter_against_the_one_before(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    for score, month in ((5, 7), (5, 8), (4, 9), (2, 9), (1, 5), (3, 4), (5, 10), (5, 3)):
        desk.answer(score, month)
    figures = desk.found(desk.make()).figures
    assert (figures.answers, figures.answers_before) == (4, 2)
    assert figures.main.score.value == 4.0
    assert figures.baseline.value == 2.0
    assert figures.main.change.difference == 2.0
    # So few answers allow no verdict.
    assert figures.main.change.verdict is None
    assert [(bar.score, bar.count, bar.before) for bar in figures.bars] == [
        (5, 2, 0),
        (4, 1, 0),
        (3, 0, 1),
        (2, 1, 0),
        (1, 0, 1),
    ]
    assert sum(point.score.n for point in figures.trend) == 4
    assert figures.subject == "Acme"


def test_a_report_is_laid_beside_the_marked_baseline_and_all_customers(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    desk = Desk.of(acme, "nps")
    for number, client in enumerate(("Globex", "Globex", "Initech")):
        add_customer(acme, f"c{number}@c.example", client=client)
    wave = launched(acme, desk.survey, name="Spring")
    for request, score in zip(requests_of(acme, wave), (9, 10, 0), strict=True):
        known = {"attributes": request.properties or {}, "at": acme.world.clock()}
        answer(acme, desk.survey, request.id, score, **known)
    with acme.world.app.app_context(), writing(db.session) as session:
        replace_strata(session, acme.id, {"client": {"Globex": 10, "Initech": 90}})
        session.get_one(Campaign, wave).is_baseline = True
    later = {"at": datetime(2027, 2, 3, 12, tzinfo=UTC)}
    for client, score in (("Globex", 10), ("Globex", 9), ("Initech", 3)):
        desk.answer(score, 2, attributes={"client": client}, **later)
    q1 = Span(date(2027, 1, 1), date(2027, 3, 31))
    everybody = desk.found(desk.make(span=q1)).figures
    assert everybody.against is not None
    assert (everybody.against.name, everybody.against.score.n) == ("Spring", 3)
    assert everybody.against.own is None
    assert everybody.against.difference.difference == 0.0
    [weighted] = everybody.weighted
    # A tenth are promoters, nine tenths detractors.
    assert (weighted.attribute, weighted.score.value, weighted.customers) == ("client", -80.0, 100)
    globex = desk.found(desk.make(span=q1, client="Globex")).figures
    assert globex.against is not None
    assert globex.against.score.n == 3
    assert globex.against.own is not None
    assert (globex.against.own.value, globex.against.own.n) == (100.0, 2)
    assert globex.weighted == ()
    assert desk.found(desk.make()).figures.against is None


def _baseline(acme: Workspace, survey: str, at: datetime, scores: list[int]) -> None:
    """A marked campaign that began at a moment, and what its customers answered then."""
    for number in range(len(scores)):
        add_customer(acme, f"c{number}@c.example", client="Globex")
    acme.world.clock.moment = at
    wave = launched(acme, survey, name="Spring")
    for request, score in zip(requests_of(acme, wave), scores, strict=True):
        answer(acme, survey, request.id, score, at=at, attributes=request.properties or {})
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(Campaign, wave).is_baseline = True


def test_a_baseline_whose_survey_calls_other_answers_satisfied_is_counted_alike(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    strict, desk = acme.survey("csat"), Desk.of(acme, "csat")
    acme.change(strict, positive_from=5)
    _baseline(acme, strict, datetime(2026, 12, 3, 12, tzinfo=UTC), [4] * 12)
    for _number in range(12):
        later = {"at": datetime(2027, 2, 3, 12, tzinfo=UTC), "attributes": {"client": "Globex"}}
        desk.answer(4, 2, **later)
    q1 = Span(date(2027, 1, 1), date(2027, 3, 31))
    against = desk.found(desk.make(span=q1, client="Globex")).figures.against
    assert against is not None
    assert (against.score.value, against.difference.difference) == (100.0, 0.0)
    assert against.difference.verdict != "higher"
    assert against.own is not None
    assert against.own_difference is not None
    assert (against.own.value, against.own_difference.difference) == (100.0, 0.0)
    assert against.is_recounted
    alike = Desk(acme, strict).found(Desk(acme, strict).make(span=q1)).figures.against
    assert alike is not None
    assert (alike.score.value, alike.is_recounted) == (0.0, False)


def test_a_baseline_began_on_the_day_that_it_was_in_the_zone_of_the_workspace(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    desk = Desk.of(acme, "nps")
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(WorkspaceRow, acme.id).time_zone = "Asia/Tokyo"
    # In Tokyo the new year has begun.
    _baseline(acme, desk.survey, datetime(2026, 12, 31, 16, tzinfo=UTC), [9, 10])
    q1, february = (
        Span(date(2027, 1, 1), date(2027, 3, 31)),
        Span(date(2027, 2, 1), date(2027, 2, 28)),
    )
    assert desk.found(desk.make(span=q1)).figures.against is None
    against = desk.found(desk.make(span=february)).figures.against
    assert against is not None
    assert against.began_on == date(2027, 1, 1)


def test_areas_are_counted_among_those_who_were_asked(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    desk.answer(5, 7, reasons=("friendly", "fast"))
    desk.answer(4, 8, reasons=("friendly",))
    desk.answer(5, 8, reasons=())
    desk.answer(5, 8)
    desk.answer(5, 5, reasons=("fast",))
    reasons = desk.found(desk.make()).figures.reasons
    found = {
        one.name: (one.ticked, one.asked, one.ticked_before, one.asked_before) for one in reasons
    }
    scores = {one.name: one.score and (one.score.value, one.score.n) for one in reasons}
    assert scores == {"Friendly": (4.5, 2), "Fast": (5.0, 1)}
    # Everybody with such a score was offered them; whoever ticked none was, too.
    assert found == {"Friendly": (2, 4, 0, 1), "Fast": (1, 4, 1, 1)}


def say(desk: Desk) -> list[UUID]:
    """Comments of two sides; returns those that praise."""
    praise = []
    for number in range(12):
        praise.append(desk.answer(5, 8, comment=f"A quick reply, thank you {number}"))
        desk.answer(1, 8, comment=f"We had to wait for days {number}")
    return praise


def find_themes(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return FindThemes(lambda: False)(db.engine, acme.world.clock())


def hide(desk: Desk, id: UUID) -> None:
    acme = desk.acme
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, id, hidden=True, at=acme.world.clock())


def test_what_comments_say_is_looked_for_and_stays_with_the_report(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    say(desk)
    report = desk.make()
    assert desk.found(report).figures.themes is None
    assert find_themes(any_acme) == 1
    doing(desk, count_again, report, any_acme.world.clock())
    themes = desk.found(report).figures.themes
    assert themes is not None
    [english] = themes
    assert (english.positive, english.negative, english.is_enough) == (12, 12, True)
    said = {(term.text, term.is_positive) for term in english.terms}
    assert ("quick reply", True) in {(text.lower(), side) for text, side in said}
    # Forgotten a day later, and kept in the report; what is newer is asked for.
    any_acme.world.clock.pass_time(days=2)
    doing(desk, count_again, report, any_acme.world.clock())
    assert desk.found(report).figures.themes == themes
    assert find_themes(any_acme) == 1
    desk.finish(report)
    assert desk.found(report).figures.themes == themes


def test_a_draft_forgets_words_once_one_of_their_comments_is_hidden(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    said = say(desk)
    draft, finished = desk.make(), desk.make()
    find_themes(any_acme)
    doing(desk, count_again, draft, any_acme.world.clock())
    before = desk.found(draft)
    desk.finish(finished)
    kept = desk.found(finished).figures
    assert before.figures.themes
    assert kept.themes
    for one in said:
        hide(desk, one)
    after = desk.found(draft)
    assert after.figures.themes is None
    # Whoever was counting it just then has read what is gone by now.
    assert after.version > before.version
    assert replace(before.figures, themes=None) == after.figures
    assert desk.found(finished).figures == kept
    doing(desk, count_again, draft, any_acme.world.clock())
    assert desk.found(draft).figures.themes is None
    assert find_themes(any_acme) == 1
    desk.finish(draft)
    assert "quick" not in str(desk.found(draft).figures.themes)
    # Opened again it is a draft like others.
    doing(desk, open_again, finished, any_acme.world.clock())
    assert "quick" not in str(desk.found(finished).figures.themes)


def test_what_is_hidden_while_a_report_is_counted_is_not_written_into_it(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.of(acme)
    said = say(desk)
    report = desk.make()
    find_themes(acme)
    counted = make_report.new_report_again

    def with_another_who_hides(session: Any, seat: Any, before: Any) -> Any:
        new = counted(session, seat, before)
        session.rollback()
        hide(desk, said[0])
        return new

    monkeypatch.setattr(make_report, "new_report_again", with_another_who_hides)
    doing(desk, count_again, report, acme.world.clock())
    assert desk.found(report).figures.themes is None


def test_a_report_that_is_opened_again_keeps_words_that_are_still_known(acme: Workspace) -> None:
    desk = Desk.of(acme)
    say(desk)
    report = desk.make()
    find_themes(acme)
    desk.finish(report)
    themes = desk.found(report).figures.themes
    doing(desk, open_again, report, acme.world.clock())
    assert desk.found(report).figures.themes == themes
    desk.finish(report)
    acme.world.clock.pass_time(days=2)
    doing(desk, open_again, report, acme.world.clock())
    # Nobody knows any more whether somebody has hidden one since: it is looked for again.
    assert desk.found(report).figures.themes is None
    assert find_themes(acme) == 1


def test_changing_reports_keeps_no_more_finds_waiting_than_looking_at_why(
    any_acme: Workspace,
) -> None:
    desk, at = Desk.of(any_acme), any_acme.world.clock()
    report = desk.make()
    for number in range(MOST_WAITING + 2):
        doing(desk, change_report, report, desk.plan(client=f"Client {number}"), at)
    waiting = select(func.count()).where(ThemeFinding.asked_at.is_not(None))
    with any_acme.world.app.app_context():
        assert db.session.scalar(waiting) == MOST_WAITING


def test_follow_ups_are_counted_by_when_they_were_opened_and_resolved(any_acme: Workspace) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    set_alerts(any_acme)
    clock.moment = day(6, 20)
    raise_alerts(any_acme)
    ids = []
    for month in (6, 7, 9):
        clock.moment = day(month, 20)
        ids.append(desk.answer(1, month, 20))
        raise_alerts(any_acme)
    clock.moment = day(7, 22)
    seat = desk.seat()
    with any_acme.world.app.app_context():
        first = follow_ups_of(db.session(), any_acme.id, ids[1])[0].id
        resolve(
            db.session(),
            any_acme.id,
            first,
            "",
            asks_again=False,
            user_id=seat.user_id,
            at=clock(),
        )
    clock.moment = day(11, 23)
    figures = desk.found(desk.make()).figures
    done, before = figures.follow_ups, figures.follow_ups_before
    assert (done.opened, done.resolved, done.still_open) == (2, 1, 2)
    assert (before.opened, before.resolved, before.still_open) == (1, 0, 1)
    assert done.time_to_resolve.value == timedelta(days=2).total_seconds()
    assert before.time_to_resolve.value is None


def test_who_was_only_thanked_is_no_follow_up_that_was_opened_or_resolved(
    any_acme: Workspace,
) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    set_alerts(any_acme)
    clock.moment = day(7, 1)
    raise_alerts(any_acme)
    clock.moment = day(7, 20)
    id = desk.answer(1, 7, 20)
    raise_alerts(any_acme)
    clock.moment = day(7, 22)
    for _number in range(3):
        thanked = desk.answer(5, 7, 21, customer_email="kim@shop.example")
        reply(any_acme, thanked, "Thank you!")
    seat = desk.seat()
    with any_acme.world.app.app_context():
        first = follow_ups_of(db.session(), any_acme.id, id)[0].id
        about = {"user_id": seat.user_id, "at": clock()}
        resolve(db.session(), any_acme.id, first, "", asks_again=False, **about)
    clock.moment = day(11, 23)
    done = desk.found(desk.make()).figures.follow_ups
    assert (done.opened, done.resolved, done.still_open) == (1, 1, 0)
    assert done.time_to_resolve.value == timedelta(days=2).total_seconds()


def test_a_client_report_counts_that_client_alone(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    ours = desk.answer(5, 8, attributes={"client": "Contoso"}, comment="Ours")
    theirs = desk.answer(1, 8, attributes={"client": "Fabrikam"}, comment="Theirs")
    report = desk.make(client="Contoso")
    found = desk.found(report)
    assert (found.figures.answers, found.figures.subject) == (1, "Contoso")
    assert found.title == "Contoso, Q3 2026"
    desk.choose(report, ours)
    with pytest.raises(ReportRefused, match="gone"):
        desk.choose(report, theirs)
    # Chosen for one client, and never shown to another.
    doing(desk, change_report, report, desk.plan(client="Fabrikam"), any_acme.world.clock())
    assert desk.view(report).comments == []
    assert desk.view(report).left_out == 1


def test_a_finished_report_says_the_same_for_ever(acme: Workspace) -> None:
    desk = Desk.of(acme)
    first = desk.answer(5, 8)
    report = desk.make()
    desk.answer(1, 8)
    desk.finish(report)
    kept = desk.found(report).figures
    assert kept.answers == 2
    desk.answer(1, 8)
    doing(
        desk,
        lambda session, seat: set_hidden(
            session, acme.id, first, hidden=True, at=acme.world.clock(), by=seat.user_id
        ),
    )
    assert desk.found(report).figures == kept
    for refused in (
        lambda: doing(desk, count_again, report, acme.world.clock()),
        lambda: doing(desk, change_report, report, desk.plan(), acme.world.clock()),
        lambda: desk.choose(report),
        lambda: desk.finish(report),
    ):
        with pytest.raises(ReportRefused, match="finished"):
            refused()
    doing(desk, open_again, report, acme.world.clock())
    doing(desk, count_again, report, acme.world.clock())
    assert desk.found(report).figures.answers == 2
    assert events(acme) == ["report.made", "report.finished", "report.reopened"]


def test_no_comment_is_shown_that_nobody_ticked(acme: Workspace) -> None:
    desk = Desk.of(acme)
    ticked = desk.answer(5, 8, comment="Ticked", customer_name="Kim")
    desk.answer(5, 8, comment="Not ticked")
    report = desk.make()
    assert desk.view(report).comments == []
    desk.choose(report, ticked)
    [shown] = desk.view(report).comments
    assert (shown.text, shown.customer) == ("Ticked", "")
    doing(desk, change_report, report, desk.plan(shows_names=True), acme.world.clock())
    assert [one.customer for one in desk.view(report).comments] == ["Kim"]


def test_what_a_customer_changed_since_it_was_read_is_not_shown(acme: Workspace) -> None:
    desk, clock = Desk.of(acme), acme.world.clock
    said = desk.answer(5, 8, comment="Very good")
    report = desk.make()
    desk.choose(report, said)
    clock.pass_time(minutes=5)
    answer_survey(acme, desk.survey, 1, id=str(said), comment="Awful", at=clock())
    assert (desk.view(report).comments, desk.view(report).left_out) == ([], 1)
    # A page that was open while they changed it has not been read either.
    seat, early = desk.seat(), clock() - timedelta(minutes=1)
    with acme.world.app.app_context():
        choose_comments(db.session(), seat, report, [said], read_at=early, at=clock())
    assert desk.view(report).comments == []
    desk.choose(report, said)
    assert [one.text for one in desk.view(report).comments] == ["Awful"]


def test_nobody_reads_in_the_future(acme: Workspace) -> None:
    desk, clock = Desk.of(acme), acme.world.clock
    said = desk.answer(5, 8, comment="Very good")
    report, seat = desk.make(), desk.seat()
    with acme.world.app.app_context():
        far = clock() + timedelta(days=365)
        choose_comments(db.session(), seat, report, [said], read_at=far, at=clock())
    clock.pass_time(minutes=5)
    answer_survey(acme, desk.survey, 1, id=str(said), comment="Awful", at=clock())
    assert desk.view(report).comments == []


@pytest.mark.parametrize(
    "change",
    [
        {"comment": None},
        {"comment": ""},
        {"hidden_at": day(10, 1)},
        {"comment_hidden_at": day(10, 1)},
        {"is_test": True},
    ],
)
def test_a_finished_report_loses_words_that_are_erased_or_hidden_and_no_number(
    any_acme: Workspace, change: dict[str, Any]
) -> None:
    desk = Desk.of(any_acme)
    gone, stays = desk.answer(5, 8, comment="My secret"), desk.answer(1, 8, comment="Stays")
    report = desk.make()
    desk.choose(report, gone, stays)
    desk.finish(report)
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Response).where(Response.id == gone).values(**change))
    view = desk.view(report)
    assert [one.text for one in view.comments] == ["Stays"]
    assert view.left_out == 1
    assert view.figures.answers == 2
    with any_acme.world.app.app_context():
        row = db.session.scalars(select(Report)).one()
        assert "secret" not in str([row.comments, row.figures, row.plan])


def test_a_report_shows_so_many_comments_at_most(acme: Workspace) -> None:
    desk = Desk.of(acme)
    said = [desk.answer(5, 8, comment=f"Good {n}") for n in range(MOST_COMMENTS + 1)]
    report = desk.make()
    desk.choose(report, *said[:-1])
    assert len(desk.view(report).comments) == MOST_COMMENTS
    with pytest.raises(ReportRefused, match="40 comments"):
        desk.choose(report, *said)


def test_those_ticked_are_laid_first_and_nothing_of_other_days(acme: Workspace) -> None:
    desk = Desk.of(acme)
    old = desk.answer(5, 7, comment="Old")
    desk.answer(5, 9, comment="New")
    desk.answer(5, 10, comment="Of October")
    desk.answer(5, 9, comment="A test", is_test=True)
    report = desk.make()
    desk.choose(report, old)
    offered = doing(desk, comments_to_choose, desk.found(report))
    assert [one.text for one in offered.comments] == ["Old", "New"]
    assert offered.ticked == {old}


def test_two_who_work_at_one_draft_do_not_overwrite_one_another(acme: Workspace) -> None:
    desk, at = Desk.of(acme), acme.world.clock()
    report = desk.make()
    before = desk.found(report)
    doing(desk, change_report, report, desk.plan(title="Another"), at)
    with acme.world.app.app_context():
        row = db.session.get(Report, (acme.id, report))
        assert row is not None
        with pytest.raises(ReportRefused, match="just now"):
            refuse_if_changed(row, before)


def test_other_surveys_stand_with_their_own_numbers(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    desk.answer(5, 7, attributes={"client": "Globex"})
    nps, silent = (any_acme.survey("nps", name=name) for name in ("Would you?", "Silent"))
    for client, scores in (("Globex", [9] * 12), ("Initech", [0] * 5)):
        for score in scores:
            answer_survey(any_acme, nps, score, at=day(8, 3), attributes={"client": client})
    for _number in range(12):
        answer_survey(any_acme, nps, 0, at=day(5, 3), attributes={"client": "Globex"})
    answer_survey(any_acme, silent, 3, at=day(5, 3))
    [other] = desk.found(desk.make(client="Globex")).figures.others
    assert (other.name, other.tile.metric) == ("Would you?", "nps")
    assert (other.tile.score.value, other.tile.score.n) == (100.0, 12)
    assert (other.tile.change.difference, other.tile.change.verdict) == (200.0, "higher")


def test_a_report_does_not_say_too_few_of_comments_that_are_enough(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    for number in range(3):
        desk.answer(5, 8, comment=f"A quick reply, thank you {number}")
    report = desk.make()
    find_themes(any_acme)
    doing(desk, count_again, report, any_acme.world.clock())
    [found] = desk.found(report).figures.themes or ()
    assert not found.is_enough
    say(desk)
    with pytest.raises(ReportRefused, match="looked for again"):
        desk.finish(report)
    assert not desk.found(report).is_finished
    find_themes(any_acme)
    desk.finish(report)
    [found] = desk.found(report).figures.themes or ()
    assert found.is_enough
    assert (found.positive, found.negative) == (15, 12)


def test_too_few_comments_that_still_are_hold_up_no_report(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    desk.answer(5, 8, comment="A quick reply, thank you")
    report = desk.make()
    find_themes(any_acme)
    desk.answer(5, 8, comment="Another quick reply")
    desk.finish(report)
    assert desk.found(report).is_finished
