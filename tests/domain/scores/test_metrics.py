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
    ("metric", "thresholds", "words"),
    [
        ("csat", (), "4 or more"),
        ("csat", (5,), "5 or more"),
        ("csat", (5, 4), "Answers of 4 or 5 or more"),
        ("csat", (5, 4), "each answer is counted by its own survey's."),
        ("positive", (3,), "3 stars or more"),
        ("negative", (3,), "fewer than 3 stars"),
        ("nps", (), "promoters (who chose 9 to 10) minus the share of detractors (0 to 6)"),
        ("nps", (6,), "promoters (who chose 6 to 10) minus the share of detractors (0 to 5)"),
        (
            "nps",
            (9, 8),
            "promoters (who chose 8 or 9 to 10) minus the share of detractors (0 to 6)",
        ),
        ("stars", (4, 5), "divided by the number of answers."),
    ],
)
def test_thresholds_are_named_beside_the_number(
    metric: MetricId, thresholds: tuple[int, ...], words: str
) -> None:
    assert words in METRICS[metric].formula_for(*thresholds)
    assert len(thresholds) > 1 or "Surveys differ" not in METRICS[metric].formula_for(*thresholds)


def test_sources_are_those_of_the_number_and_of_the_methods_that_were_used() -> None:
    sources = METRICS["nps"].sources_of("adjusted_wald", "adjusted_wald")
    assert [source.split(",")[0] for source in sources] == ["F. F. Reichheld", "B. Rocks"]
    # Means have two intervals; one of them was made.
    [only] = METRICS["stars"].sources_of("student_t")
    assert only.startswith("Student, 1908")
    assert METRICS["rewards"].sources_of("counted") == ()
