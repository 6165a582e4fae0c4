"""Help desks as data: placeholders that our own detector knows, and links that carry them."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from widget.domain.context import Problem, is_unexpanded, read_context
from widget.domain.help_desks import HELP_DESKS, HelpDesk, help_desk, unsigned_link

PAGES = Path(__file__).parents[2] / "docs" / "help-desks"
EVERY_PLACEHOLDER = [
    pytest.param(desk, name, id=f"{desk.id}-{name}")
    for desk in HELP_DESKS
    for name in desk.placeholders
]
every_desk = pytest.mark.parametrize("desk", HELP_DESKS, ids=lambda desk: desk.id)


def link(desk: HelpDesk, **options: bool) -> str:
    return unsigned_link("https://feedback.example", "abc", 4, desk, "de", **options)


def query(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


@pytest.mark.parametrize(("desk", "name"), EVERY_PLACEHOLDER)
def test_a_placeholder_that_comes_back_unexpanded_is_recognised(desk: HelpDesk, name: str) -> None:
    placeholder = desk.placeholders[name]  # type: ignore[index]
    assert is_unexpanded(placeholder)
    context = read_context(query(link(desk)))
    assert placeholder in [problem.text for problem in context.problems]


def test_an_unexpanded_link_costs_no_rating_and_is_told_field_by_field() -> None:
    desk = help_desk("zendesk-trigger")
    assert desk
    context = read_context(query(link(desk)))
    assert context.channel == "email"
    assert (context.ref, context.member, context.customer_email, context.attributes) == (
        "",
        "",
        "",
        {},
    )
    assert context.problems[0] == Problem("ref", "{{ticket.id}}")
    assert {problem.field for problem in context.problems} == {
        "ref",
        "member",
        "customer_email",
        "customer_name",
    }


def test_an_expanded_link_says_whom_and_what_it_is_about() -> None:
    desk = help_desk("helpscout")
    assert desk
    filled = {
        "{%conversation.number%}": "812",
        "{%user.email%}": "ana@acme.example",
        "{%customer.email%}": "kim@home.example",
        "{%customer.fullName%}": "Kim Lee",
    }
    url = link(desk)
    for placeholder, value in filled.items():
        url = url.replace(placeholder, value)
    context = read_context(query(url))
    assert (context.ref, context.member) == ("812", "ana@acme.example")
    assert (context.customer_email, context.customer_name) == ("kim@home.example", "Kim Lee")
    assert context.problems == ()


@every_desk
def test_placeholders_stay_literal_in_links(desk: HelpDesk) -> None:
    url = link(desk)
    assert url.startswith("https://feedback.example/e/abc?score=4&")
    assert url.endswith("&channel=email&lang=de")
    for name, placeholder in desk.placeholders.items():
        assert f"&{name}={placeholder}&" in url


@every_desk
def test_the_customer_can_be_left_out_of_links(desk: HelpDesk) -> None:
    names = {name for name, _value in query(link(desk, with_customer=False))}
    assert names == {"score", "channel", "lang"} | (desk.placeholders.keys() & {"ref", "member"})


def test_a_zendesk_signature_has_no_placeholder_of_a_ticket() -> None:
    desk = help_desk("zendesk-signature")
    assert desk
    assert list(desk.placeholders.values()) == ["{{agent.email}}"]


@every_desk
def test_only_placeholders_that_are_used_are_called_unconfirmed(desk: HelpDesk) -> None:
    assert set(desk.unconfirmed) <= set(desk.placeholders.values())


@every_desk
def test_every_help_desk_says_where_and_how(desk: HelpDesk) -> None:
    assert help_desk(desk.id) is desk
    assert desk.steps
    assert not desk.place.endswith(".")
    for sentence in (*desk.steps, *desk.caveats):
        assert sentence.endswith("."), sentence


def test_an_unknown_help_desk_is_none() -> None:
    assert help_desk("zendesk") is None


@every_desk
def test_its_page_in_the_documentation_tells_every_placeholder(desk: HelpDesk) -> None:
    page = (PAGES / f"{desk.id.partition('-')[0]}.md").read_text()
    for placeholder in desk.placeholders.values():
        assert f"`{placeholder}`" in page
    if desk.unconfirmed:
        assert "not confirmed by the vendor’s documentation" in page


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_every_placeholder_in_the_documentation_is_recognised(page: Path) -> None:
    written = re.findall(r"`((?:\{\{|\{%|\[)[^`]*)`", page.read_text())
    assert [text for text in written if not is_unexpanded(text)] == []
    assert page.stem in {desk.id.partition("-")[0] for desk in HELP_DESKS}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_its_pictures_and_neighbours_are_there(page: Path) -> None:
    linked = re.findall(r"\]\((\.\.[^)#]*)\)", page.read_text())
    assert any(address.endswith(".png") for address in linked)
    assert [address for address in linked if not (page.parent / address).exists()] == []
