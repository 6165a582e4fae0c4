"""Letters in pictures: which can be drawn, by which font, and cut to the room there is."""

import unicodedata
from functools import cache, lru_cache
from io import BytesIO
from threading import Lock

from PIL import ImageFont

from widget.paths import asset_folder

# What our font has, and what needs no joining or turning around: Latin, Greek, Cyrillic, and the
# signs between them. A test looks each of them up in the font.
_DRAWABLE = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x370, 0x37F),
    range(0x380, 0x526),
    range(0x1E00, 0x1EFC),
    range(0x1F00, 0x2000),
    range(0x2010, 0x2028),
    range(0x2030, 0x205F),
    range(0x20A0, 0x20B6),
    range(0x20B8, 0x20BB),
    range(0x20BD, 0x20BE),
    range(0x2116, 0x2127),
)
# Emoji and what belongs to them: left out of a picture, where everything else can be drawn.
_PICTOGRAPHS = (range(0x2600, 0x27C0), range(0x1F000, 0x1FB00), range(0xFE00, 0xFE10))
_JOINER = "\u200d"


def drawable(text: str) -> str:
    """The text as a picture can show it; "" when it has letters that our font lacks."""
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter != _JOINER and not any(ord(letter) in block for block in _PICTOGRAPHS)
    )
    kept = " ".join(kept.split())
    return kept if all(_has(letter) for letter in kept) else ""


def _has(letter: str) -> bool:
    known = any(ord(letter) in block for block in _DRAWABLE)
    return known and unicodedata.category(letter) not in ("Cn", "Co", "Mn")


# A face of a font is no business of two threads at once, and one picture at a time is as much of
# a processor as this may ever take.
one_at_a_time = Lock()


def cut_to(text: str, letters: ImageFont.FreeTypeFont, width: int, end: str = "…") -> str:
    """The text, its end left out where it is wider than `width` pixels."""
    if letters.getlength(text) <= width:
        return text
    text = text.removesuffix(end)
    while text and letters.getlength(text.rstrip() + end) > width:
        text = text[:-1]
    return text.rstrip() + end


@lru_cache(maxsize=20)
def font_of(name: str, size: int) -> ImageFont.FreeTypeFont:
    """One of our fonts (a file in `static/vendor`) at a size in pixels."""
    # Not the layout that follows what a machine has installed: every node draws the same bytes.
    return ImageFont.truetype(BytesIO(_font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _font_file(name: str) -> bytes:
    return (asset_folder("static") / "vendor" / name).read_bytes()
