"""A survey's first question as a table of links, and the same as plain text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from jinja2 import Environment, FileSystemLoader

from widget.domain.looks import text_on
from widget.domain.scales import Point, Scale
from widget.domain.surveys import Definition
from widget.paths import asset_folder

# More points than this do not fit beside one another on a phone of 320 pixels.
_MOST_ON_A_PHONE = 6
# The side of a cell, in CSS pixels: what a finger needs.
CELL = 44
SPACING = 3
# Groups stand in one line where there are so many pixels. Mails of 600 have a little more for them:
# Word moves tables that float apart, and below one another without that room.
ONE_LINE = 480
# Points that are words take the width of their word, and each may wrap on its own.
_WORDED = ("faces3", "thumbs")


class Words(Protocol):
    """What a survey says in one language; a `Speech` is one."""

    @property
    def language(self) -> str: ...

    @property
    def direction(self) -> str: ...

    def sentence(self, key: str, member: str, customer: str) -> str: ...

    def point_name(self, name: str) -> str: ...


@dataclass(frozen=True)
class Cell:
    """One score: what is seen, what a screen reader says ("" for the same), and where it leads."""

    seen: str
    said: str
    url: str


def rating_row(
    definition: Definition,
    words: Words,
    url_for_score: Callable[[int], str],
    *,
    member: str = "",
    customer: str = "",
) -> str:
    """The survey's main question as one HTML table with a link for each score.

    `url_for_score` gives a score's whole address, unescaped; `member` and `customer` are names
    for the wording, "" where they are not known. The HTML is ASCII in lines below 998 bytes, so
    that mail may carry it as 7bit, and holds no image, script or style sheet.
    """
    scale = definition.question.scale
    accent = definition.looks.accent
    meanings = dict(_meanings(scale, words))
    cells = [
        Cell(
            seen(scale, point, words),
            _said(scale, point, words, meanings),
            url_for_score(point.score),
        )
        for point in scale.points
    ]
    groups = _groups(scale, cells)
    width = _cell_width(groups)
    html = (
        _environment()
        .get_template("mail/_rating_row.html")
        .render(
            words=words,
            question=words.sentence(f"question.{scale.kind}", member, customer),
            groups=groups,
            ends=_ends(scale, words),
            accent=accent,
            on_accent=text_on(accent),
            radius=min(definition.looks.radius, width // 2),
            cell_height=CELL,
            cell_width=width,
            spacing=SPACING,
            is_worded=scale.style in _WORDED,
            side="right" if words.direction == "rtl" else "left",
        )
    )
    lines = (line.strip() for line in html.splitlines())
    text = "\n".join(line for line in lines if line) + "\n"
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def rating_row_text(
    definition: Definition,
    words: Words,
    url_for_score: Callable[[int], str],
    *,
    member: str = "",
    customer: str = "",
) -> str:
    """The same as plain text: the question, then for each score a line of its words and link."""
    scale = definition.question.scale
    lines = [words.sentence(f"question.{scale.kind}", member, customer), ""]
    meanings = dict(_meanings(scale, words))
    for point in scale.points:
        label = _said(scale, point, words, meanings) or seen(scale, point, words)
        lines.append(f"{label}: {url_for_score(point.score)}")
    return "\n".join(lines) + "\n"


def seen(scale: Scale, point: Point, words: Words) -> str:
    """What a cell shows: `4 ★`, `9`, `Satisfied`."""
    if scale.style == "stars":
        return f"{point.score} ★"
    return words.point_name(point.name) if scale.style in _WORDED else str(point.score)


def said(scale: Scale, point: Point, words: Words) -> str:
    """What a cell is called where that says more than what it shows: `4 stars`, `5 – Excellent`."""
    return _said(scale, point, words, dict(_meanings(scale, words)))


def _said(scale: Scale, point: Point, words: Words, meanings: Mapping[int, str]) -> str:
    if scale.style == "stars":
        return words.point_name(point.name)
    if scale.style in _WORDED:
        return ""
    meaning = meanings.get(point.score, "")
    return f"{point.score} – {meaning}" if meaning else ""


def _meanings(scale: Scale, words: Words) -> list[tuple[int, str]]:
    """The scores whose digit alone does not say what they mean, each with its words."""
    if scale.style == "faces5":
        return [(point.score, words.point_name(point.name)) for point in scale.points]
    if not scale.low:
        return []
    low, high = scale.points[0].score, scale.points[-1].score
    return [
        (low, words.sentence(f"low.{scale.kind}", "", "")),
        (high, words.sentence(f"high.{scale.kind}", "", "")),
    ]


def _ends(scale: Scale, words: Words) -> list[str]:
    """What the lowest and the highest score mean, to stand below the cells: `1 – Poor`.

    No line breaks around the dash, so that a digit never stands alone at a line's end.
    """
    meanings = _meanings(scale, words)
    if not meanings or scale.style in _WORDED:
        return []
    return [f"{score}\u00a0–\u00a0{meaning}" for score, meaning in (meanings[0], meanings[-1])]


def _groups(scale: Scale, cells: Sequence[Cell]) -> list[Sequence[Cell]]:
    """Cells that stay beside one another; the groups themselves wrap where a row is too long."""
    if scale.style in _WORDED:
        return [[cell] for cell in cells]
    if len(cells) <= _MOST_ON_A_PHONE:
        return [cells]
    half = (len(cells) + 1) // 2
    return [cells[:half], cells[half:]]


def _cell_width(groups: Sequence[Sequence[Cell]]) -> int:
    """As wide as a finger needs, in pixels, unless groups would not stand in one line then."""
    number = sum(len(group) for group in groups)
    return min(CELL, (ONE_LINE - SPACING * (number + len(groups))) // number)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(asset_folder("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
