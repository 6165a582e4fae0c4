"""How figures are written."""

from widget.domain.figures import Figures
from widget.domain.scores.comparisons import Comparison


def change(difference: float, low: float, high: float) -> Comparison:
    return Comparison(difference, low, high, 0.04, 0.04, 50, 50, "newcombe")


def test_an_end_that_is_not_nothing_is_not_written_as_nothing() -> None:
    figures = Figures()
    assert figures.change_interval(change(11, 0.4, 21.2), "positive") == "+0.4 to +21.2"
    assert figures.change_interval(change(-11, -21.2, -0.04), "positive") == "−21.20 to −0.04"
    assert figures.change_interval(change(0.3, 0.003, 0.6), "stars") == "+0.003 to +0.600"
    assert figures.change(change(0.3, 0.1, 0.5), "positive") == "+0.3"


def test_as_few_decimals_as_tell_are_written() -> None:
    figures = Figures()
    assert figures.change_interval(change(11, 1.4, 21.2), "positive") == "+1 to +21"
    assert figures.change_interval(change(5, 0.0, 10.3), "positive") == "±0 to +10"
    assert figures.change_interval(change(1, 0.00001, 2.3), "positive") == "±0.000 to +2.300"
    assert figures.change(change(0.0, -1, 1), "nps") == "±0"
