"""`GET /api/v1/testimonials`: approved comments, for sites that draw them themselves."""

from typing import Any

from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE, Schema, fields, validate

from widget.domain.errors import UnknownSurvey
from widget.extensions import db
from widget.storage.shares import sharing_rules
from widget.storage.surveys import survey_of
from widget.storage.testimonials import shown_testimonials
from widget.web.api.cursors import number_cursor, number_in
from widget.web.api.keys import api_workspace, needs
from widget.web.api.responses import blueprint


class TestimonialQuery(Schema):
    """Which testimonials to list."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    survey = fields.String(metadata={"description": "Public id of a survey."})
    limit = fields.Integer(
        load_default=50,
        error_messages={"invalid": "Write a whole number."},
        validate=validate.Range(1, 200, error="Write a number from 1 to 200."),
        metadata={"description": "How many to return, 1 to 200."},
    )
    cursor = fields.String(metadata={"description": "What “next” said on the page before."})


class TestimonialSchema(Schema):
    """A comment as the company's site shows it."""

    id = fields.UUID(metadata={"description": "The id of the response."})
    survey = fields.String(metadata={"description": "Public id of the survey."})
    kind = fields.String()
    score = fields.Integer()
    stars = fields.Integer(allow_none=True)
    text = fields.String(
        metadata={"description": "The customer's words, cut perhaps and never reworded."}
    )
    language = fields.String(metadata={"description": "Language of the survey they answered."})
    member = fields.String(
        allow_none=True,
        metadata={"description": "The member's first name, where your workspace publishes it."},
    )
    created_at = fields.AwareDateTime(format="iso")


class TestimonialPage(Schema):
    items = fields.List(fields.Nested(TestimonialSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )


@blueprint.route("/testimonials")
class Testimonials(MethodView):
    @needs("read")
    @blueprint.arguments(TestimonialQuery, location="query", unknown=RAISE)
    @blueprint.response(200, TestimonialPage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List approved testimonials, in the order of your site.

        Ask again often: a customer may take their consent back at any time.
        """
        if "survey" in query:
            try:
                survey_of(db.session(), api_workspace(), query["survey"])
            except UnknownSurvey:
                sentence = "There is no survey with this public id in your workspace."
                abort(422, messages={"query": {"survey": [sentence]}})
        rows = shown_testimonials(
            db.session(),
            api_workspace(),
            survey=query.get("survey"),
            limit=query["limit"] + 1,
            below=number_in(query),
        )
        names_members = sharing_rules(db.session(), api_workspace()).names_members
        shown = rows[: query["limit"]]
        return {
            "items": [
                {
                    "id": row.response_id,
                    "survey": row.survey_public_id,
                    "kind": row.kind,
                    "score": row.score,
                    "stars": row.stars,
                    "text": row.words,
                    "language": row.language,
                    "member": (row.member or None) if names_members else None,
                    "created_at": row.answered_at,
                }
                for row in shown
            ],
            "next": number_cursor(shown[-1].place) if len(rows) > len(shown) else None,
        }
