"""The four kinds of question, the points a customer can choose, and what a score means."""

from dataclasses import dataclass
from typing import Literal, get_args

from widget.domain.errors import ScoreOutOfRange

Kind = Literal["stars", "csat", "nps", "ces"]
Style = Literal["stars", "faces5", "faces3", "thumbs", "numbers"]
Sentiment = Literal["positive", "negative"]

KINDS: tuple[Kind, ...] = get_args(Kind)

KIND_NAMES: dict[Kind, str] = {
    "stars": "Stars",
    "csat": "CSAT",
    "nps": "NPS",
    "ces": "CES",
}

STYLES: dict[Kind, tuple[Style, ...]] = {
    "stars": ("stars",),
    "csat": ("faces5", "faces3", "thumbs"),
    "nps": ("numbers",),
    "ces": ("numbers",),
}

STYLE_NAMES: dict[Style, str] = {
    "stars": "Five stars",
    "faces5": "Five faces",
    "faces3": "Three faces",
    "thumbs": "Thumbs",
    "numbers": "Numbers",
}


@dataclass(frozen=True)
class Point:
    """One choice on a scale. `name` is its accessible name: a built-in English text or a number."""

    score: int
    name: str


@dataclass(frozen=True)
class Scale:
    """What can be chosen, in order, with built-in English words for the two ends ("" for none)."""

    kind: Kind
    style: Style
    points: tuple[Point, ...]
    low: str
    high: str

    @property
    def scores(self) -> tuple[int, ...]:
        return tuple(point.score for point in self.points)

    def point(self, score: int) -> Point:
        """The point with this score. Raises ScoreOutOfRange when the scale has none."""
        for point in self.points:
            if point.score == score:
                return point
        low, high = self.points[0].score, self.points[-1].score
        raise ScoreOutOfRange(f"The score must be a point of this scale, from {low} to {high}.")


_SATISFACTION = {
    1: "Very dissatisfied",
    2: "Dissatisfied",
    3: "Neutral",
    4: "Satisfied",
    5: "Very satisfied",
}
_STARS = {1: "1 star", 2: "2 stars", 3: "3 stars", 4: "4 stars", 5: "5 stars"}


def _points(names: dict[int, str]) -> tuple[Point, ...]:
    return tuple(Point(score, name) for score, name in names.items())


# Faces and thumbs share the five-point range, so that "positive from 4" means the same in each
# and a survey may change its style without making older answers incomparable.
_SCALES: dict[Style, Scale] = {
    "stars": Scale("stars", "stars", _points(_STARS), "Poor", "Excellent"),
    "faces5": Scale("csat", "faces5", _points(_SATISFACTION), "", ""),
    "faces3": Scale(
        "csat", "faces3", _points({1: "Dissatisfied", 3: "Neutral", 5: "Satisfied"}), "", ""
    ),
    "thumbs": Scale("csat", "thumbs", _points({1: "No", 5: "Yes"}), "", ""),
}
_NPS = Scale(
    "nps",
    "numbers",
    tuple(Point(score, str(score)) for score in range(11)),
    "Not at all likely",
    "Extremely likely",
)
_CES = Scale(
    "ces",
    "numbers",
    tuple(Point(score, str(score)) for score in range(1, 8)),
    "Strongly disagree",
    "Strongly agree",
)


def scale(kind: Kind, style: Style) -> Scale:
    """The scale of a question. Raises ValueError when the kind has no such style."""
    if style not in STYLES[kind]:
        raise ValueError(f"A {kind} question has no style {style!r}.")
    if kind == "nps":
        return _NPS
    if kind == "ces":
        return _CES
    return _SCALES[style]


# Where "positive" begins: the top two of five for stars and CSAT, promoters for NPS (9 and 10),
# and the agreeing half of the seven CES points.
POSITIVE_FROM: dict[Kind, int] = {"stars": 4, "csat": 4, "nps": 9, "ces": 5}


def sentiment(score: int, positive_from: int) -> Sentiment:
    """Which follow-up a score leads to. NPS passives are asked what could have been better."""
    return "positive" if score >= positive_from else "negative"
