"""What the API takes and gives, as its description shows it."""

from marshmallow import EXCLUDE, Schema, fields, validate

from widget.domain.scales import KINDS


class ResponseQuery(Schema):
    """Filters of the list of responses."""

    class Meta:
        unknown = EXCLUDE

    survey = fields.String(metadata={"description": "Public id of a survey."})
    kind = fields.String(
        validate=validate.OneOf(KINDS),
        metadata={"description": "Only responses that have a score of this kind."},
    )
    has_comment = fields.Boolean(metadata={"description": "With, or without, a comment."})
    since = fields.AwareDateTime(
        format="iso", metadata={"description": "First answered at this time or later (ISO 8601)."}
    )
    until = fields.AwareDateTime(
        format="iso", metadata={"description": "First answered before this time (ISO 8601)."}
    )
    member = fields.String(metadata={"description": "A member's email, employee id or public id."})
    ref = fields.String(metadata={"description": "Your reference, exactly."})
    test = fields.Boolean(load_default=False, metadata={"description": "Include test responses."})
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many to return, 1 to 200."},
    )
    cursor = fields.String(metadata={"description": "`next` of the page before."})


class MemberSchema(Schema):
    id = fields.String()
    name = fields.String()
    email = fields.String(allow_none=True)


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
    comment = fields.String(allow_none=True)
    member = fields.Nested(MemberSchema, allow_none=True)
    member_given = fields.String(metadata={"description": "How the page named the member."})
    ref = fields.String()
    channel = fields.String()
    source = fields.String()
    language = fields.String()
    customer = fields.Nested(CustomerSchema)
    page = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    problems = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    test = fields.Boolean()
    created_at = fields.AwareDateTime(format="iso")
    updated_at = fields.AwareDateTime(format="iso")
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)


class ResponsePage(Schema):
    items = fields.List(fields.Nested(ResponseSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )
