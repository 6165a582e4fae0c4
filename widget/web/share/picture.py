"""The picture of a shared page, as other sites show it beside the link: 1200×630 pixels, a PNG."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from math import cos, pi, sin
from threading import Lock

from PIL import Image, ImageDraw, ImageFont

from widget.domain.looks import nearest_accent
from widget.paths import asset_folder

WIDTH, HEIGHT = 1200, 630
_EDGE, _INSIDE = 44, 56
_INK, _SOFT, _STAR, _STAR_LINE = "#1b1f27", "#555d6b", "#ffc107", "#8a5a00"
# Shapes are drawn larger and shrunk, which smooths their edges.
_SMOOTH = 4

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


@dataclass(frozen=True)
class PictureWords:
    """What stands in a picture. `stars` is 1 to 5 or None, `accent` is `#rrggbb`. Every text may be
    empty, and what cannot be drawn is left out."""

    company: str
    rating: str
    name: str
    words: str
    stars: int | None
    accent: str


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
_one_at_a_time = Lock()


def draw(words: PictureWords) -> bytes:
    """The PNG. The same words give the same bytes."""
    with _one_at_a_time:
        picture = _ground(words)
        _write(ImageDraw.Draw(picture), words)
    out = BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _ground(words: PictureWords) -> Image.Image:
    """Everything but the texts."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), nearest_accent(words.accent, "light"))
    picture.paste("#ffffff", mask=_card())
    if words.stars is not None:
        size, top = (58, 148) if drawable(words.words) else (108, 212)
        for place in range(5):
            star = _star(size, is_lit=place < words.stars)
            left = _EDGE + _INSIDE + round(place * size * 1.2)
            picture.paste(star, (left, top), star)
    return picture


@cache
def _card() -> Image.Image:
    """Where the card is: the same in every picture."""
    card = Image.new("L", (WIDTH * _SMOOTH, HEIGHT * _SMOOTH), 0)
    edge = _EDGE * _SMOOTH
    corners = (edge, edge, card.width - edge, card.height - edge)
    ImageDraw.Draw(card).rounded_rectangle(corners, 28 * _SMOOTH, fill=255)
    return card.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


@cache
def _star(size: int, *, is_lit: bool) -> Image.Image:
    """A star of two sizes and two colours, on nothing."""
    side = size * _SMOOTH
    star = Image.new("RGBA", (side, side), f"{_STAR_LINE}00")
    pen = ImageDraw.Draw(star)
    pen.polygon(_points(side / 2, side / 2), fill=_STAR_LINE)
    pen.polygon(_points(side / 2, side / 2 - side / 13), fill=_STAR if is_lit else "#ffffff")
    return star.resize((size, size), Image.Resampling.LANCZOS)


def _points(middle: float, radius: float) -> list[tuple[float, float]]:
    reaches = [radius if corner % 2 == 0 else radius * 0.45 for corner in range(10)]
    return [
        (middle + reach * sin(corner * pi / 5), middle - reach * cos(corner * pi / 5))
        for corner, reach in enumerate(reaches)
    ]


def _write(pen: ImageDraw.ImageDraw, words: PictureWords) -> None:
    left, room = _EDGE + _INSIDE, WIDTH - 2 * (_EDGE + _INSIDE)
    company, quote = drawable(words.company), drawable(words.words)
    said = " · ".join(filter(None, (drawable(words.rating), drawable(words.name))))
    bold = _font("DejaVuSans-Bold.ttf", 34)
    pen.text((left, 88), _cut(company, bold, room), _SOFT, bold)
    if quote:
        top = 148 if words.stars is None else 230
        lines, font, step = _fitted(f"“{quote}”", room, 512 - top)
        for number, line in enumerate(lines):
            pen.text((left, top + number * step), line, _INK, font)
    size = 36 if quote else 52
    bold = _font("DejaVuSans-Bold.ttf", size)
    top = 526 if quote else 282 if words.stars is None else 376
    pen.text((left, top), _cut(said, bold, room), _INK, bold)


def _fitted(text: str, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont, int]:
    """The text in lines as large as fits, cut where it must be; their distance in pixels."""
    for size in (48, 42, 36, 31):
        font, step = _font("DejaVuSans.ttf", size), round(size * 1.36)
        lines = _lines(text, font, width)
        if len(lines) * step <= height:
            return lines, font, step
    kept = lines[: height // step]
    kept[-1] = _cut(kept[-1] + " …”", font, width, end="…”")
    return kept, font, step


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        # A word that is longer than a line goes on in the next.
        for letter in word:
            if font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int, end: str = "…") -> str:
    if font.getlength(text) <= width:
        return text
    text = text.removesuffix(end)
    while text and font.getlength(text.rstrip() + end) > width:
        text = text[:-1]
    return text.rstrip() + end


@lru_cache(maxsize=20)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    # Not the layout that follows what a machine has installed: every node draws the same bytes.
    return ImageFont.truetype(BytesIO(_font_file(name)), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _font_file(name: str) -> bytes:
    return (asset_folder("static") / "vendor" / name).read_bytes()
