"""`/api/v1/campaigns` and `/api/v1/audiences`: plan campaigns, steer them, and read what they
found."""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import request
from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE

from widget.actions.change_campaigns import CampaignDraft, plan_once
from widget.actions.steer_campaign import (
    launch_campaign,
    pause_campaign,
    resume_campaign,
    stop_campaign,
)
from widget.domain.asks import KEY_LIMIT
from widget.domain.campaigns import CampaignPlan
from widget.domain.errors import CampaignRefused, KeyConflict, PlanRefused
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.audiences import audiences_page, count_matching
from widget.storage.campaign_lists import with_answers
from widget.storage.campaigns import CampaignFilter, campaign_of, campaigns_page
from widget.web.api.campaign_objects import campaign_object, listed_object
from widget.web.api.campaign_result_schemas import EXAMPLE, CampaignSchema
from widget.web.api.campaign_schemas import (
    AudiencePageSchema,
    AudienceQuery,
    CampaignPageSchema,
    CampaignQuery,
    NewCampaign,
    WaveQuery,
)
from widget.web.api.cursors import number_cursor, number_in
from widget.web.api.keys import api_workspace, key_name, needs, refuse_tests
from widget.web.api.responses import blueprint
from widget.web.clock import now

_ID = "<int(max=2147483647):campaign_id>"
_OTHER_STATE = "Not in the state that it is in; the sentence says why."


@blueprint.route("/campaigns")
class Campaigns(MethodView):
    @needs("read")
    @blueprint.arguments(CampaignQuery, location="query", unknown=RAISE)
    @blueprint.response(200, CampaignPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List campaigns, newest first."""
        refuse_tests("campaigns")
        session, limit = db.session(), query["limit"]
        found = campaigns_page(
            session,
            api_workspace(),
            CampaignFilter(query.get("status"), query.get("survey")),
            limit=limit + 1,
            below=number_in(query),
        )
        shown = found[:limit]
        return {
            "items": [
                listed_object(one)
                for one in with_answers(session, api_workspace(), EVERYTHING, shown)
            ],
            "next": number_cursor(shown[-1].id) if len(found) > limit else None,
        }

    @needs("write")
    @blueprint.arguments(NewCampaign, location="json", unknown=RAISE)
    @blueprint.response(201, CampaignSchema)
    @blueprint.alt_response(409, description="The idempotency key was used for something else.")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Plan a campaign, as a draft.

        Nothing is sent before it is launched. Send an “Idempotency-Key” header to be able to repeat
        a call that may have arrived.
        """
        refuse_tests("campaigns")
        key = request.headers.get("Idempotency-Key", "").strip() or body["idempotency_key"]
        if len(key) > KEY_LIMIT:
            _refuse({"idempotency_key": f"At most {KEY_LIMIT} characters, please."})
        plan = body["plan"]
        draft = CampaignDraft(
            body["name"],
            body["survey"],
            body["audience"],
            body["excluded"],
            CampaignPlan(**{**plan, "traits": tuple(plan.get("traits", ()))}),
        )
        try:
            id = plan_once(
                db.session(), api_workspace(), draft, key=key, by_key=key_name(), at=now()
            )
        except PlanRefused as error:
            _refuse(error.problems)
        except KeyConflict as error:
            abort(409, message=str(error))
        return _stored(id)


@blueprint.route(f"/campaigns/{_ID}")
class OneCampaign(MethodView):
    @needs("read")
    @blueprint.arguments(WaveQuery, location="query", unknown=RAISE)
    @blueprint.response(200, CampaignSchema, example=EXAMPLE)
    def get(self, query: dict[str, Any], campaign_id: int) -> dict[str, Any]:
        """One campaign: how far it has come, and what it found.

        The numbers are those of its page in the console, for somebody who sees everything.
        """
        refuse_tests("campaigns")
        return _stored(campaign_id, query.get("wave"))


@blueprint.route(f"/campaigns/{_ID}/launch")
class CampaignLaunch(MethodView):
    @needs("write")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(409, description=_OTHER_STATE)
    def post(self, campaign_id: int) -> dict[str, Any]:
        """Launch a draft.

        Its mails leave by themselves from then on, to real customers.
        """
        return _steer(launch_campaign, campaign_id)


@blueprint.route(f"/campaigns/{_ID}/pause")
class CampaignPause(MethodView):
    @needs("write")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(409, description=_OTHER_STATE)
    def post(self, campaign_id: int) -> dict[str, Any]:
        """Let no further mail leave until it is resumed."""
        return _steer(pause_campaign, campaign_id)


@blueprint.route(f"/campaigns/{_ID}/resume")
class CampaignResumption(MethodView):
    @needs("write")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(409, description=_OTHER_STATE)
    def post(self, campaign_id: int) -> dict[str, Any]:
        """Go on where it was paused."""
        return _steer(resume_campaign, campaign_id)


@blueprint.route(f"/campaigns/{_ID}/stop")
class CampaignStop(MethodView):
    @needs("write")
    @blueprint.response(200, CampaignSchema)
    @blueprint.alt_response(409, description=_OTHER_STATE)
    def post(self, campaign_id: int) -> dict[str, Any]:
        """Let no further mail leave, for good.

        What was sent can still be answered.
        """
        return _steer(stop_campaign, campaign_id)


@blueprint.route("/audiences")
class Audiences(MethodView):
    @needs("read")
    @blueprint.arguments(AudienceQuery, location="query", unknown=RAISE)
    @blueprint.response(200, AudiencePageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List audiences, oldest first, with how many customers each has now."""
        refuse_tests("audiences")
        session, limit, at = db.session(), query["limit"], now()
        found = audiences_page(session, api_workspace(), limit=limit + 1, above=number_in(query))
        return {
            "items": [
                {
                    "id": one.id,
                    "name": one.name,
                    "kind": "list" if one.rules is None else "rules",
                    "customers": count_matching(session, api_workspace(), one, at),
                    "updated_at": one.updated_at,
                }
                for one in found[:limit]
            ],
            "next": number_cursor(found[limit - 1].id) if len(found) > limit else None,
        }


def _steer(act: Callable[..., None], id: int) -> dict[str, Any]:
    refuse_tests("campaigns")
    try:
        act(db.session(), api_workspace(), id, at=now(), by_key=key_name())
    except CampaignRefused as error:
        abort(409, message=str(error))
    return _stored(id)


def _stored(id: int, wave: int | None = None) -> dict[str, Any]:
    return campaign_object(campaign_of(db.session(), api_workspace(), id), wave)


_OUTSIDE_THE_PLAN = frozenset({"name", "survey", "audience", "excluded", "idempotency_key"})


def _refuse(problems: dict[str, str]) -> NoReturn:
    errors: dict[str, Any] = {}
    for name, text in problems.items():
        place = errors if name in _OUTSIDE_THE_PLAN else errors.setdefault("plan", {})
        place[name] = [text]
    abort(422, messages={"json": errors})
    raise AssertionError("abort raises")
