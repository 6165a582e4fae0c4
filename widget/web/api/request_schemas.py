"""What the API takes and gives about requests, as its description shows it."""

from datetime import datetime

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from widget.domain import asks
from widget.domain.addresses import EMAIL_LIMIT
from widget.domain.errors import MomentRefused
from widget.domain.moments import counted
from widget.domain.requests import STATUSES, WHYS
from widget.web.api.schemas import DAY_OR_TIME

_TEXT = validate.Length(max=asks.TEXT_LIMIT)
# What is looked up as it is given, and so must be something that a database can look up.
NAME = validate.Regexp(r"^[^\x00-\x1f\ud800-\udfff]*\Z", error="Not a valid name.")


def is_countable(moment: datetime) -> None:
    """Raises ValidationError for a moment that nothing can be counted from."""
    try:
        counted(moment)
    except MomentRefused as error:
        raise ValidationError(str(error)) from error


class AskedCustomerSchema(Schema):
    """The customer to ask."""

    class Meta:
        unknown = EXCLUDE

    name = fields.String(load_default="", validate=_TEXT)
    email = fields.String(
        load_default="",
        validate=validate.Length(max=EMAIL_LIMIT),
        metadata={"description": "Needed unless “do_not_send” is true."},
    )
    custom_id = fields.String(
        load_default="", validate=_TEXT, metadata={"description": "Your own id of the customer."}
    )
    time_zone = fields.String(
        load_default="",
        metadata={"description": "Such as “Europe/Lisbon”; sending hours are counted in it."},
    )


class EmployeeSchema(Schema):
    """The member who helped."""

    class Meta:
        unknown = EXCLUDE

    email = fields.String(load_default="", validate=_TEXT)
    custom_id = fields.String(
        load_default="", validate=_TEXT, metadata={"description": "Employee id or public id."}
    )


class NewRequest(Schema):
    """One ask of one customer about one interaction."""

    class Meta:
        unknown = EXCLUDE

    survey = fields.String(
        load_default="",
        validate=NAME,
        metadata={
            "description": "Public id of a survey; may be left out when exactly one is published."
        },
    )
    customer = fields.Nested(AskedCustomerSchema, load_default=dict)
    employee = fields.Nested(EmployeeSchema, load_default=dict)
    channel = fields.String(
        required=True,
        validate=validate.Length(1, asks.TEXT_LIMIT),
        metadata={"description": "Such as “email”, “chat” or “phone”."},
    )
    ext_interaction_id = fields.String(
        load_default="", validate=_TEXT, metadata={"description": "Such as a ticket's number."}
    )
    external_url = fields.String(
        load_default="", metadata={"description": "Where your people open the interaction."}
    )
    do_not_send = fields.Boolean(
        load_default=False,
        metadata={"description": "Send nothing; only make the link that is in “url”."},
    )
    tags = fields.List(
        fields.String(),
        load_default=list,
        validate=validate.Length(max=asks.TAGS_LIMIT),
        metadata={"description": f"Values are cut at {asks.VALUE_LIMIT} characters."},
    )
    brand = fields.String(load_default="", validate=_TEXT)
    language = fields.String(load_default="", metadata={"description": "Such as “pt-BR”."})
    country = fields.String(load_default="", metadata={"description": "Two letters."})
    custom_properties = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": f"Flat texts, cut at {asks.VALUE_LIMIT} characters."},
    )
    delay = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "Seconds after the interaction, instead of the survey's delay."},
    )
    interaction_at = fields.AwareDateTime(
        format="iso",
        load_default=None,
        allow_none=True,
        validate=is_countable,
        metadata={"description": "When it happened (ISO 8601); now when left out."},
    )
    idempotency_key = fields.String(
        load_default="",
        validate=[validate.Length(max=asks.KEY_LIMIT), NAME],
        metadata={"description": "The same as the header “Idempotency-Key”."},
    )


class RequestQuery(Schema):
    """Filters of the list of requests."""

    class Meta:
        unknown = EXCLUDE

    survey = fields.String(validate=NAME, metadata={"description": "Public id of a survey."})
    status = fields.String(validate=validate.OneOf(STATUSES))
    why = fields.String(validate=validate.OneOf(WHYS))
    email = fields.String(
        validate=NAME, metadata={"description": "The customer's address, in any case."}
    )
    ref = fields.String(validate=NAME, metadata={"description": "“ext_interaction_id”, exactly."})
    since = fields.String(metadata={"description": f"Made then or later. {DAY_OR_TIME}"})
    until = fields.String(metadata={"description": f"Made before then. {DAY_OR_TIME}"})
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many to return, 1 to 200."},
    )
    cursor = fields.String(metadata={"description": "“next” of the page before."})


class RequestedMemberSchema(Schema):
    id = fields.String()
    name = fields.String()
    email = fields.String(allow_none=True)


class RequestSchema(Schema):
    """One request. Times are ISO 8601 in UTC."""

    id = fields.UUID(metadata={"description": "Its response has the same id."})
    url = fields.String(metadata={"description": "The customer's signed link."})
    status = fields.String(validate=validate.OneOf(STATUSES))
    why = fields.String(
        allow_none=True,
        validate=validate.OneOf(WHYS),
        metadata={"description": "Why nothing was, or will be, sent."},
    )
    why_text = fields.String(allow_none=True, metadata={"description": "The same in words."})
    why_until = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "End of a suppression or cap."}
    )
    why_request = fields.UUID(
        allow_none=True, metadata={"description": "The request that suppresses this one."}
    )
    due_at = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "When the next mail leaves."}
    )
    sent_at = fields.AwareDateTime(format="iso", allow_none=True)
    answered_at = fields.AwareDateTime(format="iso", allow_none=True)
    expires_at = fields.AwareDateTime(
        format="iso", metadata={"description": "When it can no longer be answered."}
    )
    created_at = fields.AwareDateTime(format="iso")
    interaction_at = fields.AwareDateTime(format="iso")
    reminders_sent = fields.Integer()
    survey = fields.String(metadata={"description": "Public id of the survey."})
    customer = fields.Nested(AskedCustomerSchema)
    member = fields.Nested(RequestedMemberSchema, allow_none=True)
    member_given = fields.String(metadata={"description": "How the member was named."})
    channel = fields.String()
    ext_interaction_id = fields.String()
    external_url = fields.String()
    tags = fields.List(fields.String())
    brand = fields.String()
    language = fields.String()
    country = fields.String()
    custom_properties = fields.Dict(keys=fields.String(), values=fields.String())
    do_not_send = fields.Boolean()
    test = fields.Boolean()


class RequestPageSchema(Schema):
    items = fields.List(fields.Nested(RequestSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )
