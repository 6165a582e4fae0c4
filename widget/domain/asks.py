"""What somebody says when asking for feedback: whom, about what, and how. Checked, then frozen."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from widget.domain.addresses import EMAIL_LIMIT, customer_email, email_problem, shown, storable
from widget.domain.ask_times import is_zone

TEXT_LIMIT = 200
URL_LIMIT = 500
LANGUAGE_LIMIT = 35
TAGS_LIMIT = 20
VALUE_LIMIT = 2_000
PROPERTIES_LIMIT = 50
PROPERTY_NAME_LIMIT = 100
KEY_LIMIT = 200
LONGEST_DELAY_S = 90 * 24 * 3600
_FURTHEST_AHEAD = timedelta(days=366)

_LANGUAGE = re.compile(r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$")
_COUNTRY = re.compile(r"^[A-Za-z]{2}$")


@dataclass(frozen=True)
class Ask:
    """One ask of one customer about one interaction. Every text is "" when unknown.

    `delay_s`: seconds after the interaction, instead of the survey's own delay. `interaction_at`
    is now when None.
    """

    email: str = ""
    name: str = ""
    external_id: str = ""
    time_zone: str = ""
    language: str = ""
    country: str = ""
    member_email: str = ""
    member_id: str = ""
    channel: str = ""
    ref: str = ""
    external_url: str = ""
    brand: str = ""
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    do_not_send: bool = False
    delay_s: int | None = None
    interaction_at: datetime | None = None

    @property
    def member_given(self) -> str:
        """How the member was named; "" when nobody was."""
        return self.member_email or self.member_id

    @property
    def client(self) -> str:
        """The customer's client, as its property says."""
        return shown(self.properties.get("client", ""), TEXT_LIMIT)

    @property
    def segment(self) -> str:
        """The customer's segment, as its property says."""
        return shown(self.properties.get("segment", ""), TEXT_LIMIT)

    @property
    def customer_key(self) -> str:
        """What tells customers of a workspace apart, within one batch."""
        return self.email or f"\0{self.external_id}"


def tidy(ask: Ask) -> Ask:
    """The ask as it is kept: on one line each, cut to what fits, empty tags dropped."""
    tags = (shown(tag, VALUE_LIMIT) for tag in ask.tags)
    return replace(
        ask,
        email=shown(customer_email(ask.email), EMAIL_LIMIT),
        name=shown(ask.name, TEXT_LIMIT),
        external_id=shown(ask.external_id, TEXT_LIMIT),
        time_zone=ask.time_zone.strip(),
        language=ask.language.strip().replace("_", "-"),
        country=ask.country.strip().upper(),
        member_email=shown(ask.member_email, TEXT_LIMIT),
        member_id=shown(ask.member_id, TEXT_LIMIT),
        channel=shown(ask.channel, TEXT_LIMIT),
        ref=shown(ask.ref, TEXT_LIMIT),
        external_url=ask.external_url.strip(),
        brand=shown(ask.brand, TEXT_LIMIT),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        properties={
            shown(name, PROPERTY_NAME_LIMIT): storable(value[:VALUE_LIMIT])
            for name, value in ask.properties.items()
            if name.strip()
        },
    )


def address_problem(ask: Ask) -> str | None:
    """Why no mail can be sent for an ask as it was given; None for one that needs no address."""
    if ask.do_not_send and not ask.email.strip():
        return None
    # Before it is tidied: a line break in an address is not to be mended silently.
    return email_problem(ask.email.strip(" \t"))


def field_problems(ask: Ask, now: datetime) -> dict[str, str]:
    """What cannot be used of an ask, by field, except for its address."""
    problems = {
        "time_zone": ask.time_zone.strip() and not is_zone(ask.time_zone.strip()),
        "language": ask.language.strip()
        and not (len(ask.language) <= LANGUAGE_LIMIT and _LANGUAGE.match(ask.language.strip())),
        "country": ask.country.strip() and not _COUNTRY.match(ask.country.strip()),
        "external_url": ask.external_url.strip() and not _is_web_address(ask.external_url.strip()),
        "tags": len(ask.tags) > TAGS_LIMIT,
        "properties": len(ask.properties) > PROPERTIES_LIMIT,
        "delay": ask.delay_s is not None and not 0 <= ask.delay_s <= LONGEST_DELAY_S,
        "interaction_at": ask.interaction_at is not None
        and ask.interaction_at > now + _FURTHEST_AHEAD,
    }
    return {name: _SENTENCES[name] for name, is_wrong in problems.items() if is_wrong}


_SENTENCES = {
    "time_zone": "There is no such time zone; write it like Europe/Lisbon.",
    "language": "This is no language tag; write it like en or pt-BR.",
    "country": "Write the country with two letters, like PT.",
    "external_url": f"This is no web address of at most {URL_LIMIT} characters.",
    "tags": f"A request has at most {TAGS_LIMIT} tags.",
    "properties": f"A request has at most {PROPERTIES_LIMIT} custom properties.",
    "delay": f"The delay is between 0 and {LONGEST_DELAY_S} seconds.",
    "interaction_at": "The interaction cannot be more than a year ahead.",
}
_FIELDS = {
    "tags": "tags",
    "properties": "properties",
    "delay": "delay_s",
    "interaction_at": "interaction_at",
}


def without(ask: Ask, fields: Mapping[str, str]) -> Ask:
    """The ask with the named fields as if they had not been given."""
    if not fields:
        return ask
    plain = Ask()
    names = [_FIELDS.get(name, name) for name in fields]
    return replace(ask, **{name: getattr(plain, name) for name in names})


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        len(text) <= URL_LIMIT
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and shown(text, URL_LIMIT) == text
    )


def as_of_customer(ask: Ask, client: str, segment: str) -> Ask:
    """The ask with its customer's client and segment as properties, where it names none itself."""
    known = {"client": client, "segment": segment}
    missing = {name: value for name, value in known.items() if value and name not in ask.properties}
    return replace(ask, properties={**ask.properties, **missing}) if missing else ask


def digest_of(ask: Ask, survey: str) -> str:
    """A fingerprint of all that was said, to tell whether two asks with one key are the same."""
    said: dict[str, Any] = {**vars(ask), "properties": dict(ask.properties), "survey": survey}
    said["interaction_at"] = ask.interaction_at.isoformat() if ask.interaction_at else None
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
