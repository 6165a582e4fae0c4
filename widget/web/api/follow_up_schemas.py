"""What the API takes and gives about follow-ups and replies, as its description shows it."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from widget.domain.asks import KEY_LIMIT
from widget.domain.errors import FollowUpRefused
from widget.domain.follow_ups import LETTERS, OUTCOME_LIMIT, STATUSES, WHYS
from widget.domain.replies import REPLY_LIMIT, read_reply
from widget.storage.follow_ups import QUEUES
from widget.web.api.request_schemas import NAME, is_countable
from widget.web.api.schemas import PageQuery, ResponseSchema

UNANSWERED = "unanswered"
# Whoever calls is a program, and nothing is its own.
API_QUEUES = (*(queue for queue in QUEUES if queue != "mine"), UNANSWERED)
NOBODY = "nobody"


def _is_a_reply(text: str) -> None:
    try:
        read_reply(text)
    except FollowUpRefused as error:
        raise ValidationError(str(error)) from error


class FollowUpQuery(PageQuery):
    """Filters of the queues of follow-ups."""

    queue = fields.String(
        load_default="open",
        validate=validate.OneOf(API_QUEUES, error=f"Write one of {', '.join(API_QUEUES)}."),
        metadata={
            "description": "“open” unless told. “overdue” has those first that are overdue for "
            "longest, the others the newest. “unanswered” has bad answers of the last 30 days to "
            "which nobody has replied, with a follow-up or without one; it takes neither status "
            "nor assignee."
        },
    )
    status = fields.String(
        validate=validate.OneOf(STATUSES, error=f"Write one of {', '.join(STATUSES)}."),
        metadata={"description": "Where they stand."},
    )
    assignee = fields.String(
        validate=NAME,
        metadata={"description": f"Email address of whoever has it, or “{NOBODY}”."},
    )
    survey = fields.String(validate=NAME, metadata={"description": "Public id of a survey."})
    member = fields.String(
        validate=NAME,
        metadata={"description": "A member's email, employee id or public id; archived ones too."},
    )
    client = fields.String(
        validate=NAME, metadata={"description": "The attribute “client” of the response."}
    )
    segment = fields.String(
        validate=NAME, metadata={"description": "The attribute “segment” of the response."}
    )

    @validates_schema
    def _is_known_there(self, data: dict[str, Any], **_options: Any) -> None:
        for name in ("status", "assignee"):
            if name in data and data["queue"] == UNANSWERED:
                # Not all that is in it has a follow-up.
                raise ValidationError(f"The queue “{UNANSWERED}” has no such filter.", name)


class AssigneeSchema(Schema):
    name = fields.String()
    email = fields.String(
        allow_none=True, metadata={"description": "Null of somebody who may not follow up now."}
    )


class FollowUpSchema(Schema):
    """One follow-up with its response. Times are ISO 8601 in UTC."""

    id = fields.UUID(
        allow_none=True,
        metadata={
            "description": "Null in the queue “unanswered”, as are the fields below, where there "
            "is only a response."
        },
    )
    status = fields.String(allow_none=True, validate=validate.OneOf([*STATUSES, None]))
    why = fields.List(
        fields.String(validate=validate.OneOf(WHYS)),
        metadata={"description": "Why it was opened."},
    )
    assignee = fields.Nested(
        AssigneeSchema, allow_none=True, metadata={"description": "Null is nobody."}
    )
    opened_at = fields.AwareDateTime(format="iso", allow_none=True)
    due_at = fields.AwareDateTime(format="iso", allow_none=True)
    overdue = fields.Boolean(metadata={"description": "Whether it should be resolved by now."})
    first_reply_at = fields.AwareDateTime(format="iso", allow_none=True)
    resolved_at = fields.AwareDateTime(format="iso", allow_none=True)
    outcome = fields.String(metadata={"description": "What came of it, in the team's words."})
    asked_again = fields.UUID(
        allow_none=True, metadata={"description": "The request that asked the customer again."}
    )
    response_id = fields.UUID()
    response = fields.Nested(
        ResponseSchema,
        allow_none=True,
        metadata={"description": "Null when your team has hidden it."},
    )


class FollowUpPageSchema(Schema):
    items = fields.List(fields.Nested(FollowUpSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )


class FollowUpPatch(Schema):
    """What is to be another of a follow-up: all of it, or none."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "A follow-up has no such field, or it cannot be changed."}

    status = fields.String(
        validate=validate.OneOf(STATUSES, error=f"Write one of {', '.join(STATUSES)}.")
    )
    assignee = fields.String(
        allow_none=True,
        validate=NAME,
        metadata={
            "description": "Email address of somebody who may follow up, who gets a mail; null is "
            "nobody."
        },
    )
    due_at = fields.AwareDateTime(
        format="iso",
        allow_none=True,
        validate=is_countable,
        metadata={"description": "A time to come, with its offset; null is no date."},
    )
    outcome = fields.String(
        validate=validate.Length(max=OUTCOME_LIMIT),
        metadata={"description": "What came of it; with “status” “resolved” only."},
    )
    ask_again = fields.Boolean(
        metadata={
            "description": "Ask the customer once more, by the same survey; with “status” "
            "“resolved” only."
        }
    )

    @validates_schema
    def _belong_together(self, data: dict[str, Any], **_options: Any) -> None:
        for name in ("outcome", "ask_again"):
            if name in data and data.get("status") != "resolved":
                raise ValidationError("This goes with “status” “resolved” only.", name)
        if not data:
            raise ValidationError("Say what is to be another.")


class NewReply(Schema):
    """A reply to the customer of a response."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "A reply has no such field."}

    text = fields.String(
        required=True,
        validate=_is_a_reply,
        metadata={"description": f"Plain text of at most {REPLY_LIMIT} characters."},
    )
    writer = fields.String(
        load_default="",
        validate=NAME,
        metadata={
            "description": "Email address of somebody who may follow up: the mail bears their "
            "name, and a follow-up of nobody's is theirs then. Without one it is the company's."
        },
    )
    idempotency_key = fields.String(
        load_default="",
        validate=[validate.Length(max=KEY_LIMIT), NAME],
        metadata={"description": "The same as the header “Idempotency-Key”."},
    )


class LetterSchema(Schema):
    """One letter between your team and the customer."""

    id = fields.UUID()
    kind = fields.String(
        validate=validate.OneOf(LETTERS),
        metadata={
            "description": "“reply” of the team, “customer_mail” of what they wrote back, "
            "“auto_reply” of what a program wrote for them."
        },
    )
    follow_up = fields.UUID(metadata={"description": "In whose thread it stands."})
    text = fields.String(metadata={"description": "“” once the customer was erased."})
    by = fields.String(
        metadata={"description": "Who of the team wrote it, or which key; “” of the customer's."}
    )
    at = fields.AwareDateTime(format="iso")
    status = fields.String(
        allow_none=True,
        metadata={
            "description": "What became of a reply: due, sending, sent, failed or bounced. Null of "
            "the customer's letters."
        },
    )
    why = fields.String(metadata={"description": "Why it was not sent, or came back."})
    sent_at = fields.AwareDateTime(format="iso", allow_none=True)


class LettersSchema(Schema):
    items = fields.List(fields.Nested(LetterSchema), metadata={"description": "Oldest first."})
    next = fields.String(
        allow_none=True, metadata={"description": "Always null: a thread is told as a whole."}
    )
