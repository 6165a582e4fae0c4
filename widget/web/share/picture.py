"""The picture of a shared page, as other sites show it beside the link: 1200×630 pixels, a PNG."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from widget.domain.looks import nearest_accent
from widget.drawing import cut_to, drawable, font_of, one_at_a_time

WIDTH, HEIGHT = 1200, 630
_EDGE, _INSIDE = 44, 56
_INK, _SOFT, _STAR, _STAR_LINE = "#1b1f27", "#555d6b", "#ffc107", "#8a5a00"
# Shapes are drawn larger and shrunk, which smooths their edges.
_SMOOTH = 4


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


def draw(words: PictureWords) -> bytes:
    """The PNG. The same words give the same bytes."""
    with one_at_a_time:
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
    bold = font_of("DejaVuSans-Bold.ttf", 34)
    pen.text((left, 88), cut_to(company, bold, room), _SOFT, bold)
    if quote:
        top = 148 if words.stars is None else 230
        lines, font, step = _fitted(f"“{quote}”", room, 512 - top)
        for number, line in enumerate(lines):
            pen.text((left, top + number * step), line, _INK, font)
    size = 36 if quote else 52
    bold = font_of("DejaVuSans-Bold.ttf", size)
    top = 526 if quote else 282 if words.stars is None else 376
    pen.text((left, top), cut_to(said, bold, room), _INK, bold)


def _fitted(text: str, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont, int]:
    """The text in lines as large as fits, cut where it must be; their distance in pixels."""
    for size in (48, 42, 36, 31):
        font, step = font_of("DejaVuSans.ttf", size), round(size * 1.36)
        lines = _lines(text, font, width)
        if len(lines) * step <= height:
            return lines, font, step
    kept = lines[: height // step]
    kept[-1] = cut_to(kept[-1] + " …”", font, width, end="…”")
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
