"""What the API tells of one campaign: how far it has come, and what it found."""

from typing import Any

from marshmallow import Schema, fields, validate

from widget.domain.campaign_results import FEWEST_OF_STRATUM
from widget.domain.campaigns import CampaignPlan
from widget.domain.requests import WHYS
from widget.web.api.campaign_schemas import ListedCampaignSchema, PlanSchema
from widget.web.api.scores import ChangeSchema, EstimateSchema


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
    sent = fields.Integer(
        metadata={
            "description": "A mail server took the mail, whatever became of it since: those that "
            "came back, were answered or have expired are among them."
        }
    )
    bounced = fields.Integer(
        metadata={
            "description": "The mail came back, or no server took it as it refused the address. "
            "The first are in “sent” as well, the second in “not_sent”."
        }
    )
    answered = fields.Integer()
    unsubscribed = fields.Integer()
    not_sent = fields.Integer(
        metadata={
            "description": "No mail left, for one of the “reasons”; refused addresses are among "
            "them, and in “bounced” as well."
        }
    )
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


class SmallerStrataSchema(Schema):
    """Strata of so few customers that a number of one would tell of people: all of them together,
    without what they said."""

    strata = fields.Integer(metadata={"description": "How many there are."})
    customers = fields.Integer()
    to_be_asked = fields.Integer()
    sent = fields.Integer()


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
    strata = fields.List(
        fields.Nested(StratumSchema),
        metadata={
            "description": f"Those of at least {FEWEST_OF_STRATUM} customers, the largest first."
        },
    )
    smaller_strata = fields.Nested(
        SmallerStrataSchema,
        allow_none=True,
        metadata={"description": "All others together; null where there are none."},
    )
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
        "smaller_strata": None,
        "segments": [{"name": "Enterprise", **_PART, "change": None}],
        "clients": [],
    },
}
