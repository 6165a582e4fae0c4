"""`GET /api/v1/responses`."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from widget.actions.change_member import set_archived
from widget.actions.mark_response import Mark, set_mark
from widget.domain.surveys import Question
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Workspace as Workspace_


class Program:
    """Something that calls the API with a workspace's key."""

    def __init__(self, acme: Workspace) -> None:
        self.client = acme.world.client()
        self.headers = {"Authorization": f"Bearer {acme.api_key()}"}

    def get(self, query: str = "") -> TestResponse:
        return self.client.get(f"/api/v1/responses{query}", headers=self.headers)

    def refs(self, query: str = "") -> list[str]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        return [item["ref"] for item in answer.json["items"]]  # type: ignore[index]


def test_a_response_has_everything_that_was_said(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, extras=(Question("nps", "numbers"),))
    acme.member("Ana", email="ana@acme.example")
    id = answer_survey(
        acme,
        survey,
        4,
        scores={"nps": 9},
        comment="Good",
        reasons=("fast",),
        may_publish=True,
        member="ana@acme.example",
        ref="T-1",
        channel="chat",
        customer_email="kim@c.example",
        attributes={"plan": "pro"},
    )
    answer = Program(acme).get().json
    assert answer is not None
    assert answer["next"] is None
    [item] = answer["items"]
    assert item["member"].pop("id")
    assert item == {
        "id": id,
        "survey": survey,
        "version": 2,
        "kind": "stars",
        "score": 4,
        "stars": 4,
        "csat": None,
        "nps": 9,
        "ces": None,
        "reasons": ["fast"],
        "comment": "Good",
        "wants_contact": False,
        "contact": None,
        "may_publish": True,
        "reward": None,
        "member": {"name": "Ana", "email": "ana@acme.example"},
        "member_given": "ana@acme.example",
        "tags": [],
        "ref": "T-1",
        "channel": "chat",
        "source": "widget",
        "language": "en",
        "customer": {"email": "kim@c.example", "name": "", "id": ""},
        "page": "",
        "attributes": {"plan": "pro"},
        "problems": [],
        "test": False,
        "recovery": False,
        "created_at": "2026-11-23T09:00:00+00:00",
        "updated_at": "2026-11-23T09:00:00+00:00",
        "finished_at": "2026-11-23T09:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["3", "2", "1"]),
        ("?kind=nps", ["2"]),
        ("?has_comment=true", ["1"]),
        ("?has_comment=false", ["3", "2"]),
        ("?since=2026-11-24T09:00:00Z", ["3", "2"]),
        ("?until=2026-11-24T09:00:00Z", ["1"]),
        ("?ref=2", ["2"]),
        ("?member=nobody", []),
        ("?member=ana@acme.example", ["3"]),
        ("?test=true", ["4", "3", "2", "1"]),
        ("?since=2026-11-24", ["3", "2"]),
        ("?until=2026-11-24", ["1"]),
        ("?limit=1", ["3"]),
    ],
)
def test_filters_narrow_the_list(acme: Workspace, query: str, refs: list[str]) -> None:
    stars, nps = acme.survey("stars"), acme.survey("nps")
    acme.member("Ana", email="ana@acme.example")
    answer_survey(acme, stars, 5, ref="1", comment="Hi", at=MONDAY)
    answer_survey(acme, nps, 5, ref="2", at=MONDAY + timedelta(days=1))
    answer_survey(acme, stars, 5, ref="3", member="ana@acme.example", at=MONDAY + timedelta(days=2))
    answer_survey(acme, stars, 5, ref="4", is_test=True, at=MONDAY + timedelta(days=3))
    assert Program(acme).refs(query) == refs


def test_a_cursor_goes_through_everything_once(acme: Workspace) -> None:
    survey = acme.survey()
    for number in range(25):
        # The same moment for many: their order must still be certain.
        answer_survey(acme, survey, 3, ref=str(number), at=MONDAY)
    program, seen, query = Program(acme), [], "?limit=10"
    for _ in range(3):
        answer = program.get(query).json
        assert answer is not None
        seen += [item["ref"] for item in answer["items"]]
        query = f"?limit=10&cursor={answer['next']}"
    assert answer["next"] is None
    assert sorted(map(int, seen)) == list(range(25))


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("?limit=0", 422, "limit"),
        ("?limit=201", 422, "limit"),
        ("?kind=smiles", 422, "kind"),
        ("?since=yesterday", 422, "since"),
        ("?since=2026-11-24T09:00:00", 422, "since"),
        ("?since=0001-01-01T00:00:00%2B14:00", 422, "“since”: Choose a time from the years"),
        ("?until=9999-12-31T23:00:00-14:00", 422, "“until”: Choose a time from the years"),
        ("?until=99999999999999999999", 422, "“until”: Write a day like"),
        ("?limit=99999999999999999999999", 422, "“limit”: Write a number from 1 to 200."),
        ("?limit=many", 422, "“limit”: Write a whole number."),
        ("?has_comment=perhaps", 422, "“has_comment”: Write true or false."),
        ("?sinse=2026-11-24", 422, "“sinse”: There is no such parameter."),
        ("?survey=nosuchsurvey", 422, "“survey”: There is no survey with this public id"),
        ("?ref=a%00b", 422, "“ref” holds a character that cannot be stored"),
        ("?cursor=made-up", 400, "cursor"),
    ],
)
def test_a_wrong_query_is_explained(
    any_acme: Workspace, query: str, status: int, says: str
) -> None:
    answer = Program(any_acme).get(query)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert says in answer.json["detail"]
    assert answer.json["status"] == status
    assert answer.json["title"]


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/api/v1/nothing", 404, "There is nothing at this address."),
        ("POST", "/api/v1/responses", 405, "This address takes GET only."),
        ("GET", "/api/v1/responses", 401, "Send a live API key"),
    ],
)
def test_other_refusals_are_in_plain_words_too(
    acme: Workspace, method: str, path: str, status: int, says: str
) -> None:
    answer = acme.world.client().open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["detail"].startswith(says)
    assert set(answer.json) == {"title", "status", "detail"}


def test_a_plain_day_begins_in_the_workspaces_time_zone(acme: Workspace) -> None:
    survey = acme.survey()
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Workspace_).values(time_zone="Pacific/Auckland"))
    answer_survey(acme, survey, 5, ref="before", at=datetime(2026, 11, 23, 10, 59, tzinfo=UTC))
    answer_survey(acme, survey, 5, ref="after", at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    assert Program(acme).refs("?since=2026-11-24") == ["after"]
    assert Program(acme).refs("?until=2026-11-24") == ["before"]


def test_an_archived_members_history_is_still_found(acme: Workspace) -> None:
    survey = acme.survey()
    member = acme.member("Ana", email="ana@acme.example")
    answer_survey(acme, survey, 5, ref="1", member="ana@acme.example")
    with acme.world.app.app_context():
        set_archived(db.session(), acme.id, member, archived=True, at=MONDAY)
    assert Program(acme).refs("?member=ana@acme.example") == ["1"]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic abc", "bearer  "])
def test_without_a_live_key_nothing_is_told(acme: Workspace, header: str | None) -> None:
    answer = acme.world.client().get(
        "/api/v1/responses", headers={"Authorization": header} if header else {}
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_a_session_opens_no_api(acme: Workspace) -> None:
    assert acme.signed_in().get("/api/v1/responses").status_code == 401


def test_a_key_sees_its_own_workspace_only(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana", email="ana@acme.example")
    answer_survey(acme, survey, 5, ref="secret", member="ana@acme.example")
    rival = Program(make_workspace(acme.world, "Rival", "charlie@rival.example"))
    for query in ("", "?member=ana@acme.example", "?ref=secret"):
        assert rival.refs(query) == []
    assert rival.get(f"?survey={survey}").text == rival.get("?survey=nosuchsurvey").text


def test_the_description_fits_what_is_answered(acme: Workspace) -> None:
    spec = acme.world.client().get("/api/openapi.json").json
    assert spec is not None
    assert spec["openapi"].startswith("3.1")
    assert "get" in spec["paths"]["/api/v1/responses"]
    answer_survey(acme, acme.survey(), 5)
    answer = Program(acme).get().json
    assert answer is not None
    described = spec["components"]["schemas"]["Response"]["properties"]
    assert set(answer["items"][0]) == set(described)
    content = spec["paths"]["/api/v1/responses"]["get"]["responses"]["200"]["content"]
    assert set(content["application/json"]["example"]["items"][0]) == set(described)
    assert "PaginationMetadata" not in spec["components"]["schemas"]
    assert "`" not in acme.world.client().get("/api/openapi.json").text


def test_the_documentation_names_every_parameter(acme: Workspace) -> None:
    page = acme.world.client().get("/api/docs").text
    for name in ("survey", "has_comment", "since", "cursor", "Authorization: Bearer"):
        assert name in page


def test_who_wants_to_be_contacted_comes_with_the_address_they_gave(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(
        acme, survey, 1, wants_contact=True, contact="030 123456", customer_email="kim@c.example"
    )
    answer = Program(acme).get().json
    assert answer is not None
    [item] = answer["items"]
    assert (item["wants_contact"], item["contact"]) == (True, "030 123456")
    assert item["customer"]["email"] == "kim@c.example"


def test_a_suggested_reward_is_there_until_the_score_takes_it_back(acme: Workspace) -> None:
    survey, coffee = acme.survey(), acme.reward("Coffee")
    acme.change(survey, ask_reward=True)
    acme.member("Ana", email="ana@acme.example")
    for score, ref in ((5, "good"), (2, "bad")):
        answer_survey(acme, survey, score, member="ana@acme.example", reward=coffee, ref=ref)
    answer = Program(acme).get().json
    assert answer is not None
    rewards = {item["ref"]: item["reward"] for item in answer["items"]}
    assert rewards == {"good": {"id": coffee, "name": "Coffee"}, "bad": None}


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("?channel=chat", ["2", "1"]),
        ("?language=en", ["3", "2", "1"]),
        ("?language=de", []),
        ("?q=slow deliv", ["1"]),
        ("?q=RUDE", []),
        ("?q=%22%28*", []),
        ("?team={top}", ["3", "2"]),
        ("?team={below}", ["3"]),
        ("?team=999", []),
        ("?tag=late", []),
    ],
)
def test_words_teams_and_channels_narrow_the_list(
    any_acme: Workspace, query: str, refs: list[str]
) -> None:
    survey = any_acme.survey()
    top = any_acme.team("Top")
    below = any_acme.team("Below", parent=top)
    for name, team in (("ana", top), ("bo", below)):
        any_acme.put_in(team, any_acme.member(name, email=f"{name}@a.example"))
    answer_survey(any_acme, survey, 1, ref="1", channel="chat", comment="Slow delivery")
    answer_survey(any_acme, survey, 1, ref="2", channel="chat", member="ana@a.example")
    hidden = answer_survey(any_acme, survey, 1, ref="3", member="bo@a.example", comment="Rude")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        mark: Mark = "comment_hidden_at"
        set_mark(db.session(), any_acme.id, UUID(hidden), mark, is_set=True, at=at)
    assert Program(any_acme).refs(query.format(top=top, below=below)) == refs


@pytest.mark.parametrize("query", ["?team=x", "?team=0", f"?q={'x' * 201}"])
def test_a_wrong_value_of_these_is_explained(acme: Workspace, query: str) -> None:
    answer = Program(acme).get(query)
    assert answer.status_code == 422
    assert "Write" in answer.text
