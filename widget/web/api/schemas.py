"""What the API takes and gives, as its description shows it."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from widget.domain.scales import KINDS
from widget.domain.search_words import SEARCH_LIMIT

_YES_OR_NO: dict[str, str | list[Any] | dict[Any, Any]] = {"invalid": "Write true or false."}
DAY_OR_TIME = (
    "A time in ISO 8601 with its offset, or a plain day: its start in the workspace's time zone."
)


class PageQuery(Schema):
    """What every list that goes on by a cursor takes; other parameters are refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    limit = fields.Integer(
        load_default=50,
        error_messages={"invalid": "Write a whole number."},
        validate=validate.Range(1, 200, error="Write a number from 1 to 200."),
        metadata={"description": "How many to return, 1 to 200."},
    )
    cursor = fields.String(metadata={"description": "“next” of the page before."})


class ResponseQuery(PageQuery):
    """Filters of the list of responses."""

    survey = fields.String(metadata={"description": "Public id of a survey."})
    kind = fields.String(
        validate=validate.OneOf(KINDS, error=f"Write one of {', '.join(KINDS)}."),
        metadata={"description": "Only responses that have a score of this kind."},
    )
    has_comment = fields.Boolean(
        error_messages=_YES_OR_NO, metadata={"description": "With, or without, a comment."}
    )
    since = fields.String(metadata={"description": f"First answered then or later. {DAY_OR_TIME}"})
    until = fields.String(metadata={"description": f"First answered before then. {DAY_OR_TIME}"})
    member = fields.String(
        metadata={"description": "A member's email, employee id or public id; archived ones too."}
    )
    team = fields.Integer(
        strict=False,
        validate=validate.Range(1, 2**31 - 1, error="Write a team's id."),
        error_messages={"invalid": "Write a team's id."},
        metadata={"description": "A team's id; members of the teams below it count as well."},
    )
    campaign = fields.Integer(
        strict=False,
        validate=validate.Range(1, 2**31 - 1, error="Write a campaign's id."),
        error_messages={"invalid": "Write a campaign's id."},
        metadata={"description": "A campaign's id: answers to its mails."},
    )
    channel = fields.String(metadata={"description": "The channel, exactly."})
    language = fields.String(metadata={"description": "The language code, exactly, such as en."})
    tag = fields.String(metadata={"description": "A tag that your team gave to responses."})
    q = fields.String(
        validate=validate.Length(max=SEARCH_LIMIT, error=f"Write {SEARCH_LIMIT} characters."),
        metadata={
            "description": "Words to be found, all of them, in comment, customer's name and email, "
            "reference or member's name. The last may go on. Case and accents do not matter."
        },
    )
    ref = fields.String(metadata={"description": "Your reference, exactly."})
    test = fields.Boolean(
        load_default=False,
        error_messages=_YES_OR_NO,
        metadata={"description": "Include test responses."},
    )
    recovery = fields.Boolean(
        load_default=False,
        error_messages=_YES_OR_NO,
        metadata={
            "description": "Include answers of customers who were asked again after a follow-up. "
            "Scores leave them out."
        },
    )


class MemberSchema(Schema):
    id = fields.String()
    name = fields.String()
    email = fields.String(allow_none=True)


class RewardSchema(Schema):
    id = fields.String()
    name = fields.String(metadata={"description": "In English where that is known."})


class CustomerSchema(Schema):
    email = fields.String()
    name = fields.String()
    id = fields.String()


class ResponseSchema(Schema):
    """One response. Times are ISO 8601 in UTC."""

    id = fields.UUID()
    survey = fields.String(metadata={"description": "Public id of the survey."})
    version = fields.Integer(metadata={"description": "Version that the customer saw."})
    kind = fields.String(metadata={"description": "Kind of the main question."})
    score = fields.Integer(metadata={"description": "Score of the main question."})
    stars = fields.Integer(allow_none=True)
    csat = fields.Integer(allow_none=True)
    nps = fields.Integer(allow_none=True)
    ces = fields.Integer(allow_none=True)
    reasons = fields.List(fields.String(), metadata={"description": "Ids of ticked reasons."})
    comment = fields.String(
        allow_none=True, metadata={"description": "Null, too, when the team has hidden it."}
    )
    wants_contact = fields.Boolean(metadata={"description": "The customer asked to be contacted."})
    contact = fields.String(
        allow_none=True,
        metadata={"description": "The email address or telephone number given for that."},
    )
    may_publish = fields.Boolean(
        metadata={"description": "The customer lets you publish the comment."}
    )
    reward = fields.Nested(
        RewardSchema,
        allow_none=True,
        metadata={"description": "What the customer suggested for the member, or null."},
    )
    member = fields.Nested(MemberSchema, allow_none=True)
    member_given = fields.String(metadata={"description": "How the page named the member."})
    tags = fields.List(fields.String(), metadata={"description": "Tags that your team gave."})
    ref = fields.String()
    channel = fields.String()
    source = fields.String()
    language = fields.String()
    customer = fields.Nested(CustomerSchema)
    page = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    problems = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    test = fields.Boolean()
    recovery = fields.Boolean(
        metadata={"description": "Whether the customer was asked again after a follow-up."}
    )
    created_at = fields.AwareDateTime(format="iso")
    updated_at = fields.AwareDateTime(format="iso")
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)


class ResponsePage(Schema):
    items = fields.List(fields.Nested(ResponseSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )


class Problem(Schema):
    """An error (RFC 9457)."""

    title = fields.String(metadata={"description": "What sort of error it is."})
    status = fields.Integer(metadata={"description": "The HTTP status."})
    detail = fields.String(metadata={"description": "A sentence that says what to change."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Sentences by parameter, where parameters are wrong."},
    )


EXAMPLE_PAGE: dict[str, Any] = {
    "items": [
        {
            "id": "019ab0c4-7a10-7c3e-9f52-3d1f6a0c8e21",
            "survey": "k3v9q2xw7m",
            "version": 2,
            "kind": "stars",
            "score": 5,
            "stars": 5,
            "csat": None,
            "nps": None,
            "ces": None,
            "reasons": ["fast", "solved"],
            "comment": "Quick and friendly, thank you!",
            "wants_contact": False,
            "contact": None,
            "may_publish": True,
            "reward": {"id": "c7r2k9wq4xz3", "name": "Coffee"},
            "member": {"id": "m4t8z1pd6h", "name": "Ana Silva", "email": "ana@acme.example"},
            "member_given": "ana@acme.example",
            "tags": ["delivery"],
            "ref": "T-1042",
            "channel": "chat",
            "source": "widget",
            "language": "en",
            "customer": {"email": "kim@customer.example", "name": "Kim", "id": ""},
            "page": "https://shop.example/help",
            "attributes": {"plan": "pro"},
            "problems": [],
            "test": False,
            "recovery": False,
            "created_at": "2026-11-23T09:00:00+00:00",
            "updated_at": "2026-11-23T09:00:41+00:00",
            "finished_at": "2026-11-23T09:00:41+00:00",
        }
    ],
    "next": None,
}
