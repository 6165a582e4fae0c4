"""What numbers are computed from: rollups and responses say the same, whoever asks."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from tests.builders import Workspace, answer_survey, make_workspace
from widget.actions.hide_response import set_hidden
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import ROLLED_UP, Group, ScoreFilter
from widget.extensions import db
from widget.storage.counted_responses import facts_from_responses
from widget.storage.score_counts import Facts, facts_by

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
EVERY = ScoreFilter(FIRST, LAST)


def ask(
    acme: Workspace, wanted: ScoreFilter, group: Group | None, scope: Scope = EVERYTHING
) -> dict[Any, Facts]:
    with acme.world.app.app_context():
        db.session.rollback()
        return facts_by(db.session(), acme.id, scope, wanted, group)


def from_responses(
    acme: Workspace, wanted: ScoreFilter, group: Group | None, scope: Scope = EVERYTHING
) -> dict[Any, Facts]:
    with acme.world.app.app_context():
        db.session.rollback()
        return facts_from_responses(db.session(), acme.id, scope, wanted, group)


def filled(acme: Workspace) -> dict[str, Any]:
    """Answers of all sorts over a month, by members of nested teams and by nobody."""
    chance = Random(5)
    top = acme.team("Top")
    below, other = acme.team("Below", parent=top), acme.team("Other")
    emails = []
    for index, team in enumerate((top, below, other, None)):
        emails.append(f"m{index}@a.example")
        member = acme.member(f"Member {index}", email=emails[-1])
        if team is not None:
            acme.put_in(team, member)
    surveys = [acme.survey("stars"), acme.survey("nps")]
    for number in range(60):
        survey = chance.randrange(2)
        answer_survey(
            acme,
            surveys[survey],
            chance.randint(*((1, 5), (0, 10))[survey]),
            member=chance.choice([*emails, "", "stranger@a.example"]),
            channel=chance.choice(["email", "chat", ""]),
            comment=chance.choice(["Fine", None]),
            reward=chance.choice(["x", None]),
            attributes=chance.choice([{"client": "Globex"}, {"segment": "Small"}, {}]),
            is_test=number % 10 == 0,
            at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(30 * 24)),
        )
    with acme.world.app.app_context():
        for response in acme.responses()[::7]:
            set_hidden(db.session(), acme.id, response.id, hidden=True, at=acme.world.clock())
    return {"top": top, "below": below, "surveys": surveys}


def test_rollups_and_responses_say_the_same(any_acme: Workspace) -> None:
    made = filled(any_acme)
    filters = [
        EVERY,
        ScoreFilter(date(2026, 11, 10), date(2026, 11, 12)),
        ScoreFilter(FIRST, LAST, teams=(made["top"], made["below"])),
        ScoreFilter(FIRST, LAST, channels=("",)),
        ScoreFilter(FIRST, LAST, members=(None, 1)),
        ScoreFilter(FIRST, LAST, surveys=(2,)),
    ]
    scopes = [EVERYTHING, Scope(teams=frozenset({made["below"]})), Scope(member_id=1), Scope()]
    groups: list[Group | None] = [None, *sorted(ROLLED_UP)]
    for wanted, scope, group in product(filters, scopes, groups):
        rolled_up = ask(any_acme, wanted, group, scope)
        assert rolled_up == from_responses(any_acme, wanted, group, scope), (wanted, scope, group)
    assert len(ask(any_acme, EVERY, "day")) > 10


def test_what_rollups_do_not_know_is_read_from_the_responses(any_acme: Workspace) -> None:
    filled(any_acme)
    everything = ask(any_acme, EVERY, None)[None]
    for group in ("version", "language", "source", "client", "segment", "hour"):
        parts = ask(any_acme, EVERY, group)  # type: ignore[arg-type]
        total: Facts = {}
        for part in parts.values():
            for survey, facts in part.items():
                for fact, counts in facts.items():
                    of = total.setdefault(survey, {}).setdefault(fact, {})
                    for value, number in counts.items():
                        of[value] = of.get(value, 0) + number
        assert total == everything, group
    clients = ask(any_acme, EVERY, "client")
    assert set(clients) == {"Globex", ""}
    only = ask(any_acme, ScoreFilter(FIRST, LAST, clients=("Globex",)), None)
    assert only[None] == clients["Globex"]


def test_hours_are_those_of_the_answer(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    moment = datetime(2026, 11, 9, 14, 50, tzinfo=UTC)
    answer_survey(any_acme, survey, 5, at=moment)
    assert list(ask(any_acme, EVERY, "hour")) == [int(moment.timestamp()) // 900]


def test_nobody_counts_anothers_answers(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    filled(any_acme)
    for group in (None, "member", "client"):
        assert ask(rival, EVERY, group) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "then", "facts"),
    [
        ({"comment": "Good"}, {"comment": ""}, {"stars": {4: 1}}),
        ({"comment": None}, {"comment": "Late"}, {"stars": {4: 1}, "comment": {1: 1}}),
        ({"reward": "x"}, {"reward": ""}, {"stars": {4: 1}}),
        ({"reward": None}, {"reward": "x"}, {"stars": {4: 1}, "reward": {1: 1}}),
    ],
)
def test_comments_and_rewards_follow_their_response(
    any_acme: Workspace, said: dict[str, Any], then: dict[str, Any], facts: Any
) -> None:
    survey = any_acme.survey()
    response = answer_survey(any_acme, survey, 4, **said)
    answer_survey(any_acme, survey, 4, id=response, **then)
    assert ask(any_acme, EVERY, None) == {None: {1: facts}}
    assert from_responses(any_acme, EVERY, None) == {None: {1: facts}}
