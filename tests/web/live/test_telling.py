"""What streams are told: everything, once, to those who may see it."""

import time
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import insert

from tests.builders import (
    Workspace,
    answer_survey,
    make_workspace,
)
from tests.web.live.watching import Told, read, subscription
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.domain.roles import Scope
from widget.domain.stream import StreamFilter
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.ids import floor_id, new_id
from widget.storage.models import Event
from widget.web.live import telling
from widget.web.live.subscriptions import Subscription
from widget.web.live.telling import Teller, missed


def now_ms() -> int:
    return int(time.time() * 1000)


class Watching:
    """Some subscriptions of a workspace, and what each is told from one look to the next."""

    def __init__(self, acme: Workspace, *subscriptions: Subscription) -> None:
        self.subscriptions = subscriptions
        self.workspaces = sorted({one.workspace_id for one in subscriptions})
        self.teller = Teller(acme.world.app)

    def look(self) -> list[list[Told]]:
        told = self.teller.tell(self.teller.read(self.workspaces, now_ms()), self.subscriptions)
        return [read(told.get(one, b"")) for one in self.subscriptions]


def ids(told: list[Told], name: str = "card") -> list[str]:
    return [event.data["id"] for event in told if event.name == name]


def test_an_answer_is_told_once_with_its_card_and_words_for_screen_readers(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    acme.member("Ana Silva", email="ana@acme.example")
    watching = Watching(acme, subscription(acme))
    id = answer_survey(acme, acme.survey(), 5, comment="<b>Great</b>", member="ana@acme.example")
    [[card]] = watching.look()
    assert card.data["id"] == UUID(id).hex
    assert "&lt;b&gt;Great" in card.data["html"]
    assert "Ana Silva" in card.data["html"]
    assert card.data["say"] == "New: 5 of 5 stars for Ana Silva"
    assert watching.look() == [[]]


def test_a_look_tells_only_those_who_may_hear(acme: Workspace) -> None:
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    team = acme.team("Support")
    acme.put_in(team, bo)
    survey = acme.survey()
    watching = Watching(
        acme,
        subscription(acme, Scope(member_id=ana), names_members=False),
        subscription(acme, Scope(member_id=bo), names_members=False),
        subscription(acme, Scope(teams=frozenset({team}))),
        subscription(acme, Scope()),
        subscription(acme),
    )
    of_ana = UUID(answer_survey(acme, survey, 5, member="ana@a.example")).hex
    of_bo = UUID(answer_survey(acme, survey, 1, member="bo@a.example")).hex
    of_nobody = UUID(answer_survey(acme, survey, 3)).hex
    assert [ids(told) for told in watching.look()] == [
        [of_ana],
        [of_bo],
        [of_bo],
        [],
        [of_ana, of_bo, of_nobody],
    ]


def test_other_workspaces_hear_nothing(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "olga@other.example")
    watching = Watching(acme, subscription(other), subscription(acme))
    answer_survey(acme, acme.survey(), 5)
    nothing, something = watching.look()
    assert nothing == []
    assert len(something) == 1


def test_tests_are_not_told(acme: Workspace) -> None:
    watching = Watching(acme, subscription(acme))
    answer_survey(acme, acme.survey(), 5, is_test=True)
    assert watching.look() == [[]]


def test_a_filter_holds_for_what_comes_live(acme: Workspace) -> None:
    survey = acme.survey()
    watching = Watching(acme, subscription(acme, wanted=StreamFilter(scores="negative")))
    answer_survey(acme, survey, 5)
    bad = UUID(answer_survey(acme, survey, 2)).hex
    assert [ids(told) for told in watching.look()] == [[bad]]


def test_hiding_takes_a_card_away_and_showing_brings_it_back(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    survey = acme.survey()
    id = UUID(answer_survey(acme, survey, 1, member="ana@a.example"))
    watching = Watching(
        acme, subscription(acme, Scope(member_id=ana)), subscription(acme, Scope(member_id=ana + 1))
    )
    watching.look()
    for hidden, name in ((True, "gone"), (False, "card")):
        with acme.world.app.app_context():
            set_hidden(db.session, acme.id, id, hidden=hidden, at=acme.world.clock())
        told, of_somebody_else = watching.look()
        assert ids(told, name) == [id.hex]
        assert of_somebody_else == []


def test_a_changed_card_is_told_again_without_being_announced(acme: Workspace) -> None:
    id = UUID(answer_survey(acme, acme.survey(), 5, comment="Secret words"))
    watching = Watching(acme, subscription(acme))
    watching.look()
    for mark in ("kudos_at", "comment_hidden_at"):
        with acme.world.app.app_context():
            set_mark(db.session, acme.id, id, mark, is_set=True, at=acme.world.clock())  # type: ignore[arg-type]
    [[card]] = watching.look()
    assert card.data["say"] == ""
    assert "Kudos" in card.data["html"]
    assert "Secret words" not in card.data["html"]


def test_an_answer_that_is_committed_late_is_told(acme: Workspace) -> None:
    watching = Watching(acme, subscription(acme))
    id = answer_survey(acme, acme.survey(), 5)
    watching.look()
    # Somebody's transaction began four seconds ago and ends now.
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(
            insert(Event).values(
                workspace_id=acme.id,
                id=UUID(int=floor_id(now_ms() - 4_000).int + 7),
                name="response.noted",
                response_id=UUID(id),
                data={},
                at=acme.world.clock(),
            )
        )
    watching.teller._looked_far_at = 0.0
    assert [ids(told) for told in watching.look()] == [[UUID(id).hex]]
    watching.teller._looked_far_at = 0.0
    assert watching.look() == [[]]


def test_what_was_told_is_forgotten_in_time(acme: Workspace) -> None:
    watching = Watching(acme, subscription(acme))
    answer_survey(acme, acme.survey(), 5)
    watching.look()
    assert watching.teller._told
    for later_s in (12, 24):
        watching.teller.read(watching.workspaces, now_ms() + later_s * 1000)
    assert not watching.teller._told


def test_more_than_anybody_could_read_is_told_as_a_reset(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_CARDS", 3)
    ana = acme.member("Ana", email="ana@a.example")
    survey = acme.survey()
    watching = Watching(
        acme,
        subscription(acme),
        subscription(acme, wanted=StreamFilter(survey=survey)),
        subscription(acme, Scope(member_id=ana)),
    )
    for score in (1, 2, 3, 4):
        answer_survey(acme, survey, score)
    own = UUID(answer_survey(acme, survey, 5, member="ana@a.example")).hex
    everything, filtered, hers = watching.look()
    assert [event.name for event in everything] == ["reset"]
    assert [event.name for event in filtered] == ["reset"]
    assert ids(hers) == [own]


def test_more_events_than_are_read_reset_everybody(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_EVENTS", 2)
    watching = Watching(acme, subscription(acme, Scope(member_id=1)))
    for score in (4, 5):
        answer_survey(acme, acme.survey(), score)
    assert [[event.name for event in told] for told in watching.look()] == [["reset"]]


def test_a_stream_that_goes_on_is_told_what_it_missed(any_acme: Workspace) -> None:
    acme = any_acme
    survey, one = acme.survey(), subscription(acme)
    before = new_id()
    given = [UUID(answer_survey(acme, survey, score)).hex for score in (1, 2, 3)]
    with acme.world.app.test_request_context("/"):
        told = read(missed(one, before))
        assert ids(told) == given
        # A little of what was told already comes again; the page puts it in its old place.
        assert set(ids(read(missed(one, UUID(told[-1].id))))) <= set(given)
        long_after = floor_id(now_ms() + 60_000)
        assert missed(one, long_after) == b""


def test_who_missed_very_much_reads_the_page_anew(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_MISSED", 3)
    before = new_id()
    for score in (1, 2, 3):
        answer_survey(acme, acme.survey(), score)
    with acme.world.app.test_request_context("/"):
        assert [event.name for event in read(missed(subscription(acme), before))] == ["reset"]


def test_a_card_is_drawn_once_for_all_who_see_it_alike(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[UUID] = []
    html = telling.frames.card_html
    monkeypatch.setattr(
        telling.frames, "card_html", lambda card, look: drawn.append(card.id) or html(card, look)
    )
    ana = acme.member("Ana", email="ana@a.example")
    everything = subscription(acme)
    watching = Watching(
        acme,
        everything,
        replace(everything, scope=Scope(member_id=ana)),
        replace(everything, wanted=StreamFilter(scores="positive")),
        replace(everything, look=replace(everything.look, on_wall=True)),
    )
    answer_survey(acme, acme.survey(), 5, member="ana@a.example")
    assert [len(told) for told in watching.look()] == [1, 1, 1, 1]
    assert len(drawn) == 2


def test_a_long_comment_without_spaces_is_cut_and_not_left_out(acme: Workspace) -> None:
    watching = Watching(acme, subscription(acme))
    answer_survey(acme, acme.survey(), 5, comment="漢" * 3000)
    [[card]] = watching.look()
    assert card.data["html"].count("漢") in range(900, 1001)
