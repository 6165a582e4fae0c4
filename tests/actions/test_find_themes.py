"""What the worker finds behind scores, and what it leaves out."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey
from widget.actions.assign_response import assign_response
from widget.actions.find_themes import FindThemes, ask_for_themes, forget_old_themes
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import ScoreFilter
from widget.domain.themes.enough import Lack
from widget.domain.themes.findings import Findings, LanguageFindings
from widget.extensions import db
from widget.storage import theme_comments, themes
from widget.storage.themes import Kept

WANTED = ScoreFilter(date(2026, 11, 1), date(2026, 11, 30))


def never() -> bool:
    return False


def say(acme: Workspace, survey: str, score: int, *texts: str, **details: object) -> list[str]:
    days = details.pop("days_ago", 0)
    assert isinstance(days, int)
    at = acme.world.clock() - timedelta(days=days)
    return [answer_survey(acme, survey, score, comment=text, at=at, **details) for text in texts]


def praise(acme: Workspace, survey: str, times: int = 15, **details: object) -> None:
    say(acme, survey, 5, *["A quick and friendly reply"] * times, **details)


def blame(acme: Workspace, survey: str, times: int = 15, **details: object) -> None:
    say(acme, survey, 1, *["Still waiting for my refund"] * times, **details)


def kept(acme: Workspace, wanted: ScoreFilter = WANTED, scope: Scope = EVERYTHING) -> Kept:
    with acme.world.app.app_context():
        db.session.rollback()
        return themes.latest_for(db.session(), acme.id, scope, wanted, acme.world.clock())


def work(acme: Workspace, should_stop: Callable[[], bool] = never) -> int:
    with acme.world.app.app_context():
        return FindThemes(should_stop)(db.engine, acme.world.clock())


def found(acme: Workspace, wanted: ScoreFilter = WANTED, scope: Scope = EVERYTHING) -> Findings:
    with acme.world.app.app_context():
        ask_for_themes(db.session(), acme.id, scope, wanted, acme.world.clock())
    assert work(acme) == 1
    findings = kept(acme, wanted, scope).findings
    assert findings is not None
    return findings


def english(findings: Findings) -> LanguageFindings:
    return next(one for one in findings.languages if one.themes.language == "en")


def texts(findings: Findings, side: str) -> list[str]:
    return [term.text for term in getattr(english(findings).themes, side)]


def test_it_finds_what_sets_the_two_sides_apart(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    say(any_acme, survey, 10, *["Quick help"] * 15)
    say(any_acme, survey, 3, *["My refund is late"] * 15)
    say(any_acme, survey, 8, *["Quick help, my refund is late"] * 15)
    findings = found(any_acme)
    assert "Quick help" in texts(findings, "positive")
    assert any("refund" in text for text in texts(findings, "negative"))
    # Passives are on neither side.
    assert english(findings).written == {"positive": 15, "negative": 15}
    assert not english(findings).is_sample


def test_what_does_not_count_is_not_read(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey()
    praise(acme, survey)
    blame(acme, survey)
    secret = ["The secret word"] * 9
    say(acme, survey, 1, *secret, is_test=True)
    say(acme, survey, 1, *secret, days_ago=40)
    with acme.world.app.app_context():
        for id in say(acme, survey, 1, *secret):
            set_hidden(db.session(), acme.id, UUID(id), hidden=True, at=acme.world.clock())
        for id in say(acme, survey, 1, *secret):
            at = acme.world.clock()
            set_mark(db.session(), acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)
    findings = found(acme)
    assert english(findings).written == {"positive": 15, "negative": 15}
    assert not any("secret" in term for term in texts(findings, "negative"))


def test_each_sees_the_comments_of_their_scope_alone(any_acme: Workspace) -> None:
    acme = any_acme
    team, ana = acme.team("Desk"), acme.member("Ana", email="ana@a.example")
    acme.put_in(team, ana)
    survey = acme.survey()
    praise(acme, survey, member="ana@a.example")
    blame(acme, survey, member="ana@a.example")
    say(acme, survey, 1, *["The secret word"] * 20)
    of_team = found(acme, scope=Scope(teams=frozenset({team})))
    assert english(of_team).written == {"positive": 15, "negative": 15}
    assert not any("secret" in term for term in texts(of_team, "negative"))
    assert "secret word" in texts(found(acme), "negative")
    assert found(acme, scope=Scope()).languages == ()


def test_a_filter_narrows_what_is_read(acme: Workspace) -> None:
    survey = acme.survey()
    praise(acme, survey, channel="chat")
    blame(acme, survey, channel="chat")
    blame(acme, survey, channel="email")
    chat = ScoreFilter(WANTED.first, WANTED.last, channels=("chat",))
    assert english(found(acme, chat)).written == {"positive": 15, "negative": 15}


def test_of_too_many_comments_a_sample_is_read_the_same_each_time(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_comments, "MOST_READ", 40)
    survey = any_acme.survey()
    praise(any_acme, survey, 120)
    blame(any_acme, survey, 30)
    one = english(found(any_acme))
    assert one.written == {"positive": 120, "negative": 30}
    assert 15 <= one.themes.comments["positive"] <= 70
    # Of the side that has few, all are.
    assert one.themes.comments["negative"] == 30
    assert one.is_sample
    any_acme.world.clock.pass_time(hours=1)
    assert english(found(any_acme)).themes == one.themes


def test_the_period_before_is_what_it_is_compared_with(acme: Workspace) -> None:
    survey = acme.survey()
    for days_ago in (0, 30):
        praise(acme, survey, 30, days_ago=days_ago)
        say(acme, survey, 1, *["Rude"] * 10, days_ago=days_ago)
    blame(acme, survey, 30)
    changes = english(found(acme)).changes
    told = {(one.key, one.side): one.change.direction for one in changes.terms}
    assert told["rude", "negative"] == "less"
    assert {direction for (key, _), direction in told.items() if "refund" in key} == {"new"}


def test_too_few_comments_are_said_to_be_too_few(acme: Workspace) -> None:
    survey = acme.survey()
    praise(acme, survey, 7)
    assert english(found(acme)).themes.lack == Lack("too_few_comments", 7, 20)


def test_areas_are_told_of_those_to_whom_they_were_offered(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey()
    for score, slow in ((1, 18), (3, 2)):
        for number in range(20):
            ticked = ("slow",) if number < slow else ()
            answer_survey(acme, survey, score, reasons=ticked)
    answer_survey(acme, survey, 5, reasons=("friendly",))
    without = acme.survey("nps", name="Asks for no areas")
    acme.change(without, ask_reasons=False)
    answer_survey(acme, without, 2)
    low, high = found(acme).areas
    assert (low.kind, low.sentiment, low.areas.asked) == ("stars", "negative", 40)
    slow_area = low.areas.areas[0]
    assert (slow_area.reason, slow_area.ticked, slow_area.unticked) == ("slow", 20, 20)
    assert slow_area.verdict == "lower"
    # 1.2 of those who ticked against 2.8: half of the difference.
    assert slow_area.cost == pytest.approx(0.8)
    assert set(low.versions) == {area.reason for area in low.areas.areas}
    assert (high.sentiment, high.areas.asked) == ("positive", 1)
    assert high.areas.lack == Lack("too_few_answers", 1, 20)


def test_what_is_hidden_or_moved_is_forgotten_at_once(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey()
    ana, ben = acme.member("Ana", email="ana@a.example"), acme.member("Ben")
    [id] = say(acme, survey, 5, "Nice", member="ana@a.example")
    at = acme.world.clock()

    def hide() -> None:
        set_hidden(db.session(), acme.id, UUID(id), hidden=True, at=at)

    def hide_words() -> None:
        set_mark(db.session(), acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)

    def move() -> None:
        assign_response(db.session(), acme.id, UUID(id), ben, may_move=True, user_id=None, at=at)

    for change in (hide_words, move, hide):
        found(acme)
        with acme.world.app.app_context():
            change()
        assert kept(acme) == Kept()
    assert ana != ben


def test_a_worker_that_is_to_stop_leaves_it_to_the_next(acme: Workspace) -> None:
    survey = acme.survey()
    praise(acme, survey)
    with acme.world.app.app_context():
        ask_for_themes(db.session(), acme.id, EVERYTHING, WANTED, acme.world.clock())
    assert work(acme, should_stop=lambda: True) == 0
    assert kept(acme) == Kept(is_waiting=True)
    assert work(acme) == 1


def test_what_cannot_be_found_is_told_and_the_others_go_on(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("No more memory")

    with acme.world.app.app_context():
        ask_for_themes(db.session(), acme.id, EVERYTHING, WANTED, acme.world.clock())
    with monkeypatch.context() as broken:
        broken.setattr("widget.actions.find_themes.findings_of", fail)
        assert work(acme) == 0
    assert "cannot be found" in caplog.text
    assert kept(acme) == Kept(is_waiting=True, has_failed=True)
    other = ScoreFilter(WANTED.first, WANTED.last, channels=("chat",))
    assert found(acme, other).languages == ()


def test_old_findings_are_forgotten_by_a_job(acme: Workspace) -> None:
    found(acme)
    acme.world.clock.pass_time(days=1)
    with acme.world.app.app_context():
        assert forget_old_themes(db.engine, acme.world.clock()) == 1
