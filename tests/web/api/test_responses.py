"""`GET /api/v1/responses`."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from widget.domain.surveys import Question


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
        "member": {"name": "Ana", "email": "ana@acme.example"},
        "member_given": "ana@acme.example",
        "ref": "T-1",
        "channel": "chat",
        "source": "widget",
        "language": "en",
        "customer": {"email": "kim@c.example", "name": "", "id": ""},
        "page": "",
        "attributes": {"plan": "pro"},
        "problems": [],
        "test": False,
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
        ("?survey=nosuchsurvey", []),
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
        ("?cursor=made-up", 400, "cursor"),
    ],
)
def test_a_wrong_query_is_explained(acme: Workspace, query: str, status: int, says: str) -> None:
    answer = Program(acme).get(query)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert says in answer.text


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
    for query in ("", f"?survey={survey}", "?member=ana@acme.example", "?ref=secret"):
        assert rival.refs(query) == []


def test_the_description_fits_what_is_answered(acme: Workspace) -> None:
    spec = acme.world.client().get("/api/openapi.json").json
    assert spec is not None
    assert spec["openapi"].startswith("3.1")
    assert "get" in spec["paths"]["/api/v1/responses"]
    answer_survey(acme, acme.survey(), 5)
    answer = Program(acme).get().json
    assert answer is not None
    assert set(answer["items"][0]) == set(spec["components"]["schemas"]["Response"]["properties"])


def test_the_documentation_names_every_parameter(acme: Workspace) -> None:
    page = acme.world.client().get("/api/docs").text
    for name in ("survey", "has_comment", "since", "cursor", "Authorization: Bearer"):
        assert name in page
