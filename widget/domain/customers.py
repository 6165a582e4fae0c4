"""What may be said of a customer, from a form, a file or the API; and who is meant by it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from widget.domain.addresses import EMAIL_LIMIT, customer_email, email_problem, shown, storable
from widget.domain.asks import (
    PROPERTIES_LIMIT,
    PROPERTY_NAME_LIMIT,
    TEXT_LIMIT,
    Ask,
    field_problems,
)

Field = Literal[
    "email", "name", "external_id", "client", "segment", "language", "country", "time_zone"
]
FIELDS: tuple[Field, ...] = get_args(Field)

# Of somebody who is known by address or id, these may be left out when they cannot be kept.
SIDE_FIELDS: tuple[Field, ...] = ("language", "country", "time_zone")

# What putting somebody into the directory does, or did.
Outcome = Literal["new", "changed", "same", "error"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

ATTRIBUTE = "attribute:"
ATTRIBUTES_LIMIT = PROPERTIES_LIMIT
ATTRIBUTE_LIMIT = 500
TOO_MANY_ATTRIBUTES = f"A customer has at most {ATTRIBUTES_LIMIT} attributes."


@dataclass(frozen=True)
class Details:
    """What is said of one customer: fields and attributes by name, only those that are said.

    An empty text takes away what was known.
    """

    fields: Mapping[Field, str]
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.fields.get("email", "")

    @property
    def external_id(self) -> str:
        return self.fields.get("external_id", "")

    def without(self, names: Collection[Field]) -> "Details":
        """The same, with nothing said of some fields."""
        left = {name: text for name, text in self.fields.items() if name not in names}
        return Details(left, self.attributes)


@dataclass(frozen=True)
class Change:
    """A text that is another one now, "" where there is none. `name` is a field's, or `ATTRIBUTE`
    and the name of an attribute."""

    name: str
    before: str
    after: str


def tidied(details: Details) -> Details:
    """The details as they are kept: on one line each and cut to what fits."""
    readers: dict[str, Callable[[str], str]] = {
        "email": lambda text: shown(customer_email(text), EMAIL_LIMIT),
        "language": lambda text: text.strip().replace("_", "-"),
        "country": lambda text: text.strip().upper(),
        "time_zone": str.strip,
    }
    return Details(
        {name: readers.get(name, _one_line)(text) for name, text in details.fields.items()},
        {
            shown(name, PROPERTY_NAME_LIMIT): storable(text.strip()[:ATTRIBUTE_LIMIT])
            for name, text in details.attributes.items()
            if shown(name, PROPERTY_NAME_LIMIT)
        },
    )


def _one_line(text: str) -> str:
    return shown(text, TEXT_LIMIT)


def problems(details: Details, now: datetime) -> dict[str, str]:
    """What cannot be kept of details as they were given, as a sentence for each field.

    Somebody of whom neither address nor id is said could not be told from others.
    """
    said = details.fields
    ask = Ask(
        language=said.get("language", ""),
        country=said.get("country", ""),
        time_zone=said.get("time_zone", ""),
    )
    found = field_problems(ask, now)
    email = details.email.strip(" \t")
    if email and (wrong := email_problem(email)):
        found["email"] = wrong
    if not email and not details.external_id.strip():
        found["email"] = "Write an email address, or an id of your own."
    if len(details.attributes) > ATTRIBUTES_LIMIT:
        found["attributes"] = TOO_MANY_ATTRIBUTES
    return found
