"""The Email page: what to paste for each help desk, and the previews beside it."""

import html
from pathlib import Path

import pytest

from tests.builders import Workspace, close_world, make_settings, make_workspace, make_world
from widget.domain.help_desks import HELP_DESKS, HelpDesk
from widget.domain.surveys import new_definition, with_text


def pasted(page: str, id: str = "row") -> str:
    """The code that the page offers to copy."""
    code = page.split(f'id="code-{id}"')[1].split(">", 1)[1].split("</pre>")[0]
    return html.unescape(code)


@pytest.mark.parametrize("desk", HELP_DESKS, ids=lambda desk: desk.id)
def test_each_help_desk_gets_its_own_links_and_steps(acme: Workspace, desk: HelpDesk) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/email?desk={desk.id}").text
    row = pasted(page)
    assert row.startswith("<table ")
    assert f"http://localhost/e/{survey}?score=5&amp;" in row
    for name, placeholder in desk.placeholders.items():
        assert f"&amp;{name}={placeholder}&amp;" in row
        assert str(html.escape(placeholder)) in page
    for sentence in (*desk.steps, *desk.caveats):
        assert sentence in html.unescape(page)
    assert ("not confirmed by the vendor’s documentation" in page) == bool(desk.unconfirmed)


def test_the_customer_can_be_left_out(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/email?desk=freshdesk&customer=without").text
    row = pasted(page)
    assert "ref={{ticket.id}}" in row
    assert "email=" not in row.replace("channel=email", "")
    assert "requester" not in row
    assert "{{ticket.requester.email}}" not in page.split('class="note"')[1].split("</p>")[0]


def test_the_text_beside_it_has_the_same_links(acme: Workspace) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/email?desk=front").text
    lines = pasted(page, "text").strip().splitlines()
    assert len(lines) == 2 + 11
    assert lines[-1].startswith("10 – Extremely likely: http://localhost/e/")
    assert "&ref={{conversation.id}}&" in lines[-1]


def test_a_row_speaks_the_language_that_was_chosen(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/email?lang=de").text
    assert "Wie gut hat unser Team Ihnen heute geholfen?" in pasted(page)
    assert "&amp;lang=de" in pasted(page)
    unknown = client.get(f"/console/surveys/{survey}/email?lang=%22%3E").text
    assert "&amp;lang=en" in pasted(unknown)


def test_a_row_asks_what_was_published_and_not_the_draft(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    worded = with_text(new_definition("stars"), "question.stars", "en", "Did we help?")
    acme.change(survey, texts=worded.texts)
    token = client.get(f"/console/surveys/{survey}").text
    token = token.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    client.post(
        f"/console/surveys/{survey}",
        data={"csrf_token": token, "text.question.stars": "Not yet published?"},
    )
    assert "Did we help?" in pasted(client.get(f"/console/surveys/{survey}/email").text)


def test_links_come_from_the_public_address_and_not_from_the_request(tmp_path: Path) -> None:
    world = make_world(make_settings(tmp_path, public_url="http://feedback.example:8080"))
    acme = make_workspace(world)
    survey = acme.survey()
    row = pasted(acme.signed_in().get(f"/console/surveys/{survey}/email").text)
    assert row.count(f'href="http://feedback.example:8080/e/{survey}?') == 5
    assert "localhost" not in row
    close_world(world)


def test_previews_are_sandboxed_and_may_style_themselves_only(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/email?desk=gorgias")
    assert page.text.count('<iframe sandbox="allow-same-origin" ') == 6
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    preview = client.get(f"/console/surveys/{survey}/email/preview?client=gmail&desk=gorgias")
    policy = preview.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-same-origin;" in policy
    assert "frame-ancestors 'self'" in policy
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" not in preview.text
    assert "{{ticket.id}}" in preview.text


def test_a_preview_looks_as_its_client_and_scheme(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    address = f"/console/surveys/{survey}/email/preview"
    assert "border-radius" not in client.get(f"{address}?client=outlook").text
    assert "border-radius" in client.get(f"{address}?client=gmail").text
    assert "background: #ffffff" in client.get(f"{address}?client=gmail").text
    assert "background: #1f1f1f" in client.get(f"{address}?client=gmail&scheme=dark").text


@pytest.mark.parametrize("query", ["?desk=nothing", "/preview?client=nothing"])
def test_what_does_not_exist_is_not_found(acme: Workspace, query: str) -> None:
    survey = acme.survey()
    assert acme.signed_in().get(f"/console/surveys/{survey}/email{query}").status_code == 404


def test_another_workspaces_survey_is_not_shown(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    survey = other.survey()
    for path in ("email", "email/preview"):
        assert acme.signed_in().get(f"/console/surveys/{survey}/{path}").status_code == 404


def test_the_page_is_reached_from_the_editor_and_the_embed_page(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    for path in ("", "/embed"):
        page = client.get(f"/console/surveys/{survey}{path}").text
        assert f'href="/console/surveys/{survey}/email"' in page
