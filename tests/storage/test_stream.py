"""The page and what comes live follow one rule: the database's filter is the domain's."""

from itertools import product
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey, ask_by_mail
from tests.web.landing.mailing import reader
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.stream import StreamFilter, is_shown
from widget.extensions import db
from widget.storage.stream import cards_by_id, cards_page


def test_a_page_shows_what_the_rule_shows(any_acme: Workspace) -> None:
    acme = any_acme
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    team = acme.team("Support")
    acme.put_in(team, bo)
    stars, nps = acme.survey(), acme.survey("nps")
    given = [
        UUID(answer_survey(acme, survey, score, comment=comment, member=member, is_test=is_test))
        for survey, score, comment, member, is_test in (
            (stars, 5, "Good", "ana@a.example", False),
            (stars, 2, None, "bo@a.example", False),
            (stars, 5, "Hidden words", "bo@a.example", False),
            (nps, 8, None, "", False),
            (nps, 9, "Test", "ana@a.example", True),
            (stars, 1, "Out", "ana@a.example", False),
        )
    ]
    with acme.world.app.app_context():
        at = acme.world.clock()
        set_mark(db.session, acme.id, given[2], "comment_hidden_at", is_set=True, at=at)
        set_mark(db.session, acme.id, given[1], "kudos_at", is_set=True, at=at)
        set_hidden(db.session, acme.id, given[5], hidden=True, at=at)
        every = cards_by_id(db.session(), acme.id, given)
        scopes = [EVERYTHING, Scope(member_id=ana), Scope(teams=frozenset({team})), Scope()]
        filters = [
            StreamFilter(),
            StreamFilter(survey=nps),
            StreamFilter(member_id=bo),
            StreamFilter(teams=frozenset({team})),
            StreamFilter(teams=frozenset()),
            StreamFilter(scores="positive"),
            StreamFilter(scores="negative"),
            StreamFilter(with_comment=True),
            StreamFilter(kudos=True),
        ]
        for scope, wanted in product(scopes, filters):
            page = cards_page(db.session(), acme.id, scope, wanted, limit=50)
            expected = [card.id for card in every if is_shown(scope, wanted, card.facts)]
            assert [card.id for card in page.cards] == expected, (scope, wanted)


def test_cards_are_loaded_within_any_of_some_scopes(acme: Workspace) -> None:
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    team = acme.team("Support")
    acme.put_in(team, bo)
    survey = acme.survey()
    given = [
        UUID(answer_survey(acme, survey, 5, member=member))
        for member in ("ana@a.example", "bo@a.example", "")
    ]
    with acme.world.app.app_context():

        def loaded(*scopes: Scope) -> set[UUID]:
            return {card.id for card in cards_by_id(db.session(), acme.id, given, scopes)}

        assert loaded(EVERYTHING) == set(given)
        assert loaded(Scope(member_id=ana)) == {given[0]}
        assert loaded(Scope(member_id=ana), Scope(teams=frozenset({team}))) == set(given[:2])
        assert loaded(Scope()) == set()


@pytest.mark.parametrize("address", ["https://desk.example/42", "javascript:alert(1)", ""])
def test_a_card_links_to_the_ticket_of_its_request(acme: Workspace, address: str) -> None:
    asked = ask_by_mail(acme, acme.survey(), external_url=address, ref="T-42")
    assert reader(acme, asked).answer(asked, 4).status_code == 200
    with acme.world.app.app_context():
        [card] = cards_by_id(db.session(), acme.id, [asked.id])
        assert card.ref == "T-42"
        assert card.ticket == (address if address.startswith("https:") else "")
