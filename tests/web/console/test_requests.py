"""Requests in the console: why nothing was sent, asking by hand and by file, the rules."""

import io
import re
from uuid import UUID, uuid4

import flask_babel
import pytest
from babel import Locale
from babel.support import NullTranslations
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.builders import (
    Workspace,
    answer_survey,
    ask,
    csrf_token,
    deliveries,
    make_workspace,
    post,
    send_due_requests,
    set_rules,
    stored_request,
)
from widget.actions.note_delivery import note_bounced, note_sent
from widget.actions.run_import import run_imports
from widget.domain.asking import AskingRules
from widget.domain.request_files import MOST_BYTES
from widget.extensions import db
from widget.storage.asking import asking_of, workspace_asking
from widget.storage.engine import writing
from widget.storage.models import Membership, Request, Response


def role(acme: Workspace, name: str) -> FlaskClient:
    """The owner's browser, after their role has become another."""
    client = acme.signed_in()
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Membership).values(role=name, sees_all=True))
    return client


def requests_of(acme: Workspace) -> list[Request]:
    with acme.world.app.app_context():
        rows = list(db.session.scalars(select(Request).order_by(Request.id)))
        db.session.expunge_all()
        return rows


def upload(client: FlaskClient, survey: str, content: bytes, name: str = "a.csv") -> TestResponse:
    page = "/console/requests/import"
    boundary, body = encode_multipart(
        {
            "csrf_token": csrf_token(client.get(page).text),
            "survey": survey,
            "file": FileStorage(io.BytesIO(content), name),
        }
    )
    return client.post(page, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def test_the_list_answers_why_nothing_was_sent(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    assert "No requests yet" in client.get("/console/requests").text
    first = ask(acme, survey, "kim@c.example", ref="T-1")
    ask(acme, survey, "kim@c.example", ref="T-2")
    ask(acme, survey, "lee@c.example", member_id="E-404")
    page = client.get("/console/requests").text
    assert "Not again before 23 Dec 2026, 09:00 (UTC)." in page
    assert f'href="/console/requests/{first}">The request that came before' in page
    assert "unknown: E-404" in page
    assert "No member has the email or employee id that was given." in page
    assert "Mail on 23 Nov 2026, 09:00" in page


class German(NullTranslations):
    """A catalogue of a few words."""

    def ugettext(self, message: str) -> str:
        words = {
            "Not sent": "Nicht gesendet",
            "This customer was asked for this survey a short time ago.": "Kürzlich gefragt.",
            "Not again before %(time)s.": "Wieder ab %(time)s.",
            "Asked by %(asker)s.": "Gefragt durch %(asker)s.",
            "Waits for the moment it is due.": "Wartet.",
        }
        return words.get(message, message)


def test_what_became_of_a_request_is_told_in_the_consoles_language(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, client = acme.survey(), acme.signed_in()
    first = ask(acme, survey)
    second = ask(acme, survey)
    content = b"email\nkim@c.example\nlee@c.example\nlee@c.example\n"
    preview = upload(client, survey, content).headers["Location"]
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda self: German())
    monkeypatch.setattr(acme.world.app.extensions["babel"], "default_locale", Locale("de"))
    page = client.get(f"/console/requests/{second}").text
    assert "Kürzlich gefragt. Wieder ab 23 Dez. 2026, 09:00 (UTC)." in page
    assert "Nicht gesendet" in page
    assert "Wartet." in client.get(f"/console/requests/{first}").text
    assert ">Nicht gesendet</option>" in client.get("/console/requests").text
    page = client.get(preview).text
    assert "Gefragt durch row 3 of this file." in page
    assert page.count("Kürzlich gefragt.") == 3


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"T-1", "T-2", "T-3"}),
        ("status=scheduled", {"T-1", "T-3"}),
        ("status=not_sent", {"T-2"}),
        ("why=suppressed", {"T-2"}),
        ("email=LEE@c.example", {"T-3"}),
        ("from=2026-11-24", {"T-3"}),
        ("to=2026-11-23", {"T-1", "T-2"}),
        ("survey=nosuchsurvey", set()),
        ("status=nonsense", {"T-1", "T-2", "T-3"}),
        ("import=nonsense", {"T-1", "T-2", "T-3"}),
        ("older=nonsense", {"T-1", "T-2", "T-3"}),
        (f"older=0001-01-01T00:00:00%2B14:00_{UUID(int=1)}", {"T-1", "T-2", "T-3"}),
        (f"newer=9999-12-31T23:59:59-14:00_{UUID(int=1)}", {"T-1", "T-2", "T-3"}),
    ],
)
def test_filters_narrow_the_list(acme: Workspace, query: str, shown: set[str]) -> None:
    survey, client = acme.survey(), acme.signed_in()
    ask(acme, survey, "kim@c.example", ref="T-1")
    ask(acme, survey, "kim@c.example", ref="T-2")
    acme.world.clock.pass_time(days=1)
    ask(acme, survey, "lee@c.example", ref="T-3")
    page = client.get(f"/console/requests?{query}").text
    assert {ref for ref in ("T-1", "T-2", "T-3") if f">{ref}<" in page} == shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "yesterday"])
@pytest.mark.parametrize("name", ["from", "to"])
def test_a_day_that_cannot_be_looked_up_is_refused_beside_its_field(
    acme: Workspace, name: str, day: str
) -> None:
    answer = acme.signed_in().get(f"/console/requests?{name}={day}")
    assert answer.status_code == 422
    assert re.search(rf'id="problem-{name}">[^<]+\.<', answer.text)


def test_a_long_list_has_pages(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    for number in range(55):
        ask(acme, survey, f"c{number}@c.example")
    first = client.get("/console/requests?status=scheduled").text
    assert first.count("@c.example") == 50
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = client.get(older[1].replace("&amp;", "&")).text
    assert second.count("@c.example") == 5
    assert 'rel="prev"' in second


def test_htmx_gets_the_rows_alone(acme: Workspace) -> None:
    answer = acme.signed_in().get("/console/requests", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_requests_page_tells_its_story(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    id = ask(acme, survey, "kim@c.example", ref="T-1", external_url="https://desk.example/1")
    send_due_requests(acme)
    assert "waits to be sent" in client.get(f"/console/requests/{id}").text
    [mail] = deliveries(acme)
    with acme.world.app.app_context():
        note_sent(db.session, acme.id, mail.id, acme.world.clock())
        note_bounced(
            db.session,
            acme.id,
            mail.id,
            hard=True,
            detail="550 no <b>one</b>",
            at=acme.world.clock(),
        )
    page = client.get(f"/console/requests/{id}").text
    assert "came back" in page
    assert "550 no &lt;b&gt;one&lt;/b&gt;" in page
    assert "http://localhost/s/" in page
    assert 'href="https://desk.example/1"' in page


def test_an_answered_request_leads_to_its_response(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    id = ask(acme, survey)
    given = answer_survey(acme, survey, 5)
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Request).where(Request.id == id).values(status="answered"))
    assert "Read the response" not in client.get(f"/console/requests/{id}").text
    with acme.world.app.app_context():
        assert db.session.scalar(select(Response.id)) == UUID(given)
        with writing(db.session):
            db.session.execute(update(Request).values(id=UUID(given)))
    page = client.get(f"/console/requests/{given}").text
    assert f'href="/console/responses/{given}"' in page


def test_asking_one_customer(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    acme.member("Ana", employee_id="E-7")
    form = client.get("/console/requests/new").text
    member = re.search(r'value="([^"]+)">Ana<', form)
    assert member
    made = post(
        client,
        "/console/requests/new",
        survey=survey,
        email="Kim@c.example",
        name="Kim",
        member=member[1],
        channel="chat",
        ref="T-9",
        key="once",
    )
    assert made.status_code == 303
    page = client.get(made.headers["Location"]).text
    assert "Request to kim@c.example" in page
    assert "Ana" in page
    again = post(
        client,
        "/console/requests/new",
        survey=survey,
        email="Kim@c.example",
        name="Kim",
        member=member[1],
        channel="chat",
        ref="T-9",
        key="once",
    )
    assert again.headers["Location"] == made.headers["Location"]
    assert len(requests_of(acme)) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": ""}, "There is no email address."),
        ({"email": "kim"}, "This is no email address."),
        ({"survey": "nosuchsurvey"}, "Choose a survey."),
        ({"time_zone": "Mars/Base"}, "There is no such time zone"),
        ({"external_url": "desk"}, "This is no web address"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(
    acme: Workspace, fields: dict[str, str], says: str
) -> None:
    survey = acme.survey()
    given = {"survey": survey, "email": "kim@c.example", "name": "Kim Larsen", **fields}
    answer = post(acme.signed_in(), "/console/requests/new", **given)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kim Larsen" in answer.text
    assert requests_of(acme) == []


def test_a_waiting_request_is_cancelled_once(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    id = ask(acme, survey, delay_s=60)
    path = f"/console/requests/{id}"
    page = post(client, f"{path}/cancel", path)
    assert "Cancelled" in client.get(page.headers["Location"]).text
    assert stored_request(acme, id).why == "cancelled"
    refused = post(client, f"{path}/cancel", "/console/requests/new")
    assert "not waiting to be sent" in client.get(refused.headers["Location"]).text


def test_reminders_are_cancelled_on_the_page(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    set_rules(acme, survey, reminders=1, reminder_days=1)
    path = f"/console/requests/{ask(acme, survey)}"
    send_due_requests(acme)
    with acme.world.app.app_context():
        note_sent(db.session, acme.id, deliveries(acme)[0].id, acme.world.clock())
    assert "A reminder is due." in client.get(path).text
    assert "No further mails</button>" in client.get(path).text
    after = client.get(post(client, f"{path}/cancel", path).headers["Location"]).text
    assert "Cancelled: no further mail is sent." in after
    assert "Somebody cancelled its reminders; the link can still be answered." in after
    assert "Reminder to kim@c.example" in after
    assert "The request was cancelled." in after
    assert "A reminder is due." not in after
    assert "No further mails</button>" not in after
    assert "The link can be answered until then." in after


def test_a_viewer_is_offered_no_way_to_cancel(acme: Workspace) -> None:
    path = f"/console/requests/{ask(acme, acme.survey(), delay_s=60)}"
    client = role(acme, "viewer")
    page = client.get(path).text
    assert "/cancel" not in page
    assert post(client, f"{path}/cancel", "/console/account/password").status_code == 403


def test_the_file_to_begin_with_can_be_used(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    acme.member("Ana Silva", email="ana@company.example")
    page = client.get("/console/requests/import").text
    assert "/console/requests/import/template.csv" in page
    template = client.get("/console/requests/import/template.csv")
    assert template.content_type == "text/csv; charset=utf-8"
    assert 'filename="customers.csv"' in template.headers["Content-Disposition"]
    preview = client.get(upload(client, survey, template.data).headers["Location"]).text
    assert "kim@customer.example" in preview
    assert "Accepted" in preview


def test_a_file_is_looked_at_before_it_is_sent(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    ask(acme, survey, "known@c.example")
    content = b"E-Mail;Name;Note\nnew@c.example;=1+1;x\nknown@c.example;Kim;\nbad;Bad;\n"
    uploaded = upload(client, survey, content, "list <b>.csv")
    assert uploaded.status_code == 303
    path = uploaded.headers["Location"]
    page = client.get(path).text
    assert "What list &lt;b&gt;.csv will do" in page
    assert "3 rows for A survey" in page
    assert "&#39;=1+1" in page
    assert "Not again before 23 Dec 2026" in page
    assert "<code>Note</code> → custom property" in page
    assert len(requests_of(acme)) == 1
    only = client.get(f"{path}?only=bad_address").text
    assert "new@c.example" not in only
    assert "1 to 1 of 1" in only
    sent = post(client, f"{path}/send", path)
    assert sent.headers["Location"] == path
    running = client.get(path).text
    assert 'hx-trigger="every 1s"' in running
    assert "0 of 3 rows are done" in running
    assert "0 of 3 rows are done" in client.get("/console/requests").text
    with acme.world.app.app_context():
        db.session.rollback()
        run_imports(db.engine, acme.world.clock())
    partial = client.get(path, headers={"HX-Request": "true"}).text
    assert "<html" not in partial
    assert "hx-trigger" not in partial
    assert "3 of 3 rows are done; 1 accepted." in partial
    link = re.search(r'href="(/console/requests\?[^"]+why=suppressed[^"]*)"', partial)
    assert link
    assert client.get(link[1].replace("&amp;", "&")).text.count("known@c.example") == 1


def test_a_file_is_thrown_away(acme: Workspace) -> None:
    client = acme.signed_in()
    path = upload(client, acme.survey(), b"email\nkim@c.example\n").headers["Location"]
    post(client, f"{path}/discard", path)
    assert "thrown away" in client.get(path).text
    assert (
        post(client, f"{path}/send", "/console/requests/new")
        .headers["Location"]
        .endswith("/requests/import")
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "at least one row"),
        (b"name\nKim\n", "no column with email"),
        (b"PK\x03\x04", "This is no text file"),
        (b"x" * 140_000 + b",email\n,kim@c.example\n", "cannot be read"),
        (b"email\n" + b"x" * MOST_BYTES, "larger than 5 MB"),
    ],
)
def test_a_file_of_no_use_says_why_beside_the_field(
    acme: Workspace, content: bytes, says: str
) -> None:
    answer = upload(acme.signed_in(), acme.survey(), content)
    assert answer.status_code == 422
    assert re.search(rf'id="problem-file">[^<]*{says}', answer.text)


def test_only_uploads_may_be_large(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    assert upload(client, survey, b"email\n" + b"x" * (3 * MOST_BYTES)).status_code == 413
    large = {"csrf_token": "x", "email": "x" * (3 * 1024 * 1024)}
    assert client.post("/console/requests/new", data=large).status_code == 413


@pytest.mark.parametrize("who", ["nobody", "viewer", "member"])
def test_nobody_who_may_not_upload_makes_the_server_read_a_large_file(
    acme: Workspace, who: str
) -> None:
    client = acme.world.client() if who == "nobody" else role(acme, who)
    for size, status in ((3 * 1024 * 1024, 413), (10, 400)):
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(b"x" * size), "a.csv")})
        sort = f'multipart/form-data; boundary="{boundary}"'
        answer = client.post("/console/requests/import", data=body, content_type=sort)
        assert answer.status_code == status


def test_a_file_up_to_the_limit_is_taken(acme: Workspace) -> None:
    content = b"email,note\nkim@c.example," + b"x" * 100_000 + b"\n"
    content += b"\n" * (MOST_BYTES - len(content))
    assert upload(role(acme, "manager"), acme.survey(), content).status_code == 303


def test_a_surveys_rules_are_saved(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}/asking"
    assert "By the customer’s clock" in client.get(path).text
    saved = post(
        client,
        path,
        suppression_days="0",
        delay_minutes="15",
        hours_from="9",
        hours_until="17",
        expires_days="14",
        reminders="2",
        reminder_days="4",
        edit_days="7",
        weekdays_only="1",
    )
    assert saved.status_code == 303
    with acme.world.app.app_context():
        found = asking_of(db.session, acme.id, survey)
    assert found.rules == AskingRules(0, 15, 9, 17, 14, 2, 4, 7, weekdays_only=True)
    assert not found.accepts_unsigned
    assert 'name="weekdays_only" value="1" checked' in client.get(path).text


@pytest.mark.parametrize("wrong", ["6", "-1", "many", "", "9" * 30, "٣"])
def test_rules_that_cannot_be_are_explained_and_kept(acme: Workspace, wrong: str) -> None:
    survey = acme.survey()
    good = {name: str(value) for name, value in AskingRules().to_json().items()}
    del good["weekdays_only"]
    path = f"/console/surveys/{survey}/asking"
    answer = post(acme.signed_in(), path, **{**good, "reminders": wrong})
    if wrong == "٣":
        # A three in Arabic digits is a three.
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert 'id="problem-reminders">Choose a number from 0 to 5.' in answer.text
    assert f'value="{wrong}"' in answer.text


def test_the_workspaces_policy_and_test_mode_are_saved(acme: Workspace) -> None:
    client = acme.signed_in()
    given = {
        "cap": "3",
        "cap_days": "7",
        "mails_per_minute": "60",
        "sender": "feedback@acme.example",
        "postal_address": "1 Road\nTown",
        "test_mail_to": "Test@acme.example",
    }
    assert post(client, "/console/asking", **given).status_code == 303
    with acme.world.app.app_context():
        found = workspace_asking(db.session, acme.id)
    assert (found.policy.cap, found.policy.cap_days, found.policy.mails_per_minute) == (3, 7, 60)
    assert found.policy.sender == "feedback@acme.example"
    assert found.test_mail_to == "test@acme.example"
    assert "Test mode" in client.get("/console/requests").text
    for field in ("sender", "test_mail_to"):
        answer = post(client, "/console/asking", **{**given, field: "nobody\r\nBcc: x@y.example"})
        assert answer.status_code == 422
        assert f'id="problem-{field}">This is no email address.' in answer.text


@pytest.mark.parametrize(
    ("name", "may_read", "may_ask", "may_change_all"),
    [
        ("owner", True, True, True),
        ("admin", True, True, True),
        ("manager", True, True, False),
        ("viewer", True, False, False),
        ("member", False, False, False),
    ],
)
def test_roles_decide_who_reads_asks_and_changes(
    acme: Workspace, name: str, may_read: bool, may_ask: bool, may_change_all: bool
) -> None:
    survey = acme.survey()
    id = ask(acme, survey)
    client = role(acme, name)
    expected = {
        "/console/requests": may_read,
        f"/console/requests/{id}": may_read,
        "/console/requests/new": may_ask,
        "/console/requests/import": may_ask,
        f"/console/surveys/{survey}/asking": may_ask,
        "/console/asking": may_change_all,
    }
    assert {path: client.get(path).status_code == 200 for path in expected} == expected
    if may_read:
        page = client.get("/console/requests").text
        assert ('href="/console/requests/new"' in page) == may_ask
        assert ('href="/console/asking"' in page) == may_change_all


@pytest.mark.parametrize(
    ("name", "sees_link"), [("owner", True), ("manager", True), ("viewer", False)]
)
def test_only_who_may_ask_sees_the_link_that_answers_as_the_customer(
    acme: Workspace, name: str, sees_link: bool
) -> None:
    id = ask(acme, acme.survey())
    page = role(acme, name).get(f"/console/requests/{id}").text
    assert ("http://localhost/s/" in page) == sees_link
    assert ("Your role does not." in page) != sees_link


def test_another_workspace_sees_nothing(acme: Workspace) -> None:
    survey = acme.survey()
    id = ask(acme, survey)
    path = upload(acme.signed_in(), survey, b"email\nkim@c.example\n").headers["Location"]
    stranger = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert "kim@c.example" not in stranger.get("/console/requests").text
    for address in (f"/console/requests/{id}", path, f"/console/surveys/{survey}/asking"):
        assert stranger.get(address).status_code == 404
    for address in (f"/console/requests/{id}/cancel", f"{path}/send", f"{path}/discard"):
        answer = post(stranger, address, "/console/members")
        assert answer.status_code == 404
    assert upload(stranger, survey, b"email\nkim@c.example\n").status_code in (400, 422)
    assert acme.signed_in().get(f"/console/requests/{uuid4()}").status_code == 404


def test_a_test_key_is_made_and_marked(acme: Workspace) -> None:
    client = acme.signed_in()
    post(client, "/console/keys", name="Trial", is_test="y", may_read="y")
    post(client, "/console/keys", name="Real", may_read="y")
    page = client.get("/console/keys").text
    assert page.count('<span class="tag warn">Test</span>') == 1
