"""One's own files of responses: the page of each, downloads that go on, and who is given them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace, post
from tests.exporting import PAGE, ask_for_file, download, make_files
from tests.following import user_id
from widget.actions.ask_for_export import ask_for_export
from widget.actions.assign_response import assign_response
from widget.actions.delete_response import delete_response
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.domain import export_jobs
from widget.domain.errors import ExportRefused
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.exports import exports_of
from widget.storage.models import Event, Membership
from widget.storage.seats import seat_of
from widget.web.console import exports, responses_export

EXPORT = "/console/responses/export"
TAKEN_AWAY: dict[str, Callable[..., Any]] = {
    "hide": partial(set_hidden, hidden=True),
    "hide_comment": partial(set_mark, mark="comment_hidden_at", is_set=True),
    "delete": delete_response,
}


def made(acme: Workspace, client: FlaskClient, query: str = "format=csv") -> UUID:
    id = ask_for_file(client, query)
    assert make_files(acme) == 1
    return id


def events(acme: Workspace) -> list[tuple[str, dict[str, Any]]]:
    """What the events tell of files."""
    with acme.world.app.app_context():
        db.session.rollback()
        found = select(Event).where(Event.name.startswith("responses.export")).order_by(Event.id)
        return [(row.name, row.data) for row in db.session.scalars(found)]


def test_a_large_file_is_asked_for_and_a_small_one_is_sent_at_once(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses_export, "AT_ONCE", 2)
    survey, client = acme.survey(), acme.signed_in()
    for number in range(3):
        answer_survey(acme, survey, 5, channel="chat" if number else "mail")
    assert client.get(f"{EXPORT}?format=xlsx&channel=chat").mimetype.endswith("sheet")
    page = client.get(f"{EXPORT}?format=xlsx&channel=chat&channel=mail")
    assert page.mimetype == "text/html"
    assert "Make the Excel file" in page.text
    # Looking at the page asks for nothing.
    assert [name for name, _data in events(acme)] == ["responses.exported"]
    answer = post(client, f"{EXPORT}?format=xlsx&channel=chat&channel=mail")
    state = client.get(answer.headers["Location"])
    assert "The worker has not begun yet." in state.text
    assert "channel: chat, mail" in state.text


def test_the_page_says_how_far_the_file_is_and_asks_no_more_when_it_is_there(
    acme: Workspace,
) -> None:
    answer_survey(acme, acme.survey(), 5)
    client = acme.signed_in()
    id = ask_for_file(client)
    address = f"{PAGE}/{id}"
    waiting = client.get(address, headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 1s"' in waiting
    assert "<html" not in waiting
    assert make_files(acme) == 1
    ready = client.get(address, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in ready
    assert f'href="{address}/file"' in ready
    assert '<p id="said" hx-swap-oob="innerHTML">The file is ready.</p>' in ready
    # Without JavaScript the page itself says the same.
    assert f'href="{address}/file"' in client.get(address).text
    assert "hx-swap-oob" not in client.get(address).text
    assert "1 response, " in client.get(PAGE).text


def test_a_download_that_broke_off_goes_on(acme: Workspace) -> None:
    for number in range(20):
        answer_survey(acme, acme.survey(), 5, ref=f"T-{number}")
    client = acme.signed_in()
    id = made(acme, client)
    whole = download(client, id)
    assert whole.status_code == 200
    assert whole.headers["Content-Length"] == str(len(whole.data))
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert "responses-2026-11-23.csv" in whole.headers["Content-Disposition"]
    rest = download(client, id, Range="bytes=100-", If_Range=whole.headers["ETag"])
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.data) - 1}/{len(whole.data)}"
    # Of another file nothing may go on.
    assert download(client, id, Range="bytes=100-", If_Range='"other"').status_code == 200
    assert download(client, id, Range="bytes=999999-").status_code == 416
    assert download(client, id, If_None_Match=whole.headers["ETag"]).status_code == 304


def test_asking_and_taking_are_noted(any_acme: Workspace) -> None:
    answer_survey(any_acme, any_acme.survey(), 5, channel="chat")
    client = any_acme.signed_in()
    id = made(any_acme, client, "format=jsonl&channel=chat")
    by = user_id(any_acme, any_acme.owner)
    common = {"by": by, "format": "jsonl", "filter": {"channel": ["chat"]}, "export": str(id)}
    assert events(any_acme) == [("responses.export_asked", common)]
    download(client, id)
    download(client, id, Range="bytes=5-")
    with client.head(f"{PAGE}/{id}/file") as head:
        assert head.status_code == 200
    assert events(any_acme)[1:] == [
        ("responses.exported", common | {"rows": 1, "whole": True}),
        ("responses.exported", common | {"rows": 1, "whole": False}),
    ]


def test_nothing_is_taken_without_a_note(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5)
    client = acme.signed_in()
    id = made(acme, client)

    def notes() -> list[bool]:
        return [data["whole"] for name, data in events(acme) if name == "responses.exported"]

    # All but one byte is as good as all.
    assert download(client, id, Range="bytes=1-").status_code == 206
    assert notes() == [False]
    # A part of another file is asked for: this one is sent whole.
    assert download(client, id, Range="bytes=1-", If_Range='"other"').status_code == 200
    assert notes() == [False, True]
    assert download(client, id, Range="bytes=999999-").status_code == 416
    assert notes() == [False, True]


def test_nobody_is_given_the_file_of_somebody_else(any_acme: Workspace) -> None:
    answer_survey(any_acme, any_acme.survey(), 5)
    id = made(any_acme, any_acme.signed_in())
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example").signed_in()
    for other in (any_acme.person("admin@acme.example", "admin"), rival):
        for path in (f"{PAGE}/{id}", f"{PAGE}/{id}/file"):
            assert other.get(path).status_code == 404
        assert post(other, f"{PAGE}/{id}/cancel", PAGE).status_code == 404
        assert str(id) not in other.get(PAGE).text
    assert download(any_acme.signed_in(), id).status_code == 200


def test_a_manager_is_given_their_teams_and_nothing_once_those_change(any_acme: Workspace) -> None:
    survey, phone, chat = any_acme.survey(), any_acme.team("Phone"), any_acme.team("Chat")
    for team, name in ((phone, "ana"), (chat, "ben")):
        any_acme.put_in(team, any_acme.member(name, email=f"{name}@a.example"))
        answer_survey(any_acme, survey, 4, ref=f"of-{name}", member=f"{name}@a.example")
    lead = any_acme.person("lead@acme.example", "manager", leads=(phone,))
    id = made(any_acme, lead)
    said = download(lead, id).text
    assert "of-ana" in said
    assert "of-ben" not in said
    any_acme.put_in(phone, any_acme.member("Cleo", email="cleo@a.example"))
    refused = download(lead, id)
    assert refused.status_code == 403
    assert "Whose responses you see has changed" in refused.text
    assert "of-ana" not in refused.text


def test_a_file_with_hidden_comments_is_not_for_who_leads_no_more(any_acme: Workspace) -> None:
    answer_survey(any_acme, any_acme.survey(), 5)
    lead = any_acme.person("lead@acme.example", "manager", sees_all=True)
    id = made(any_acme, lead)
    assert download(lead, id).status_code == 200
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        managers = update(Membership).where(Membership.role == "manager")
        session.execute(managers.values(role="viewer"))
    assert download(lead, id).status_code == 403


@pytest.mark.parametrize("how", ["hide", "hide_comment", "delete"])
def test_a_file_is_gone_once_something_is_taken_away(any_acme: Workspace, how: str) -> None:
    survey = any_acme.survey()
    answer_survey(any_acme, survey, 5)
    answered = UUID(answer_survey(any_acme, survey, 4, comment="secret"))
    client = any_acme.signed_in()
    id = made(any_acme, client)
    assert "secret" in download(client, id).text
    with any_acme.world.app.app_context():
        TAKEN_AWAY[how](db.session(), any_acme.id, answered, at=any_acme.world.clock())
    refused = download(client, id)
    assert refused.status_code == 403
    assert "secret" not in refused.text


def test_a_file_of_everything_stays_when_a_response_is_given_to_another(
    any_acme: Workspace,
) -> None:
    survey, phone = any_acme.survey(), any_acme.team("Phone")
    any_acme.put_in(phone, any_acme.member("ana", email="ana@a.example"))
    ben = any_acme.member("ben", email="ben@a.example")
    given = answer_survey(any_acme, survey, 4, member="ana@a.example")
    lead = any_acme.person("lead@acme.example", "manager", leads=(phone,))
    mine, wide = made(any_acme, lead), made(any_acme, any_acme.signed_in())
    with any_acme.world.app.app_context():
        assert assign_response(
            db.session(),
            any_acme.id,
            UUID(given),
            ben,
            may_move=True,
            user_id=None,
            at=any_acme.world.clock(),
        )
    assert download(lead, mine).status_code == 403
    assert download(any_acme.signed_in(), wide).status_code == 200


def test_a_file_is_cancelled_and_thrown_away(any_acme: Workspace) -> None:
    answer_survey(any_acme, any_acme.survey(), 5)
    client = any_acme.signed_in()
    waiting = ask_for_file(client)
    assert post(client, f"{PAGE}/{waiting}/cancel", f"{PAGE}/{waiting}").status_code == 303
    assert make_files(any_acme) == 0
    assert "It was cancelled." in client.get(f"{PAGE}/{waiting}").text
    ready = made(any_acme, client)
    post(client, f"{PAGE}/{ready}/cancel", f"{PAGE}/{ready}")
    assert download(client, ready).status_code == 403
    assert "It was deleted." in client.get(f"{PAGE}/{ready}").text


def test_somebody_has_only_so_many_files_under_way(acme: Workspace) -> None:
    client = acme.signed_in()
    for _ in range(export_jobs.MOST_OPEN):
        ask_for_file(client)
    answer = post(client, f"{EXPORT}?format=csv", PAGE)
    assert answer.headers["Location"] == PAGE
    assert "Wait for one of them, or cancel it." in client.get(PAGE).text
    # Others are not kept from theirs.
    ask_for_file(acme.person("vi@acme.example", "viewer"))


def test_many_requests_at_once_get_no_more_files_than_one_after_the_other(
    any_acme: Workspace,
) -> None:
    with any_acme.world.app.app_context():
        engine = db.engine
        seat = seat_of(db.session(), user_id(any_acme, any_acme.owner), any_acme.id)
        assert seat is not None
        db.session.rollback()

    def ask(_number: int) -> bool:
        with Session(engine) as session:
            try:
                ask_for_export(session, seat, ResponseFilter(), "csv", asked={}, at=MONDAY)
            except ExportRefused:
                return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(8))) == export_jobs.MOST_OPEN


def test_who_cancels_may_not_ask_for_ever(acme: Workspace) -> None:
    client = acme.signed_in()
    for _ in range(export_jobs.MOST_AN_HOUR):
        post(client, f"{PAGE}/{ask_for_file(client)}/cancel", PAGE)
    assert post(client, f"{EXPORT}?format=csv", PAGE).headers["Location"] == PAGE
    assert "files within an hour" in client.get(PAGE).text
    acme.world.clock.pass_time(hours=1)
    ask_for_file(client)


def test_a_filter_that_is_too_long_is_not_kept(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = post(client, f"{EXPORT}?format=csv&q={'x' * 150}&channel={'y' * 1_900}", PAGE)
    assert answer.headers["Location"] == PAGE
    assert "This filter is too long for a file." in client.get(PAGE).text
    assert events(acme) == []


def test_older_files_are_on_further_pages(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    client, ids = acme.signed_in(), []
    monkeypatch.setattr(exports, "exports_of", partial(exports_of, limit=2))
    for _ in range(3):
        ids.append(str(ask_for_file(client)))
        acme.world.clock.pass_time(minutes=1)

    def listed(address: str) -> list[str]:
        return re.findall(r'<th scope="row"><a href="[^"]*/([^"/]+)">', client.get(address).text)

    def links(address: str) -> list[str]:
        pages = client.get(address).text.partition('<nav class="pages"')[2].partition("</nav>")[0]
        return [unescape(one) for one in re.findall(r'href="([^"]+)"', pages)]

    assert listed(PAGE) == [ids[2], ids[1]]
    [older] = links(PAGE)
    assert listed(older) == [ids[0]]
    assert links(older) == [PAGE]
    # Neither what is no place nor what is past the last of them breaks it.
    assert listed(f"{PAGE}?older=x") == [ids[2], ids[1]]
    assert "No older files" in client.get(f"{PAGE}?older={ids[0]}").text


def test_nobody_pages_through_the_files_of_others(acme: Workspace) -> None:
    client = acme.signed_in()
    id = ask_for_file(client)
    other = acme.person("admin@acme.example", "admin")
    highest = "ffffffff-ffff-7fff-bfff-ffffffffffff"
    assert str(id) not in other.get(f"{PAGE}?older={highest}").text
    assert str(id) in client.get(f"{PAGE}?older={highest}").text
