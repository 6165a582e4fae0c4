"""Where a shared link goes: the addresses at which others take a text and a link."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from widget.domain.errors import InstanceRefused
from widget.domain.sharing import Channel

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_TOP = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})\Z")
# Names that never lead to a server on the internet.
_PRIVATE = frozenset({"local", "localhost", "internal", "invalid", "test", "lan", "onion", "arpa"})


@dataclass(frozen=True)
class Shareable:
    """What is passed on: a text, the link below it, and a subject where there is room for one."""

    text: str
    link: str
    subject: str

    @property
    def together(self) -> str:
        return f"{self.text} {self.link}".strip()


def target_of(channel: Channel, what: Shareable) -> str:
    """The address that opens a channel with a text and a link.

    For the channels of the device itself (`native`, `copy`) it is the link. Mastodon has as many
    addresses as servers: see `mastodon_target`.
    """
    text, link = what.text, what.link
    if channel == "email":
        query = urlencode({"subject": what.subject, "body": what.together}, quote_via=quote)
        return f"mailto:?{query}"
    if channel == "whatsapp":
        return f"https://wa.me/?{_query(text=what.together)}"
    if channel == "facebook":
        return f"https://www.facebook.com/sharer/sharer.php?{_query(u=link)}"
    if channel == "x":
        return f"https://x.com/intent/post?{_query(text=text, url=link)}"
    if channel == "linkedin":
        return f"https://www.linkedin.com/sharing/share-offsite/?{_query(url=link)}"
    if channel == "bluesky":
        return f"https://bsky.app/intent/compose?{_query(text=what.together)}"
    return link


def mastodon_target(host: str, text: str) -> str:
    """The page of a Mastodon server that posts a text. `host` is from `read_instance`."""
    return f"https://{host}/share?{_query(text=text)}"


def read_instance(text: str) -> str:
    """The host name of a Mastodon server, however somebody writes it: `mastodon.example`,
    `https://mastodon.example/`, `@kim@mastodon.example`. Raises InstanceRefused with a sentence.

    A host name on the internet and nothing else: no port, no address in numbers, no user or path.
    One with other letters than a to z is written as `xn--…`: programs disagree about which it is.
    """
    host = text.strip().lower().removeprefix("https://").removesuffix("/")
    if re.fullmatch(r"@?[\w.-]+@[^@]+", host):
        host = host.rpartition("@")[2]
    labels = host.split(".")
    if (
        len(host) > 253
        or len(labels) < 2
        or not all(_LABEL.match(label) for label in labels)
        or not _TOP.match(labels[-1])
        or labels[-1] in _PRIVATE
    ):
        raise InstanceRefused("Please write your server’s name, such as mastodon.social.")
    return host


def _query(**values: str) -> str:
    return urlencode(values, quote_via=quote)
