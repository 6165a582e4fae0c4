"""The catalogue of numbers."""

import pytest

from widget.domain.scores.metrics import METRIC_IDS, METRICS, MetricId


def test_every_number_says_how_it_is_computed() -> None:
    assert tuple(METRICS) == METRIC_IDS
    for id, metric in METRICS.items():
        assert metric.id == id
        assert metric.name
        assert metric.methods
        assert metric.decimals >= 0
        sentence = metric.formula_for()
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("metric", "positive_from", "words"),
    [
        ("csat", None, "4 or more"),
        ("csat", 5, "5 or more"),
        ("positive", 3, "3 stars or more"),
        ("negative", 3, "fewer than 3 stars"),
        ("nps", None, "promoters (who chose 9 to 10) minus the share of detractors (0 to 6)"),
        ("nps", 6, "promoters (who chose 6 to 10) minus the share of detractors (0 to 5)"),
    ],
)
def test_thresholds_are_named_beside_the_number(
    metric: MetricId, positive_from: int | None, words: str
) -> None:
    assert words in METRICS[metric].formula_for(positive_from)


def test_sources_are_those_of_the_number_and_of_its_interval() -> None:
    assert [source.split(",")[0] for source in METRICS["nps"].sources] == [
        "F. F. Reichheld",
        "B. Rocks",
    ]
    assert METRICS["rewards"].sources == ()
