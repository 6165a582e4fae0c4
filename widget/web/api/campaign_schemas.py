"""What the API takes and gives about campaigns and audiences, as its description shows it."""

from typing import get_args

from marshmallow import RAISE, Schema, fields, validate

from widget.domain.asks import KEY_LIMIT
from widget.domain.campaigns import CAMPAIGN_STATUSES, EVERY, CampaignPlan, SizedBy, Who
from widget.web.api.request_schemas import NAME
from widget.web.api.schemas import PageQuery

_USUAL = CampaignPlan()


def _number(description: str, name: str) -> "fields.Integer":
    usual = getattr(_USUAL, name)
    return fields.Integer(
        strict=True, metadata={"description": f"{description} {usual} unless you say otherwise."}
    )


class PlanSchema(Schema):
    """Whom a campaign asks, and when. What is left out is as a new campaign in the console has
    it."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "A plan has no such field."}

    who = fields.String(
        validate=validate.OneOf(get_args(Who)),
        metadata={"description": "“everybody” of the audience, which is usual, or a “sample”."},
    )
    sized_by = fields.String(
        validate=validate.OneOf(get_args(SizedBy)),
        metadata={"description": "What a sample is sized by. Usually “margin”."},
    )
    margin = fields.Float(
        metadata={"description": "Margin of error of a sample, 0.5 to 50 points. Usually 5."}
    )
    response_rate = fields.Float(
        metadata={"description": "Per cent who are expected to answer, 1 to 100. Usually 20."}
    )
    number = _number("How many to ask, where a sample is sized by number.", "number")
    traits = fields.List(
        fields.String(validate=NAME),
        metadata={
            "description": "What customers are told apart by, three at most: “client”, “segment”, "
            "“language”, “country”, or “attribute:NAME”."
        },
    )
    starts_on = fields.Date(
        allow_none=True,
        metadata={"description": "A day in the workspace's time zone; null is at once."},
    )
    starts_hour = _number("Hour of that day, 0 to 23.", "starts_hour")
    every = fields.String(
        validate=validate.OneOf(EVERY), metadata={"description": "Usually “once”."}
    )
    repeat = _number("Every so many weeks or months.", "repeat")
    spread_days = _number("Days over which each wave is spread, 1 to 90.", "spread_days")
    hours_from = _number("Mails leave from this hour of the customer's day on.", "hours_from")
    hours_until = _number("Mails leave until this hour, 1 to 24.", "hours_until")
    weekdays_only = fields.Boolean(metadata={"description": "From Monday to Friday only."})
    quiet_days = _number(
        "Whoever was asked for anything within so many days is not asked; 0 is off.", "quiet_days"
    )
    reminders = fields.Integer(
        strict=True,
        allow_none=True,
        metadata={"description": "How many; null leaves that to the survey's rules."},
    )
    reminder_days = _number("Days between them.", "reminder_days")


class NewCampaign(Schema):
    """A campaign to be planned. Nothing is sent before it is launched."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "A campaign has no such field."}

    name = fields.String(required=True)
    survey = fields.String(
        required=True, validate=NAME, metadata={"description": "Public id of a survey."}
    )
    audience = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Id of an audience; null is every customer."},
    )
    excluded = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Id of an audience nobody of which is asked."},
    )
    plan = fields.Nested(PlanSchema, load_default=dict)
    idempotency_key = fields.String(
        load_default="",
        validate=[validate.Length(max=KEY_LIMIT), NAME],
        metadata={"description": "The same as the header “Idempotency-Key”."},
    )


class CampaignQuery(PageQuery):
    """Filters of the list of campaigns."""

    status = fields.String(
        validate=validate.OneOf(CAMPAIGN_STATUSES),
        metadata={"description": "The state that they are in."},
    )
    survey = fields.String(validate=NAME, metadata={"description": "Public id of a survey."})


class WaveQuery(Schema):
    """Which wave's results to tell."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    wave = fields.Integer(
        validate=validate.Range(1, 2**31 - 1),
        metadata={
            "description": "Number of the wave whose results are told; the last unless told. "
            "One that there is not is answered 404."
        },
    )


class NamedSchema(Schema):
    id = fields.Integer()
    name = fields.String()


class ListedCampaignSchema(Schema):
    """One campaign. Times are ISO 8601 in UTC."""

    id = fields.Integer()
    name = fields.String()
    survey = fields.String(metadata={"description": "Public id of the survey."})
    metric = fields.String(metadata={"description": "What its survey's main question measures."})
    status = fields.String(validate=validate.OneOf(CAMPAIGN_STATUSES))
    baseline = fields.Boolean(
        metadata={"description": "Whether others of its metric are compared with it."}
    )
    audience = fields.Nested(
        NamedSchema, allow_none=True, metadata={"description": "Null is every customer."}
    )
    excluded = fields.Nested(NamedSchema, allow_none=True)
    sent = fields.Integer(
        metadata={"description": "Requests whose mail left, whatever became of it."}
    )
    answered = fields.Integer()
    created_at = fields.AwareDateTime(format="iso")
    first_wave_at = fields.AwareDateTime(format="iso", allow_none=True)
    next_wave_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)


class CampaignPageSchema(Schema):
    items = fields.List(fields.Nested(ListedCampaignSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )


class AudienceQuery(Schema):
    """Which audiences to list."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    limit = fields.Integer(
        load_default=20,
        error_messages={"invalid": "Write a whole number."},
        validate=validate.Range(1, 50, error="Write a number from 1 to 50."),
        metadata={"description": "How many to return, 1 to 50: the customers of each are counted."},
    )
    cursor = fields.String(metadata={"description": "“next” of the page before."})


class AudienceSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    kind = fields.String(
        validate=validate.OneOf(("rules", "list")),
        metadata={"description": "“rules” over what is known of customers, or a “list” of some."},
    )
    customers = fields.Integer(metadata={"description": "How many it has at this moment."})
    updated_at = fields.AwareDateTime(format="iso")


class AudiencePageSchema(Schema):
    items = fields.List(fields.Nested(AudienceSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )
