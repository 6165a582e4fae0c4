"""Sides of a score and the points it counts."""

import pytest

from widget.domain.scales import Kind, Sentiment
from widget.domain.score_summary import HIGHEST, LOWEST
from widget.domain.scores.scoring import Answers
from widget.domain.scores.summaries import summarise
from widget.domain.themes.sides import points_of, side_of


@pytest.mark.parametrize(
    ("kind", "score", "side"),
    [
        ("nps", 0, "negative"),
        ("nps", 6, "negative"),
        ("nps", 7, None),
        ("nps", 8, None),
        ("nps", 9, "positive"),
        ("nps", 10, "positive"),
        ("stars", 3, "negative"),
        ("stars", 4, "positive"),
        ("csat", 1, "negative"),
        ("csat", 5, "positive"),
        ("ces", 4, "negative"),
    ],
)
def test_promoters_and_detractors_are_the_sides_and_passives_are_on_neither(
    kind: Kind, score: int, side: Sentiment | None
) -> None:
    assert side_of(kind, score, {"nps": 9, "ces": 5}.get(kind, 4)) == side


def test_a_survey_says_where_positive_begins() -> None:
    assert side_of("nps", 8, positive_from=8) == "positive"
    assert side_of("nps", 7, positive_from=8) is None
    assert side_of("stars", 4, positive_from=5) == "negative"


@pytest.mark.parametrize("kind", ["stars", "csat", "nps", "ces"])
def test_points_are_what_the_mean_of_a_summary_is_made_of(kind: Kind) -> None:
    for score in range(LOWEST[kind], HIGHEST[kind] + 1):
        mean = summarise(kind, [Answers(kind, {score: 1})]).mean
        assert mean.value == points_of(kind, score)
