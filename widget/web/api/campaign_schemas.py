"""What the API takes and gives about campaigns and audiences, as its description shows it."""

from typing import Any, get_args

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from widget.domain.asks import KEY_LIMIT
from widget.domain.campaigns import CAMPAIGN_STATUSES, EVERY, CampaignPlan, SizedBy, Who
from widget.domain.requests import WHYS
from widget.web.api.request_schemas import NAME
from widget.web.api.scores import ChangeSchema, EstimateSchema

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


class CampaignQuery(Schema):
    """Filters of the list of campaigns."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    status = fields.String(validate=validate.OneOf(CAMPAIGN_STATUSES))
    survey = fields.String(validate=NAME, metadata={"description": "Public id of a survey."})
    limit = fields.Integer(
        load_default=50,
        error_messages={"invalid": "Write a whole number."},
        validate=validate.Range(1, 200, error="Write a number from 1 to 200."),
        metadata={"description": "How many to return, 1 to 200."},
    )
    cursor = fields.String(metadata={"description": "“next” of the page before."})


class WaveQuery(Schema):
    """Which wave's results to tell."""

    class Meta:
        unknown = EXCLUDE

    wave = fields.Integer(
        validate=validate.Range(1, 2**31 - 1),
        metadata={
            "description": "Number of the wave whose results are told; the last unless told."
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


class NotSentSchema(Schema):
    why = fields.String(validate=validate.OneOf(WHYS))
    why_text = fields.String(metadata={"description": "The same in words."})
    number = fields.Integer()


class ProgressSchema(Schema):
    """How many requests of all waves are in which state."""

    wanted = fields.Integer(metadata={"description": "How many its waves are to ask."})
    made = fields.Integer(metadata={"description": "How many of them have a request."})
    complete = fields.Boolean(metadata={"description": "Whether no more requests are to be made."})
    scheduled = fields.Integer()
    sent = fields.Integer(metadata={"description": "Left, whatever became of it since."})
    bounced = fields.Integer()
    answered = fields.Integer()
    unsubscribed = fields.Integer()
    not_sent = fields.Integer()
    reasons = fields.List(
        fields.Nested(NotSentSchema),
        metadata={"description": "Why some were not sent, most frequent first."},
    )


class WaveSchema(Schema):
    number = fields.Integer()
    status = fields.String(metadata={"description": "draw, making or made."})
    size = fields.Integer(metadata={"description": "How many it is to ask."})
    made = fields.Integer(metadata={"description": "How many requests it has made."})
    began_at = fields.AwareDateTime(format="iso")


class AdjustedChangeSchema(ChangeSchema):
    """A difference among several that are judged together, by their verdicts and “adjusted_p”."""

    adjusted_p = fields.Float(
        allow_none=True, metadata={"description": "“p” by Holm's correction."}
    )


class BaselineSchema(EstimateSchema):
    """The number of another campaign's first wave, or of this one's own."""

    id = fields.Integer(metadata={"description": "Of the campaign."})
    name = fields.String()
    recounted = fields.Boolean(
        metadata={
            "description": "Its survey calls other answers satisfied; it is counted here as this "
            "campaign's survey counts."
        }
    )


class WeightedSchema(EstimateSchema):
    """What all customers would say: each stratum counts as much as it weighs among them. Null where
    groups that have said nothing weigh more than a fifth."""

    missing_share = fields.Float(
        metadata={"description": "What groups weigh that have said nothing, from 0 to 1."}
    )


class StratumSchema(Schema):
    values = fields.List(
        fields.String(),
        metadata={"description": "What its customers have in common, in the order of “traits”."},
    )
    customers = fields.Integer()
    to_be_asked = fields.Integer()
    response_rate = fields.Nested(
        EstimateSchema, metadata={"description": "Per cent; “n” is how many were sent."}
    )
    against_others = fields.Nested(
        AdjustedChangeSchema,
        metadata={"description": "Its response rate against that of all others together."},
    )
    score = fields.Nested(EstimateSchema)


class GroupSchema(EstimateSchema):
    name = fields.String(metadata={"description": "“” where none is known."})
    change = fields.Nested(
        AdjustedChangeSchema,
        allow_none=True,
        metadata={"description": "Against the same group of the baseline; null without one."},
    )


class ResultsSchema(EstimateSchema):
    """What a wave found: the campaign's number with its 95 % interval."""

    wave = fields.Integer()
    metric = fields.String()
    unit = fields.String(metadata={"description": "points, percent or nps."})
    method = fields.String(metadata={"description": "How the interval is made."})
    baseline = fields.Nested(BaselineSchema, allow_none=True)
    change = fields.Nested(
        ChangeSchema, allow_none=True, metadata={"description": "Against the baseline."}
    )
    weighted = fields.Nested(
        WeightedSchema, allow_none=True, metadata={"description": "Null without two strata."}
    )
    unequal = fields.Boolean(
        metadata={
            "description": "Some strata answered more readily than others, beyond chance, so that "
            "the weighted number is fairer than the plain one."
        }
    )
    strata = fields.List(fields.Nested(StratumSchema))
    segments = fields.List(fields.Nested(GroupSchema))
    clients = fields.List(fields.Nested(GroupSchema))


class CampaignSchema(ListedCampaignSchema):
    """One campaign with how far it has come and what it found: the numbers of its page."""

    plan = fields.Nested(PlanSchema)
    seed = fields.String(metadata={"description": "What its samples are drawn by."})
    waves = fields.List(fields.Nested(WaveSchema), metadata={"description": "The last one first."})
    progress = fields.Nested(
        ProgressSchema, allow_none=True, metadata={"description": "Null before the first wave."}
    )
    results = fields.Nested(
        ResultsSchema, allow_none=True, metadata={"description": "Null before the first wave."}
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


_PART = {"value": 38.4, "low": 30.1, "high": 46.2, "n": 412}
EXAMPLE: dict[str, Any] = {
    "id": 7,
    "name": "Autumn",
    "survey": "k3v9q2xw7m",
    "metric": "nps",
    "status": "running",
    "baseline": False,
    "audience": {"id": 3, "name": "Enterprise"},
    "excluded": None,
    "sent": 1980,
    "answered": 412,
    "created_at": "2026-11-02T09:00:00+00:00",
    "first_wave_at": "2026-11-03T08:00:00+00:00",
    "next_wave_at": None,
    "finished_at": None,
    "plan": {**CampaignPlan(who="sample", number=2000, sized_by="number").to_json()},
    "seed": "9f0c4b7a12de3386",
    "waves": [
        {
            "number": 1,
            "status": "made",
            "size": 2000,
            "made": 2000,
            "began_at": "2026-11-03T08:00:00+00:00",
        }
    ],
    "progress": {
        "wanted": 2000,
        "made": 2000,
        "complete": True,
        "scheduled": 0,
        "sent": 1980,
        "bounced": 12,
        "answered": 412,
        "unsubscribed": 5,
        "not_sent": 20,
        "reasons": [
            {
                "why": "asked_recently",
                "why_text": "This customer was asked for something a short time ago.",
                "number": 20,
            }
        ],
    },
    "results": {
        **_PART,
        "wave": 1,
        "metric": "nps",
        "unit": "nps",
        "method": "adjusted_wald",
        "baseline": {
            "value": 30.0,
            "low": 21.7,
            "high": 38.0,
            "n": 390,
            "id": 2,
            "name": "Spring",
            "recounted": False,
        },
        "change": {"difference": 8.4, "low": -3.1, "high": 19.9, "p": 0.15, "verdict": "unclear"},
        "weighted": None,
        "unequal": False,
        "strata": [],
        "segments": [{"name": "Enterprise", **_PART, "change": None}],
        "clients": [],
    },
}
