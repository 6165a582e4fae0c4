"""What the API takes and gives about customers, as its description shows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from widget.domain.customers import ATTRIBUTE_LIMIT, ATTRIBUTES_LIMIT, OUTCOMES
from widget.web.api.request_schemas import NAME

MOST = 1_000
MOST_BYTES = 8 * 1024 * 1024


class CustomerToPut(Schema):
    """What is said of one customer. What is left out stays as it is; "" takes away."""

    class Meta:
        unknown = EXCLUDE

    email = fields.String(metadata={"description": "Needed unless there is a “custom_id”."})
    custom_id = fields.String(
        metadata={
            "description": "Your own id of the customer. Whoever has it is meant, also by another "
            "address than before."
        }
    )
    name = fields.String()
    client = fields.String(metadata={"description": "The customer's company or account."})
    segment = fields.String(metadata={"description": "Such as “Trial” or “Enterprise”."})
    language = fields.String(metadata={"description": "Such as “pt-BR”."})
    country = fields.String(metadata={"description": "Two letters."})
    time_zone = fields.String(metadata={"description": "Such as “Europe/Lisbon”."})
    attributes = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={
            "description": f"At most {ATTRIBUTES_LIMIT} flat texts, cut at {ATTRIBUTE_LIMIT} "
            "characters. Those that are left out stay."
        },
    )


class OneOfMany(fields.Nested):
    """One of a batch: what is wrong with it is kept in its place, as `wrong`; others are read."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **options: Any
    ) -> Any:
        """What was read, or `{"wrong"}` with a sentence for each field."""
        try:
            return super().deserialize(value, attr, data, **options)
        except ValidationError as error:
            return {"wrong": _by_field(error.messages)}


def _by_field(messages: Any) -> dict[str, str]:
    if not isinstance(messages, Mapping):
        return {"customer": " ".join(_texts(messages))}
    return {
        "customer" if name == "_schema" else name: " ".join(_texts(said))
        for name, said in messages.items()
    }


def _texts(said: Any) -> Iterable[str]:
    """The sentences of an error, however deep within a field they are."""
    if isinstance(said, Mapping):
        for deeper in said.values():
            yield from _texts(deeper)
    else:
        yield from map(str, said)


class CustomersToPut(Schema):
    """Some customers."""

    class Meta:
        unknown = EXCLUDE

    largest_body = 2 * 1024 * 1024

    customers = fields.List(
        OneOfMany(CustomerToPut), required=True, validate=validate.Length(1, MOST)
    )


class PutCustomerSchema(Schema):
    """What became of one."""

    outcome = fields.String(
        validate=validate.OneOf(OUTCOMES),
        metadata={"description": "“error”: nothing of this one was changed."},
    )
    id = fields.UUID(allow_none=True)
    problems = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "What cannot be kept, by field."},
    )


class PutCustomersSchema(Schema):
    items = fields.List(
        fields.Nested(PutCustomerSchema), metadata={"description": "In the order of the body."}
    )


class CustomerQuery(Schema):
    """Filters of the list of customers."""

    class Meta:
        unknown = EXCLUDE

    search = fields.String(
        validate=NAME, metadata={"description": "Words of name, address, id and client."}
    )
    email = fields.String(validate=NAME, metadata={"description": "The address, in any case."})
    custom_id = fields.String(validate=NAME, metadata={"description": "Your own id, exactly."})
    client = fields.String(validate=NAME)
    segment = fields.String(validate=NAME)
    language = fields.String(validate=NAME)
    asked = fields.Boolean(metadata={"description": "Whether a mail was ever sent to them."})
    answered = fields.Boolean()
    unsubscribed = fields.Boolean(
        metadata={
            "description": "Each address has to be looked at for this, so a page may have few "
            "items, or none, and yet a “next”."
        }
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 1_000),
        metadata={"description": "How many to return, 1 to 1000."},
    )
    cursor = fields.String(metadata={"description": "“next” of the page before."})


class KnownCustomerSchema(Schema):
    """One customer. Times are ISO 8601 in UTC."""

    id = fields.UUID()
    email = fields.String()
    custom_id = fields.String()
    name = fields.String()
    client = fields.String()
    segment = fields.String()
    language = fields.String()
    country = fields.String()
    time_zone = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    no_mail = fields.String(
        allow_none=True,
        metadata={"description": "Why they are not written to, such as “unsubscribed”."},
    )
    last_asked_at = fields.AwareDateTime(format="iso", allow_none=True)
    last_answered_at = fields.AwareDateTime(format="iso", allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    updated_at = fields.AwareDateTime(format="iso")


class CustomerPageSchema(Schema):
    items = fields.List(fields.Nested(KnownCustomerSchema))
    next = fields.String(
        allow_none=True, metadata={"description": "Cursor of the next page, or null."}
    )


class ErasedSchema(Schema):
    """What was erased. Scores stay, with nobody to them."""

    id = fields.UUID(metadata={"description": "Of the erasure; nothing tells who was erased."})
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many rows of which sort were changed or removed."},
    )
