"""The style of a survey: all CSS of its frame with its looks, and the digest that allows it."""

import re
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256

from widget.domain import looks as looks_rules
from widget.paths import asset_folder


@cache
def _stylesheet() -> str:
    text = (asset_folder("static") / "frame" / "frame.css").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()
    # Only after a colon: a space before one is the descendant in `.reason :checked`.
    return re.sub(r":\s+", ":", text)


@lru_cache(maxsize=2000)
def style_of(looks: looks_rules.Looks) -> str:
    """All CSS of a frame, to stand inline so that nothing blocks the first paint."""
    accent = looks.accent
    return (
        f":root{{--accent:{accent};--on-accent:{looks_rules.text_on(accent)};"
        f"--radius:{looks.radius}px;--font:{looks_rules.FONTS[looks.font]}}}"
        + scheme_css(looks.scheme)
        + _dark_accent_css(looks)
        + _stylesheet()
    )


def _dark_accent_css(looks: looks_rules.Looks) -> str:
    """Where `auto` turns dark, an accent that could not be seen there gives way to a tint of it."""
    on_dark = looks_rules.accent_for(looks, "dark")
    if on_dark == looks.accent:
        return ""
    dark = f"--accent:{on_dark};--on-accent:{looks_rules.text_on(on_dark)}"
    light = f"--accent:{looks.accent};--on-accent:{looks_rules.text_on(looks.accent)}"
    return (
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f":root[data-theme=light]{{{light}}}:root[data-theme=dark]{{{dark}}}"
    )


def scheme_css(scheme: looks_rules.Scheme) -> str:
    """Which of the two palettes applies; `auto` follows the page, else the visitor's system.

    The root's `color-scheme` is always the page's, because browsers paint an opaque ground behind a
    frame whose scheme differs from its element's. With `auto` the page's own ground shows through;
    a survey with a scheme of its own is a card.
    """
    light, dark = _palettes()
    if scheme != "auto":
        other = "dark" if scheme == "light" else "light"
        return (
            f":root{{color-scheme:{scheme};{light if scheme == 'light' else dark}}}"
            f":root[data-theme={other}]{{color-scheme:{other}}}body{{color-scheme:{scheme}}}"
        )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f":root[data-theme=light]{{color-scheme:light;--ground:transparent;{light}}}"
        f":root[data-theme=dark]{{color-scheme:dark;--ground:transparent;{dark}}}"
    )


def _palettes() -> tuple[str, str]:
    surfaces = looks_rules.SURFACES
    light = (
        f"--surface:{surfaces['light']};--ink:#1b1f27;--soft:#555d6b;--line:#7c8494;"
        "--hover:#f1f3f7;--star:#ffc107;--star-line:#8a5a00;--bad:#b3261e"
    )
    dark = (
        f"--surface:{surfaces['dark']};--ink:#f2f4f8;--soft:#b4bbc8;--line:#8a92a3;"
        "--hover:#23262e;--star:#ffc107;--star-line:#ffd35c;--bad:#ff8a80"
    )
    return light, dark


@lru_cache(maxsize=2000)
def style_source(looks: looks_rules.Looks) -> str:
    """The CSP source that allows exactly this survey's inline style."""
    digest = b64encode(sha256(style_of(looks).encode()).digest()).decode()
    return f"'sha256-{digest}'"
