"""The calls that Sayso makes, as the API's description tells them: its `webhooks`."""

from typing import Any

from apispec import APISpec
from marshmallow import Schema, fields, validate

from widget.domain.webhooks import EVENTS, MATCHED, TRIAL, Event
from widget.web.api.schemas import EXAMPLE_PAGE, ResponseSchema


class ResponseMatchedDataSchema(Schema):
    rules = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names of the rules that hold of it and send it."},
    )
    url = fields.String(required=True, metadata={"description": "Where your team reads it."})
    response = fields.Nested(
        ResponseSchema,
        required=True,
        metadata={"description": "What GET /api/v1/responses tells of it, at the time of sending."},
    )


class WebhookTestDataSchema(Schema):
    workspace = fields.String(required=True, metadata={"description": "Your workspace's name."})


def _event(kind: Event, data: type[Schema], moment: str) -> dict[str, fields.Field[Any]]:
    return {
        "type": fields.String(required=True, validate=validate.Equal(kind)),
        "timestamp": fields.AwareDateTime(
            format="iso", required=True, metadata={"description": moment}
        ),
        "data": fields.Nested(data, required=True),
    }


ResponseMatchedSchema = Schema.from_dict(
    _event(MATCHED, ResponseMatchedDataSchema, "When the response was finished."),
    name="ResponseMatchedSchema",
)
WebhookTestSchema = Schema.from_dict(
    _event(TRIAL, WebhookTestDataSchema, "When somebody pressed the button."),
    name="WebhookTestSchema",
)

_SUMMARIES: dict[Event, str] = {
    MATCHED: "A response that rules hold of.",
    TRIAL: "Somebody tries the webhook, in the console.",
}
_SCHEMAS: dict[Event, tuple[str, type[Schema]]] = {
    MATCHED: ("ResponseMatched", ResponseMatchedSchema),
    TRIAL: ("WebhookTest", WebhookTestSchema),
}
_EXAMPLES: dict[Event, dict[str, Any]] = {
    MATCHED: {
        "type": MATCHED,
        "timestamp": EXAMPLE_PAGE["items"][0]["finished_at"],
        "data": {
            "rules": ["Key account, happy"],
            "url": "https://feedback.example.com/console/responses/"
            + EXAMPLE_PAGE["items"][0]["id"],
            "response": EXAMPLE_PAGE["items"][0],
        },
    },
    TRIAL: {
        "type": TRIAL,
        "timestamp": "2026-11-23T09:00:00+00:00",
        "data": {"workspace": "Acme"},
    },
}
_ABOUT = (
    "Sent to each webhook that a rule names, by Standard Webhooks 1.0.0. Check the signature "
    "before you believe a message. A message can arrive twice: remember its “webhook-id”."
)


def _header(name: str, description: str, pattern: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
        "example": example,
    }


_HEADERS = [
    _header(
        "webhook-id",
        "The message's id, the same at every attempt.",
        r"^msg_[0-9a-f]{32}$",
        "msg_01a217ea50dc705c9e3b2afcf272f1f4",
    ),
    _header(
        "webhook-timestamp",
        "When this attempt was made, in seconds since 1970. Refuse what is older than 5 minutes.",
        r"^[0-9]+$",
        "1795597241",
    ),
    _header(
        "webhook-signature",
        "“v1,” and the base64 of HMAC-SHA256 over “ID.TIMESTAMP.BODY”, keyed with what the base64 "
        "after “whsec_” of the webhook's secret says. For a day after a change of secrets there "
        "are two, parted by a space: one that fits is enough.",
        r"^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
]
_ANSWERS = {
    "2XX": {"description": "Taken. Answer within ten seconds."},
    "410": {"description": "Nothing more is wanted: the webhook is switched off."},
    "default": {
        "description": "Tried again, up to six times within a day, or later by “Retry-After” in "
        "seconds. Redirects are not followed."
    },
}


def describe_webhooks(spec: APISpec) -> None:
    """Add every event to a description, each with its schema, its headers and what is made of the
    answer."""
    described = {}
    for event in EVENTS:
        name, schema = _SCHEMAS[event]
        spec.components.schema(name, schema=schema)
        body = {
            "schema": {"$ref": f"#/components/schemas/{name}"},
            "example": _EXAMPLES[event],
        }
        operation = {
            "operationId": f"webhook-{name}",
            "summary": _SUMMARIES[event],
            "description": _ABOUT,
            "parameters": _HEADERS,
            "requestBody": {"required": True, "content": {"application/json": body}},
            "responses": _ANSWERS,
            # No key of the API's: the signature says who sends it.
            "security": [],
        }
        described[event] = {"post": operation}
    spec.options["webhooks"] = described
