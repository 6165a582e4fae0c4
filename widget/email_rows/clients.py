"""A row as mail clients show it: what each takes away, and what its dark mode does to colours.

A sketch by documented behaviour, for previews: it replaces no test in a real mailbox.
"""

import re
from dataclasses import dataclass
from typing import Literal

from widget.domain.looks import luminance

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class MailClient:
    """A client. `removes` are the CSS properties of a cell or link that it ignores.

    `ground` and `ink` are the colours of a dark message; `inverts` tells whether colours that the
    message sets are turned over there too.
    """

    id: str
    name: str
    remarks: dict[Scheme, str]
    ground: str
    ink: str
    inverts: bool
    removes: tuple[str, ...] = ()


MAIL_CLIENTS: tuple[MailClient, ...] = (
    MailClient(
        "outlook",
        "Outlook for Windows",
        {
            "light": "Square corners, and only the text is the link.",
            "dark": "All colours are inverted.",
        },
        ground="#262626",
        ink="#f2f2f2",
        inverts=True,
        removes=("border-radius", "border-spacing", "display", "line-height"),
    ),
    MailClient(
        "gmail",
        "Gmail",
        {
            "light": "Drawn as it is written.",
            "dark": "The iPhone app inverts all colours; others turn dark text over.",
        },
        ground="#1f1f1f",
        ink="#e3e3e3",
        inverts=True,
    ),
    MailClient(
        "apple-mail",
        "Apple Mail",
        {
            "light": "Drawn as it is written.",
            "dark": "The message turns dark; cells keep their colours.",
        },
        ground="#1e1e1e",
        ink="#f5f5f7",
        inverts=False,
    ),
)


def mail_client(id: str) -> MailClient | None:
    """The client with this id; None when there is none."""
    return next((client for client in MAIL_CLIENTS if client.id == id), None)


def as_shown(row: str, client: MailClient, scheme: Scheme) -> str:
    """The HTML of a row with a client's known changes made to it."""
    for name in client.removes:
        row = re.sub(rf'(?<=[";]){name}:[^;"]*;?', "", row)
    if scheme == "dark" and client.inverts:
        row = re.sub(r'(?<=[":])#[0-9a-fA-F]{6}(?=[";])', lambda found: inverted(found[0]), row)
    return row


def inverted(colour: str) -> str:
    """A colour `#rrggbb` with its lightness (CIE L*) turned over and its hue kept, as far as can
    be: what is light becomes as dark, so two colours stay as far apart as they were."""
    light = luminance(colour)
    target = _luminance_at(100 - _lightness(light))
    toward = 255 if target > light else 0
    low, high = 0.0, 1.0
    for _step in range(16):
        middle = (low + high) / 2
        is_past = (luminance(_mixed(colour, toward, middle)) > target) == (target > light)
        low, high = (low, middle) if is_past else (middle, high)
    return _mixed(colour, toward, high)


def _mixed(colour: str, toward: int, share: float) -> str:
    """A colour with a share of white (255) or black (0) in it."""
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    mixed = (round(channel + (toward - channel) * share) for channel in channels)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _lightness(luminance: float) -> float:
    """CIE L*, 0 to 100, of a relative luminance."""
    return 116 * luminance ** (1 / 3) - 16 if luminance > 216 / 24389 else luminance * 24389 / 27


def _luminance_at(lightness: float) -> float:
    return ((lightness + 16) / 116) ** 3 if lightness > 8 else float(lightness * 27 / 24389)
