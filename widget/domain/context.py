"""What a page says about who is asked, and what about: read leniently, limited strictly.

A broken snippet must never cost a rating: placeholders that a help desk did not expand are
dropped and remembered as problems for the site owner.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

FIELD_LIMIT = 200
PAGE_LIMIT = 500
ATTRIBUTE_NAME_LIMIT = 50
ATTRIBUTE_VALUE_LIMIT = 500
ATTRIBUTES_LIMIT = 20

# What the page calls a field, and what we call it.
_FIELDS = {
    "member": "member",
    "ref": "ref",
    "channel": "channel",
    "email": "customer_email",
    "name": "customer_name",
    "customer": "customer_id",
    "customer-id": "customer_id",
    "customer_id": "customer_id",
}
# Parameters that steer the frame and say nothing about the customer.
_CONTROLS = {"lang", "test", "origin", "page", "display", "theme", "token", "score", "step"}

# What stands around a placeholder. Looked for without an expression: one that searches on from each
# of many beginnings takes minutes over a long text, and anybody may send one.
_MARKS = (
    ("{{", "}}"),  # {{ticket.id}}: Zendesk, Freshdesk, Gorgias, Front
    ("{%", "%}"),  # {%user.email%}: Help Scout, FreeScout
    ("{#", "#}"),
    ("${", "}"),  # ${ticket}
    ("<%", "%>"),  # <%= ticket %>
    ("*|", "|*"),  # *|EMAIL|*
)
_UNEXPANDED = re.compile(
    r"""
      %%\w[\w .-]*%%     # %%email%%
    | ^\[[^\[\]]+\]$     # [Ticket: Ticket Number], [ticketid]: Autotask, ConnectWise
    """,
    re.VERBOSE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SPACED_ADDRESS = re.compile(r"^[^\s@<>,;]+( [^\s@<>,;]+)+@[^\s@<>,;]+$")
_ATTRIBUTE_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_.-]*$")


@dataclass(frozen=True)
class Problem:
    """A field that arrived unexpanded: its name and the raw text, cut to 200 characters."""

    field: str
    text: str


@dataclass(frozen=True)
class Context:
    """Whom and what a response is about. Every text is "" when unknown."""

    member: str = ""
    ref: str = ""
    channel: str = ""
    customer_email: str = ""
    customer_name: str = ""
    customer_id: str = ""
    page: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Only what is known, so that a token stays short."""
        known: dict[str, Any] = {name: value for name, value in vars(self).items() if value}
        if self.problems:
            known["problems"] = [asdict(problem) for problem in self.problems]
        return known

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Context":
        known = dict(data)
        known["problems"] = tuple(Problem(**problem) for problem in known.get("problems", ()))
        return cls(**known)


def is_unexpanded(text: str) -> bool:
    """Whether a text still holds a template placeholder that nobody filled in."""
    return any(_is_between(text, *marks) for marks in _MARKS) or bool(_UNEXPANDED.search(text))


def _is_between(text: str, beginning: str, end: str) -> bool:
    first = text.find(beginning)
    return first >= 0 and text.find(end, first + len(beginning)) >= 0


def _clean(text: str, limit: int) -> str:
    return _CONTROL.sub("", text).strip()[:limit]


def _address(text: str) -> str:
    """The text; an email address whose `+` was read as a space gets it back.

    Help desks fill addresses into links without encoding them, and `kim+shop@x.example` then
    arrives as `kim shop@x.example`.
    """
    return text.replace(" ", "+") if _SPACED_ADDRESS.match(text) else text


def _page(text: str) -> str:
    """Address without query and fragment, which may hold what the visitor would not share."""
    try:
        parts = urlsplit(_clean(text, 2000))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:PAGE_LIMIT]


def read_context(parameters: Iterable[tuple[str, str]]) -> Context:
    """A Context from a frame's query parameters, in their order; the first of a name wins.

    Unknown names become attributes: at most 20, names to 50 characters, values to 500.
    """
    fields: dict[str, str] = {}
    attributes: dict[str, str] = {}
    problems: list[Problem] = []
    page = ""
    for name, raw in parameters:
        if name == "page":
            page = page or _page(raw)
        if name in _CONTROLS or not raw.strip():
            continue
        known = _FIELDS.get(name)
        if is_unexpanded(raw):
            if len(problems) < ATTRIBUTES_LIMIT:
                problems.append(Problem(known or name[:ATTRIBUTE_NAME_LIMIT], _clean(raw, 200)))
        elif known:
            fields.setdefault(known, _address(_clean(raw, FIELD_LIMIT)))
        elif (
            len(attributes) < ATTRIBUTES_LIMIT
            and len(name) <= ATTRIBUTE_NAME_LIMIT
            and _ATTRIBUTE_NAME.match(name)
        ):
            attributes.setdefault(name, _clean(raw, ATTRIBUTE_VALUE_LIMIT))
    return Context(page=page, attributes=attributes, problems=tuple(problems), **fields)
