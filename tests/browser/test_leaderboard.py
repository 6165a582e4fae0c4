"""The leaderboard as people see it, wide and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.builders import answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

# Clearly better, clearly worse, and two whom twelve answers do not tell apart.
ANSWERS = {
    "Ines Duarte": [5] * 44 + [3],
    "Tomas Frei": [5] * 9 + [4] * 2 + [2],
    "Mira Okoye": [5] * 10 + [1] * 2,
    "Jonas Berg": [4] * 9 + [1] * 21,
    "Lea Moreau": [5] * 4,
}


def address(name: str) -> str:
    return f"{name.split()[0].lower()}@board.example"


@pytest.fixture(scope="module")
def help_desk(product: Product) -> str:
    """A team that only these tests have, with its answers; returns its name."""
    acme = product.acme
    survey, team = acme.survey(), acme.team("Help desk")
    for name, scores in ANSWERS.items():
        member = acme.member(name, email=address(name))
        acme.put_in(team, member)
        for score in scores:
            answer_survey(acme, survey, score, member=address(name))
    return "Help desk"


@pytest.fixture
def board(product: Product, new_visitor: NewVisitor, help_desk: str) -> Callable[..., Page]:
    """Opens the board of that team."""

    def opened(**options: object) -> Page:
        page = new_visitor(**options)
        sign_in(page, product)
        page.goto(f"{product.server.url}/console/leaderboard")
        page.get_by_label("Team, with those below it").select_option(label=help_desk)
        page.get_by_role("button", name="Show").click()
        return page

    return opened


def test_ranks_are_where_answers_tell_people_apart(board: Callable[..., Page]) -> None:
    page = board(viewport={"width": 1000, "height": 800})
    rows = page.get_by_role("row")
    expect(rows).to_have_count(1 + len(ANSWERS))
    expect(rows.filter(has_text="Ines").get_by_role("cell").first).to_have_text("1")
    # Twelve answers are too few to put one of these before the other.
    for name in ("Tomas", "Mira"):
        expect(rows.filter(has_text=name).get_by_role("cell").first).to_have_text("1")
    expect(rows.filter(has_text="Jonas").get_by_role("cell").first).to_have_text("4")
    expect(rows.filter(has_text="Lea")).to_contain_text("not ranked yet: 4 of 10 answers")
    page.get_by_text("How this is worked out").click()
    expect(page.get_by_text("drawn towards everybody’s share")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Earlier").click()
    expect(page.get_by_role("heading", name="Nobody was rated in this period")).to_be_visible()


def test_a_phone_shows_all_of_a_line(board: Callable[..., Page]) -> None:
    page = board(viewport={"width": 320, "height": 700}, color_scheme="dark")
    expect(page.get_by_role("row").filter(has_text="Ines")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
