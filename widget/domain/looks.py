"""How a survey looks, and whether its colours can be seen."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

Scheme = Literal["light", "dark", "auto"]
FontName = Literal["system", "humanist", "serif", "rounded", "mono"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)

# Stacks of fonts that systems ship: nothing is downloaded.
FONTS: dict[FontName, str] = {
    "system": "system-ui, sans-serif",
    "humanist": "Seravek, 'Gill Sans Nova', Ubuntu, Calibri, 'DejaVu Sans', sans-serif",
    "serif": "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, serif",
    "rounded": "ui-rounded, 'Hiragino Maru Gothic ProN', Quicksand, Comfortaa, Manjari, sans-serif",
    "mono": "ui-monospace, 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
}
FONT_NAMES: dict[FontName, str] = {
    "system": "System",
    "humanist": "Humanist",
    "serif": "Serif",
    "rounded": "Rounded",
    "mono": "Monospace",
}

Background = Literal["light", "dark"]
SURFACES: dict[Background, str] = {"light": "#ffffff", "dark": "#15171c"}
DEFAULT_ACCENT = "#5b5bd6"
MAX_RADIUS = 24
NON_TEXT_CONTRAST = 3.0

_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


@dataclass(frozen=True)
class Looks:
    """Accent as `#rrggbb`, corner radius in CSS pixels (0–24), logo as an image id or None."""

    accent: str = DEFAULT_ACCENT
    scheme: Scheme = "auto"
    radius: int = 10
    font: FontName = "system"
    logo: str | None = None


DEFAULT_LOOKS = Looks()


def is_hex_colour(text: str) -> bool:
    return bool(_HEX.match(text))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance")."""

    def linear(channel: int) -> float:
        share = channel / 255
        # 0.04045 is the threshold of sRGB itself; WCAG's text prints 0.03928. No 8-bit
        # colour falls between the two.
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever is easier to read on the colour; one always reaches 4.5 to 1."""
    return "#ffffff" if contrast(colour, "#ffffff") >= contrast(colour, "#000000") else "#000000"


def accent_for(looks: Looks, background: Background) -> str:
    """The accent to draw on a background: the chosen one, or on the automatic scheme's dark
    background the nearest tint of it that can be seen there."""
    if looks.scheme == "auto" and background == "dark":
        return nearest_accent(looks.accent, "dark")
    return looks.accent


def required_background(scheme: Scheme) -> Background:
    """Where the chosen accent itself must be seen; the automatic scheme lightens it for dark."""
    return "dark" if scheme == "dark" else "light"


def accent_contrast(accent: str, background: Background) -> float:
    """The accent's contrast with a background, 1 to 21."""
    return contrast(accent, SURFACES[background])


def nearest_accent(accent: str, background: Background) -> str:
    """The accent itself if it reaches 3:1 there, else the nearest shade or tint that does."""
    toward = "#000000" if background == "light" else "#ffffff"
    shades = (_mix(accent, toward, step / 100) for step in range(101))
    # Black on light and white on dark both pass, so there is always one.
    return next(
        shade for shade in shades if accent_contrast(shade, background) >= NON_TEXT_CONTRAST
    )


def _mix(colour: str, other: str, share: float) -> str:
    mixed = (
        round(mine + (theirs - mine) * share)
        for mine, theirs in zip(_channels(colour), _channels(other), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
