"""`GET /api/v1/responses`: what customers said, newest first."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint, abort

from widget.extensions import db
from widget.storage.members import member_named
from widget.storage.responses import ListedResponse, ResponseFilter, responses_page
from widget.web.api.cursors import cursor_of, read_cursor
from widget.web.api.keys import api_workspace, require_key
from widget.web.api.schemas import ResponsePage, ResponseQuery

blueprint = Blueprint("api", __name__, url_prefix="/api/v1", description="What customers said.")
blueprint.before_request(require_key)


@blueprint.route("/responses")
class Responses(MethodView):
    @blueprint.arguments(ResponseQuery, location="query")
    @blueprint.response(200, ResponsePage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List responses, newest first.

        Hidden responses are left out; test responses unless `test` is true.
        """
        after = read_cursor(query["cursor"]) if "cursor" in query else None
        if "cursor" in query and after is None:
            abort(400, message="This cursor is not one of ours; start again without it.")
        member_id = None
        if "member" in query:
            member = member_named(db.session(), api_workspace(), query["member"])
            member_id = member.id if member else 0
        page = responses_page(
            db.session(),
            api_workspace(),
            ResponseFilter(
                survey=query.get("survey"),
                kind=query.get("kind"),
                has_comment=query.get("has_comment"),
                since=query.get("since"),
                until=query.get("until"),
                member_id=member_id,
                ref=query.get("ref"),
                with_tests=query["test"],
            ),
            limit=query["limit"],
            older_than=after,
        )
        return {
            "items": [_as_json(found) for found in page.items],
            "next": cursor_of(page.items[-1].place) if page.has_older else None,
        }


def _as_json(found: ListedResponse) -> dict[str, Any]:
    row = found.response
    member = {
        "id": found.member_public_id,
        "name": found.member_name,
        "email": found.member_email,
    }
    return {
        "id": row.id,
        "survey": found.survey_public_id,
        "version": found.version,
        "kind": row.kind,
        "score": row.score,
        "stars": row.stars,
        "csat": row.csat,
        "nps": row.nps,
        "ces": row.ces,
        "reasons": row.reasons or [],
        "comment": row.comment or None,
        "member": member if found.member_public_id else None,
        "member_given": row.member_given,
        "ref": row.ref,
        "channel": row.channel,
        "source": row.source,
        "language": row.language,
        "customer": {
            "email": row.customer_email,
            "name": row.customer_name,
            "id": row.customer_id,
        },
        "page": row.page,
        "attributes": row.attributes or {},
        "problems": row.problems or [],
        "test": row.is_test,
        "created_at": row.answered_at,
        "updated_at": row.updated_at,
        "finished_at": row.finished_at,
    }
