"""`GET /api/v1/testimonials`: approved comments, and nothing else of anybody."""

from typing import Any

from sqlalchemy import select

from tests.builders import Workspace, answer_survey, make_workspace, post
from widget.actions.decide_testimonial import approve_testimonial
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.models import Response, User


def approved(acme: Workspace, survey: str, comment: str, **details: Any) -> str:
    response = answer_survey(acme, survey, 5, comment=comment, may_publish=True, **details)
    with acme.world.app.app_context():
        user = db.session.scalars(select(User.id)).first()
        row = db.session.scalars(select(Response).where(Response.comment == comment)).one()
        approve_testimonial(
            db.session(),
            acme.id,
            row.id,
            None,
            scope=EVERYTHING,
            user_id=user or 0,
            at=acme.world.clock(),
        )
        db.session.remove()
    return response


def test_it_lists_what_is_approved_in_the_sites_order(any_acme: Workspace) -> None:
    acme = any_acme
    acme.member("Ana Silva", email="ana@a.example")
    survey = acme.survey()
    answer_survey(acme, survey, 5, comment="Not approved.", may_publish=True)
    details = {"member": "ana@a.example", "customer_email": "kim@c.example", "ref": "T-1"}
    first = approved(acme, survey, "Quick.", **details)
    approved(acme, acme.survey("csat"), "Elsewhere.")
    client = acme.world.client()
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    page = client.get(f"/api/v1/testimonials?survey={survey}", headers=key).json
    assert page == {
        "items": [
            {
                "id": first,
                "survey": survey,
                "kind": "stars",
                "score": 5,
                "stars": 5,
                "text": "Quick.",
                "language": "en",
                "member": "Ana",
                "created_at": "2026-11-23T09:00:00+00:00",
            }
        ],
        "next": None,
    }


def test_it_goes_on_where_the_page_before_ended(acme: Workspace) -> None:
    survey = acme.survey()
    for number in range(5):
        approved(acme, survey, f"Comment {number}.")
    client = acme.world.client()
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    texts, query = [], "?limit=2"
    while query:
        page = client.get(f"/api/v1/testimonials{query}", headers=key).json
        texts += [item["text"] for item in page["items"]]
        query = f"?limit=2&cursor={page['next']}" if page["next"] else ""
    assert texts == [f"Comment {number}." for number in (4, 3, 2, 1, 0)]


def test_members_are_not_named_where_the_workspace_does_not_want_it(acme: Workspace) -> None:
    acme.member("Ana Silva", email="ana@a.example")
    approved(acme, acme.survey(), "Quick.", member="ana@a.example")
    post(acme.signed_in(), "/console/sharing", offer_reviews="none")
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    page = acme.world.client().get("/api/v1/testimonials", headers=key).json
    assert page["items"][0]["member"] is None


def test_a_key_reads_its_own_workspace(acme: Workspace) -> None:
    survey = acme.survey()
    approved(acme, survey, "Quick.")
    other = make_workspace(acme.world, "Other", "olga@other.example")
    key = {"Authorization": f"Bearer {other.api_key()}"}
    client = acme.world.client()
    assert client.get("/api/v1/testimonials", headers=key).json == {"items": [], "next": None}
    assert client.get(f"/api/v1/testimonials?survey={survey}", headers=key).status_code == 422


def test_what_cannot_be_read_is_refused_with_a_sentence(acme: Workspace) -> None:
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    client = acme.world.client()
    for query, status in (("?cursor=x", 400), ("?limit=0", 422), ("?offset=1", 422)):
        answer = client.get(f"/api/v1/testimonials{query}", headers=key)
        assert answer.status_code == status
        assert answer.json["detail"]
