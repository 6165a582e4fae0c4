"""`/api/v1/requests`."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.builders import (
    KEY,
    MONDAY,
    Workspace,
    answer_survey,
    deliveries,
    make_workspace,
    send_due_requests,
    set_rules,
)
from widget.actions.change_survey import set_closed
from widget.actions.create_api_key import create_api_key
from widget.actions.note_delivery import note_sent
from widget.domain.links import LinkSigner
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request, Survey


class Program:
    """Something that calls the API with a workspace's key."""

    def __init__(self, acme: Workspace, *, is_test: bool = False) -> None:
        self.client = acme.world.client()
        with acme.world.app.app_context():
            key = create_api_key(
                db.session, acme.id, name="Desk", user_id=None, at=MONDAY, is_test=is_test
            )
        self.headers = {"Authorization": f"Bearer {key}"}

    def post(self, key: str | None = None, **body: Any) -> TestResponse:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post("/api/v1/requests", json=body, headers=headers)

    def ask(self, email: str = "kim@c.example", **body: Any) -> dict[str, Any]:
        answer = self.post(**{"channel": "email", "customer": {"email": email}, **body})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def get(self, path: str = "") -> TestResponse:
        return self.client.get(f"/api/v1/requests{path}", headers=self.headers)

    def refs(self, query: str = "") -> list[str]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        return [item["ext_interaction_id"] for item in answer.get_json()["items"]]


def count(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return len(db.session.scalars(select(Request.id)).all())


def test_a_request_is_scheduled_and_says_everything_about_itself(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana", email="ana@acme.example")
    made = Program(acme).ask(
        customer={
            "email": "Kim@C.example",
            "name": "Kim",
            "custom_id": "C-7",
            "time_zone": "Asia/Tokyo",
        },
        employee={"email": "Ana@acme.example"},
        channel="chat",
        ext_interaction_id="T-1",
        external_url="https://desk.example/T-1",
        tags=["vip", "x" * 2_500],
        brand="Shoes",
        language="pt_BR",
        country="br",
        custom_properties={"plan": "pro"},
        delay=3600,
    )
    assert made.pop("id")
    assert made.pop("member")["name"] == "Ana"
    url = made.pop("url")
    assert made == {
        "status": "scheduled",
        "why": None,
        "why_text": None,
        "why_until": None,
        "why_request": None,
        "due_at": "2026-11-23T10:00:00+00:00",
        "sent_at": None,
        "answered_at": None,
        "expires_at": "2026-12-23T10:00:00+00:00",
        "created_at": "2026-11-23T09:00:00+00:00",
        "interaction_at": "2026-11-23T09:00:00+00:00",
        "reminders_sent": 0,
        "survey": survey,
        "customer": {
            "email": "kim@c.example",
            "name": "Kim",
            "custom_id": "C-7",
            "time_zone": "Asia/Tokyo",
        },
        "member_given": "Ana@acme.example",
        "channel": "chat",
        "ext_interaction_id": "T-1",
        "external_url": "https://desk.example/T-1",
        "tags": ["vip", "x" * 2_000],
        "brand": "Shoes",
        "language": "pt-BR",
        "country": "BR",
        "custom_properties": {"plan": "pro"},
        "do_not_send": False,
        "test": False,
    }
    assert url.startswith("http://localhost/s/")


def test_the_link_is_signed_for_the_request_and_ignores_the_host_header(acme: Workspace) -> None:
    acme.survey()
    program = Program(acme)
    program.headers["Host"] = "127.0.0.1"
    made = program.ask()
    home, _slash, token = made["url"].rpartition("/s/")
    assert home == "http://localhost"
    link = LinkSigner([KEY], "answer").read(token)
    assert (link.workspace_id, str(link.request_id)) == (acme.id, made["id"])


def test_a_link_alone_needs_no_address(acme: Workspace) -> None:
    acme.survey()
    made = Program(acme).ask(customer={"custom_id": "C-7"}, do_not_send=True)
    assert (made["status"], made["why"]) == ("link_only", "do_not_send")
    assert made["url"]
    assert made["due_at"] is None


def test_a_second_request_says_until_when_and_by_which_it_is_suppressed(acme: Workspace) -> None:
    acme.survey()
    first, second = Program(acme).ask(), Program(acme).ask()
    assert (second["status"], second["why"]) == ("not_sent", "suppressed")
    assert second["why_until"] == "2026-12-23T09:00:00+00:00"
    assert second["why_request"] == first["id"]
    assert first["id"] in second["why_text"]
    assert "23 Dec 2026, 09:00" in second["why_text"]


def test_an_unknown_member_stops_the_mail_and_keeps_the_name_given(acme: Workspace) -> None:
    acme.survey()
    made = Program(acme).ask(employee={"custom_id": "E-404"})
    assert (made["status"], made["why"]) == ("not_sent", "member_unknown")
    assert made["member_given"] == "E-404"
    assert Program(acme).ask("other@c.example")["status"] == "scheduled"


def test_a_closed_survey_stores_the_request_unsent(acme: Workspace) -> None:
    survey = acme.survey()
    with acme.world.app.app_context():
        set_closed(db.session, acme.id, survey, closed=True, at=MONDAY)
    assert Program(acme).ask(survey=survey)["why"] == "survey_closed"


def test_a_key_repeated_makes_one_request(acme: Workspace) -> None:
    acme.survey()
    program = Program(acme)
    body: dict[str, Any] = {"channel": "email", "customer": {"email": "kim@c.example"}}
    first = program.post("K-1", **body)
    again = program.post("K-1", **body)
    in_body = program.post(None, **body, idempotency_key="K-1")
    assert first.get_json() == again.get_json() == in_body.get_json()
    assert again.status_code == 201
    assert count(acme) == 1
    other = program.post("K-1", **{**body, "channel": "chat"})
    assert other.status_code == 409
    assert other.content_type == "application/problem+json"
    assert "used before" in other.get_json()["detail"]


def test_keys_of_two_workspaces_do_not_meet(acme: Workspace) -> None:
    acme.survey()
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    rival.survey()
    body: dict[str, Any] = {"channel": "email", "customer": {"email": "kim@c.example"}}
    ids = {Program(who).post("K-1", **body).get_json()["id"] for who in (acme, rival)}
    assert len(ids) == 2


@pytest.mark.parametrize("is_test_first", [True, False])
def test_a_key_tried_with_a_test_key_is_still_free_for_the_real_call(
    acme: Workspace, is_test_first: bool
) -> None:
    acme.survey()
    body: dict[str, Any] = {"channel": "email", "customer": {"email": "kim@c.example"}}
    made = [
        Program(acme, is_test=is_test).post("K-1", **body).get_json()
        for is_test in (is_test_first, not is_test_first, is_test_first)
    ]
    assert [one["test"] for one in made] == [is_test_first, not is_test_first, is_test_first]
    assert made[0]["id"] == made[2]["id"] != made[1]["id"]
    # No live key can be written so that it meets a test's.
    assert Program(acme).post("-test:K-1", **body).get_json()["test"] is False
    assert Program(acme).post("test:K-1", **body).get_json()["test"] is False


def test_a_key_stored_before_tests_had_their_own_is_still_known(acme: Workspace) -> None:
    acme.survey()
    body: dict[str, Any] = {"channel": "email", "customer": {"email": "kim@c.example"}}
    made = Program(acme).post("K-1", **body).get_json()
    with acme.world.app.app_context():
        assert db.session.scalars(select(Request.idempotency_key)).all() == ["api:K-1"]
    assert Program(acme).post("K-1", **body).get_json()["id"] == made["id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer": {}}, ["customer", "email"]),
        ({"customer": {"email": "kim"}}, ["customer", "email"]),
        ({"customer": {"email": "kim@c.example\r\nBcc: all@c.example"}}, ["customer", "email"]),
        ({"customer": {"email": "{{ticket.requester.email}}"}}, ["customer", "email"]),
        (
            {"customer": {"email": "k@c.example", "time_zone": "Mars/Base"}},
            ["customer", "time_zone"],
        ),
        ({"channel": ""}, ["channel"]),
        ({"channel": None}, ["channel"]),
        ({"survey": "nosuchsurvey"}, ["survey"]),
        ({"tags": ["x"] * 21}, ["tags"]),
        ({"custom_properties": {"a": {"b": "c"}}}, ["custom_properties"]),
        ({"language": "English please"}, ["language"]),
        ({"country": "Portugal"}, ["country"]),
        ({"external_url": "javascript:alert(1)"}, ["external_url"]),
        ({"delay": -1}, ["delay"]),
        ({"delay": 10**9}, ["delay"]),
        ({"interaction_at": "yesterday"}, ["interaction_at"]),
        ({"interaction_at": "2028-01-01T00:00:00Z"}, ["interaction_at"]),
        ({"interaction_at": "0001-01-01T00:00:00+14:00"}, ["interaction_at"]),
        ({"interaction_at": "0001-01-01T00:00:00Z"}, ["interaction_at"]),
        ({"interaction_at": "1969-12-31T23:59:59Z"}, ["interaction_at"]),
        ({"interaction_at": "9999-12-31T23:59:59-14:00"}, ["interaction_at"]),
        ({"interaction_at": "2026-11-23T09:00:00+99:99"}, ["interaction_at"]),
        ({"idempotency_key": "k" * 201}, ["idempotency_key"]),
        ({"idempotency_key": "k\0"}, ["idempotency_key"]),
        ({"survey": "s\0"}, ["survey"]),
        ({"customer": {"email": "\ud800@c.example"}}, ["customer", "email"]),
        ({"external_url": "https://c.example/\udfff"}, ["external_url"]),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    acme: Workspace, change: dict[str, Any], field: list[str]
) -> None:
    acme.survey()
    body = {"channel": "email", "customer": {"email": "kim@c.example"}, **change}
    answer = Program(acme).post(**body)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert any(name.startswith(".".join(field)) for name in answer.get_json()["errors"])
    assert count(acme) == 0


def test_the_survey_must_be_named_when_there_are_several(acme: Workspace) -> None:
    program = Program(acme)
    body: dict[str, Any] = {"channel": "email", "customer": {"email": "kim@c.example"}}
    assert "0 are published" in program.post(**body).text
    first = acme.survey()
    assert program.post(**body).status_code == 201
    second = acme.survey("nps")
    assert "2 are published" in program.post(**body).text
    assert program.ask(survey=second)["survey"] == second
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(
            update(Survey).where(Survey.public_id == first).values(published_version_id=None)
        )
    assert "never published" in program.post(**body, survey=first).text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_object_is_refused(acme: Workspace, body: bytes) -> None:
    program = Program(acme)
    answer = program.client.post(
        "/api/v1/requests", data=body, headers=program.headers, content_type="application/json"
    )
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_a_test_key_makes_tests(acme: Workspace) -> None:
    acme.survey()
    test = Program(acme, is_test=True).ask()
    # Without an address for tests nothing may reach the customer.
    assert (test["test"], test["why"]) == (True, "no_test_address")
    # A test does not keep the real request from being sent.
    assert Program(acme).ask()["status"] == "scheduled"


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["3", "2", "1"]),
        ("?limit=1", ["3"]),
        ("?status=link_only", ["3"]),
        ("?status=scheduled", ["2", "1"]),
        ("?why=do_not_send", ["3"]),
        ("?email=KIM@c.example", ["1"]),
        ("?ref=2", ["2"]),
        ("?since=2026-11-24T09:00:00Z", ["3", "2"]),
        ("?until=2026-11-24T09:00:00Z", ["1"]),
        ("?since=2026-11-24", ["3", "2"]),
        ("?until=2026-11-24", ["1"]),
        ("?survey=nosuchsurvey", []),
    ],
)
def test_filters_narrow_the_list(acme: Workspace, query: str, refs: list[str]) -> None:
    acme.survey()
    program = Program(acme)
    program.ask("kim@c.example", ext_interaction_id="1")
    acme.world.clock.pass_time(days=1)
    program.ask("lee@c.example", ext_interaction_id="2")
    acme.world.clock.pass_time(days=1)
    program.ask("", ext_interaction_id="3", do_not_send=True)
    assert program.refs(query) == refs


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize(
    "moment",
    [
        *("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31"),
        *("yesterday", "", "2026-11-24T09:00:00", "2026-11-24T09:00:00%2B99:99"),
    ],
)
def test_a_moment_that_cannot_be_looked_up_is_refused_beside_its_name(
    acme: Workspace, name: str, moment: str
) -> None:
    answer = Program(acme).get(f"?{name}={moment}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][name][0].endswith(".")


def test_an_interaction_of_the_first_year_that_counts_is_only_too_old(acme: Workspace) -> None:
    acme.survey()
    assert Program(acme).ask(interaction_at="1970-01-01T00:00:00+14:00")["why"] == "expired"


def test_a_cursor_goes_through_everything_once(acme: Workspace) -> None:
    acme.survey()
    program, seen, query = Program(acme), [], "?limit=10"
    for number in range(25):
        program.ask(f"c{number}@c.example", ext_interaction_id=str(number))
    for _ in range(3):
        answer = program.get(query).get_json()
        seen += [item["ext_interaction_id"] for item in answer["items"]]
        query = f"?limit=10&cursor={answer['next']}"
    assert answer["next"] is None
    assert sorted(map(int, seen)) == list(range(25))
    assert program.get("?cursor=made-up").status_code == 400


def test_one_request_is_found_in_its_own_workspace_only(acme: Workspace) -> None:
    acme.survey()
    made = Program(acme).ask()
    assert Program(acme).get(f"/{made['id']}").get_json() == made
    rival = Program(make_workspace(acme.world, "Rival", "charlie@rival.example"))
    assert rival.get(f"/{made['id']}").status_code == 404
    assert rival.refs() == []


def test_a_request_is_cancelled_once(acme: Workspace) -> None:
    acme.survey()
    program = Program(acme)
    made = program.ask(delay=60)
    path = f"/api/v1/requests/{made['id']}/cancel"
    rival = Program(make_workspace(acme.world, "Rival", "charlie@rival.example"))
    assert rival.client.post(path, headers=rival.headers).status_code == 404
    answer = program.client.post(path, headers=program.headers)
    assert answer.status_code == 200
    assert answer.get_json() == program.get(f"/{made['id']}").get_json()
    assert (answer.get_json()["status"], answer.get_json()["why"]) == ("not_sent", "cancelled")
    again = program.client.post(path, headers=program.headers)
    assert again.status_code == 409
    assert again.content_type == "application/problem+json"
    assert again.get_json()["detail"] == "This request is not waiting to be sent any more."


def test_reminders_are_cancelled_by_the_api_too(acme: Workspace) -> None:
    survey, program = acme.survey(), Program(acme)
    set_rules(acme, survey, reminders=1, reminder_days=1)
    made = program.ask()
    send_due_requests(acme)
    with acme.world.app.app_context():
        note_sent(db.session, acme.id, deliveries(acme)[0].id, MONDAY)
    path = f"/api/v1/requests/{made['id']}/cancel"
    cancelled = program.client.post(path, headers=program.headers).get_json()
    assert (cancelled["status"], cancelled["why"]) == ("sent", "reminders_cancelled")
    assert cancelled["due_at"] is None
    assert program.refs("?why=reminders_cancelled") == [""]


def test_the_description_fits_what_is_answered(acme: Workspace) -> None:
    acme.survey()
    spec = acme.world.client().get("/api/openapi.json").get_json()
    assert set(spec["paths"]["/api/v1/requests"]) >= {"get", "post"}
    assert set(spec["paths"]["/api/v1/requests/{request_id}/cancel"]["post"]["responses"]) >= {
        "200",
        "409",
    }
    made = Program(acme).ask()
    assert set(made) == set(spec["components"]["schemas"]["Request"]["properties"])


def test_due_in_sending_hours_of_the_customer(acme: Workspace) -> None:
    survey = acme.survey()
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(
            update(Survey)
            .where(Survey.public_id == survey)
            .values(asking={"hours_from": 9, "hours_until": 17})
        )
    # 09:00 UTC on Monday is 18:00 in Tokyo: the next morning there is midnight in UTC.
    made = Program(acme).ask(customer={"email": "kim@c.example", "time_zone": "Asia/Tokyo"})
    assert made["due_at"] == "2026-11-24T00:00:00+00:00"
    assert made["expires_at"] == (MONDAY + timedelta(days=30)).isoformat()


def test_what_no_database_takes_is_left_out(any_acme: Workspace) -> None:
    any_acme.survey()
    odd = "a\0b\ud800c"
    made = Program(any_acme).ask(
        customer={"email": "kim@c.example", "name": odd, "custom_id": odd},
        employee={"email": odd},
        channel=odd,
        ext_interaction_id=odd,
        tags=[odd],
        brand=odd,
        custom_properties={odd: f"{odd}\nd"},
    )
    assert made["customer"]["name"] == made["tags"][0] == "a b c"
    assert made["custom_properties"] == {"a b c": "abc\nd"}
    assert Program(any_acme).get("?ref=%00").status_code == 422


def test_a_key_for_tests_sees_and_changes_nothing_else(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(acme, survey, 5, ref="real")
    answer_survey(acme, survey, 5, ref="test", is_test=True)
    live, trial = Program(acme), Program(acme, is_test=True)
    real, test = live.ask()["id"], trial.ask()["id"]
    assert [one["id"] for one in trial.get("").get_json()["items"]] == [test]
    assert trial.get(f"/{real}").status_code == 404
    cancel = f"/api/v1/requests/{real}/cancel"
    assert trial.client.post(cancel, headers=trial.headers).status_code == 404
    assert live.get(f"/{real}").get_json()["status"] == "scheduled"
    assert trial.get(f"/{test}").status_code == 200
    assert {one["id"] for one in live.get("").get_json()["items"]} == {real, test}
    responses = trial.client.get("/api/v1/responses", headers=trial.headers).get_json()["items"]
    assert [one["ref"] for one in responses] == ["test"]


def test_a_key_for_tests_reads_and_changes_nothing_of_who_was_asked_in_earnest(
    any_acme: Workspace,
) -> None:
    any_acme.survey()
    live, trial = Program(any_acme), Program(any_acme, is_test=True)
    kim = {"email": "kim@c.example", "name": "Kim", "custom_id": "7", "time_zone": "Asia/Tokyo"}
    real = live.ask(customer=kim)["id"]
    other = {"name": "Not Kim", "custom_id": "8", "time_zone": "Europe/Lisbon"}
    test = trial.ask(customer={"email": "kim@c.example", **other})
    assert live.get(f"/{real}").get_json()["customer"] == kim
    said = [test, trial.get(f"/{test['id']}").get_json(), *trial.get().get_json()["items"]]
    unknown = {"name": "", "custom_id": "", "time_zone": ""}
    assert [one["customer"] for one in said] == [{"email": "kim@c.example", **unknown}] * 3


def test_what_tests_said_of_a_customer_is_forgotten_by_the_first_real_request(
    any_acme: Workspace,
) -> None:
    any_acme.survey()
    live, trial = Program(any_acme), Program(any_acme, is_test=True)
    trial.ask(customer={"email": "kim@c.example", "name": "Win at bad.example", "custom_id": "8"})
    again = trial.ask(customer={"email": "kim@c.example", "name": "Try two"})
    assert again["customer"]["name"] == "Try two"
    made = live.ask(customer={"email": "kim@c.example", "time_zone": "Asia/Tokyo"})
    assert made["customer"] == {
        "email": "kim@c.example",
        "name": "",
        "custom_id": "",
        "time_zone": "Asia/Tokyo",
    }
    later = live.ask(customer={"email": "kim@c.example", "name": "Kim"})
    assert later["customer"]["time_zone"] == "Asia/Tokyo"


@pytest.mark.parametrize("depth", [50, 900, 5_000, 200_000])
@pytest.mark.parametrize(
    "body",
    [
        "{nested}",
        '{{"channel": "email", "customer": {nested}}}',
        '{{"channel": "email", "custom_properties": {{"a": {nested}}}}}',
    ],
)
def test_json_that_is_nested_deeply_is_refused_plainly(
    acme: Workspace, depth: int, body: str
) -> None:
    program = Program(acme)
    for nested in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth, "[" * depth):
        answer = program.client.post(
            "/api/v1/requests",
            data=body.format(nested=nested),
            content_type="application/json",
            headers=program.headers,
        )
        # So many bytes of them are too many before they are read.
        assert answer.status_code in ((400, 422) if depth < 200_000 else (400, 413))
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["detail"]
    assert count(acme) == 0


def test_both_spellings_of_an_international_domain_find_its_requests(acme: Workspace) -> None:
    acme.survey()
    program = Program(acme)
    program.ask("kim@xn--bcher-kva.example", ext_interaction_id="T-1")
    program.ask("lee@c.example", ext_interaction_id="T-2")
    for spelling in ("kim@xn--bcher-kva.example", "kim@bücher.example"):
        assert program.refs(f"?email={spelling}") == ["T-1"]
