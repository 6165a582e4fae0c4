"""Sharing after an answer: where to, on whose terms, and what of a response others may see."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args
from urllib.parse import quote, urlsplit

from widget.domain.errors import AddressRefused
from widget.domain.wording import PlaceholderName, parse, placeholders

Channel = Literal[
    "native", "copy", "email", "whatsapp", "facebook", "x", "linkedin", "bluesky", "mastodon"
]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
CHANNEL_NAMES: dict[Channel, str] = {
    "native": "The device’s own menu",
    "copy": "Copied link",
    "email": "Email",
    "whatsapp": "WhatsApp",
    "facebook": "Facebook",
    "x": "X",
    "linkedin": "LinkedIn",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
}
# How the counts name the page itself: offered with the thanks, used when a customer makes one.
PAGE = "page"
REVIEW_SITES_LIMIT = 5
REVIEW_NAME_LIMIT = 40
ADDRESS_LIMIT = 500

# `every`: after every score. There is no third way: links for happy customers alone are review
# gating, which the sites forbid.
ReviewOffer = Literal["every", "none"]


@dataclass(frozen=True)
class ReviewSite:
    """Where anybody may review the workspace. `id` never changes, so that counts keep theirs."""

    id: str
    name: str
    url: str

    @property
    def channel(self) -> str:
        """How the counts name it."""
        return f"review.{self.id}"


@dataclass(frozen=True)
class SharingRules:
    """What a workspace decides about sharing.

    `lists_pages`: search engines may list the pages that customers share.
    `names_members`: testimonials say the member's first name.
    """

    review_sites: tuple[ReviewSite, ...] = ()
    offer_reviews: ReviewOffer = "none"
    lists_pages: bool = False
    names_members: bool = True

    @property
    def offered_reviews(self) -> tuple[ReviewSite, ...]:
        """The review sites that every customer is offered, whatever they answered."""
        return self.review_sites if self.offer_reviews == "every" else ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "SharingRules":
        """Rules as stored; what is not there has its default."""
        known = {name: value for name, value in (data or {}).items() if name in _NAMES}
        sites = known.pop("review_sites", ())
        return cls(**known, review_sites=tuple(ReviewSite(**site) for site in sites))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


NO_RULES = SharingRules()
_NAMES = frozenset(SharingRules.__dataclass_fields__)


def read_channels(names: list[str]) -> tuple[Channel, ...]:
    """The known channels among these names, in their own order."""
    return tuple(channel for channel in CHANNELS if channel in names)


def read_address(text: str) -> str:
    """An https address with a host name. Raises AddressRefused with a sentence."""
    address = text.strip()
    if len(address) > ADDRESS_LIMIT:
        raise AddressRefused(f"Please shorten this address to {ADDRESS_LIMIT} characters.")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused("This is no web address.") from None
    if parts.scheme.lower() != "https" or "." not in host or not address.isprintable():
        raise AddressRefused("Write an address that begins with https://, such as a page of yours.")
    if parts.username is not None or parts.password is not None or (port or 443) != 443:
        raise AddressRefused("An address for customers has no sign-in and no port.")
    if any(letter in address for letter in " <>\"'\\"):
        raise AddressRefused("This address has characters that no web address has.")
    return address


def check_page_address(text: str) -> None:
    """Like `read_address`, for one with placeholders. Raises AddressRefused with a sentence.

    They may stand in its path and query only: whom a link leads to depends on no name.
    """
    start, _slash, _rest = text.partition("//")[2].partition("/")
    if placeholders(start):
        raise AddressRefused("Placeholders may stand after the host name only.")
    if "customer" in placeholders(text):
        raise AddressRefused("Everybody can read this address: it cannot say {customer}.")
    read_address(fill_address(text, {"member": "x", "company": "x"}))


def fill_address(text: str, values: Mapping[PlaceholderName, str]) -> str:
    """An address with its placeholders replaced, as part of a path or query."""
    return "".join(
        part if isinstance(part, str) else quote(values.get(part.name, ""), safe="")
        for part in parse(text)
    )


def first_name(name: str) -> str:
    """What a public page calls a member: the first word of a name that is no title like “Dr.”."""
    words = name.split()
    return next((word for word in words if not word.endswith(".")), words[0] if words else "")


@dataclass(frozen=True)
class Said:
    """What a response says now, as far as showing it to others depends on it."""

    score: int
    positive_from: int
    comment: str
    may_publish: bool
    is_hidden: bool

    @property
    def may_be_shown(self) -> bool:
        """Whether a page about it may stand: a good score, and nobody has hidden it."""
        return not self.is_hidden and self.score >= self.positive_from

    @property
    def public_words(self) -> str:
        """The customer's words as far as they agreed; "" for none."""
        return self.comment if self.may_publish and self.may_be_shown else ""


def channels_in(definition_channels: list[str] | tuple[str, ...]) -> tuple[Channel, ...]:
    """Channels as a definition keeps them."""
    return tuple(cast(Channel, channel) for channel in definition_channels)
