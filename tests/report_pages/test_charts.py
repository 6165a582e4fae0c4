"""Charts drawn on the server: within their scale, readable without colour, honest about gaps."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report_pages.reports import figures
from widget.domain.reports.figures import Bar
from widget.domain.scores.estimates import no_score
from widget.report_pages.charts import (
    NARROW,
    BarWords,
    Scale,
    TrendWords,
    bars_svg,
    scale_for,
    trend_svg,
)

SVG = "{http://www.w3.org/2000/svg}"
LIMITS = st.sampled_from([(1.0, 5.0), (0.0, 100.0), (-100.0, 100.0), (1.0, 7.0)])


def drawn(weeks: list[int], before: dict[int, int] | None = None) -> ET.Element:
    made = figures({4: sum(weeks)}, before or {}, weeks)
    scale = Scale(1, 5, (1, 2, 3, 4, 5))
    dates = [str(index) for index in range(len(made.trend))]
    words = TrendWords("Stars <over> time", [str(tick) for tick in scale.ticks], dates, ["Q2", "4"])
    return ET.fromstring(trend_svg(made.trend, made.baseline, scale, words))


@given(LIMITS, st.lists(st.integers(0, 1000), max_size=8))
def test_a_scale_holds_every_value_and_stays_on_the_metrics_own(
    limits: tuple[float, float], thousandths: list[int]
) -> None:
    low, high = limits
    values = [low + (high - low) * part / 1000 for part in thousandths]
    scale = scale_for(values, limits)
    assert all(-1e-9 <= scale.at(value) <= 1 + 1e-9 for value in values)
    assert low - 1e-9 <= scale.low < scale.high <= high + 1e-9
    assert 2 <= len(scale.ticks) <= 12
    # A hair's breadth must not fill the page.
    assert scale.high - scale.low >= (high - low) / 4 - 1e-9


def test_weeks_without_answers_are_a_gap_in_line_and_band() -> None:
    svg = drawn([20, 20, 0, 0, 20, 20, 20])
    assert [len(line.get("points", "").split()) for line in svg.iter(f"{SVG}polyline")] == [2, 3]
    assert len(list(svg.iter(f"{SVG}polygon"))) == 2


def test_a_week_between_two_gaps_still_has_a_dot_and_its_interval() -> None:
    svg = drawn([0, 20, 0])
    assert len(list(svg.iter(f"{SVG}polyline"))) == 0
    assert len(list(svg.iter(f"{SVG}circle"))) == len(list(svg.iter(f"{SVG}polygon"))) == 1


def test_dots_of_few_answers_are_hollow() -> None:
    fills = [dot.get("fill") for dot in drawn([9, 10]).iter(f"{SVG}circle")]
    assert fills[0] == "#fff"
    assert fills[1] != "#fff"


def test_the_baseline_is_dashed_and_said_and_missing_without_answers() -> None:
    with_it, without = drawn([20], {4: 5}), drawn([20])
    assert len([one for one in with_it.iter(f"{SVG}line") if one.get("stroke-dasharray")]) == 1
    assert "Q2" in [text.text for text in with_it.iter(f"{SVG}text")]
    assert not [one for one in without.iter(f"{SVG}line") if one.get("stroke-dasharray")]


def test_a_chart_of_nothing_is_a_grid() -> None:
    svg = ET.fromstring(
        trend_svg([], no_score("student_t"), Scale(1, 5, (1, 5)), TrendWords("x", ["1", "5"], []))
    )
    assert list(svg.iter(f"{SVG}polyline")) == []


def test_a_chart_is_an_image_with_a_name_and_no_styles() -> None:
    for svg in (drawn([5, 6]), bars()):
        assert svg.get("role") == "img"
        assert svg.get("aria-label")
        assert all(one.get("style") is None for one in svg.iter())


def bars(*of: Bar) -> ET.Element:
    shown = of or (Bar(5, 30, 0), Bar(1, 10, 20))
    words = BarWords("Scores", [f"<{bar.score}>" for bar in shown], ["" for _bar in shown])
    return ET.fromstring(bars_svg(shown, words))


def test_bars_are_as_long_as_their_shares_of_their_own_side() -> None:
    now, before, other_now, other_before = [
        float(bar.get("width", "")) for bar in bars().iter(f"{SVG}rect")
    ]
    assert now == pytest.approx(3 * other_now, abs=0.2)
    assert before == 0
    # All of before, against three quarters of now.
    assert other_before == pytest.approx(now / 0.75, abs=0.2)


def test_bars_of_nothing_have_no_length() -> None:
    widths = [bar.get("width") for bar in bars(Bar(5, 0, 0), Bar(1, 0, 0)).iter(f"{SVG}rect")]
    assert set(widths) == {"0.0"}


def test_a_phone_has_charts_of_its_own_with_all_words_inside() -> None:
    made = figures({4: 90, 5: 30}, {4: 50}, [10] * 13)
    scale = Scale(1, 5, (1, 2, 3, 4, 5))
    dates = [f"{index} Sep" for index in range(len(made.trend))]
    words = TrendWords("Stars", ["4.00"] * 5, dates, ["1 Jul 2026 –", "4 Aug 2026", "4.25"])
    shown = BarWords("Scores", ["5 ★"], ["100 % (1,234,567)"])
    for chart in (
        trend_svg(made.trend, made.baseline, scale, words, NARROW),
        bars_svg([Bar(5, 1_234_567, 0)], shown, NARROW),
    ):
        svg = ET.fromstring(chart)
        assert svg.get("viewBox", "").split()[2] == "320"
        for text in svg.iter(f"{SVG}text"):
            # A letter of this font is at most six tenths of its size wide, on average.
            reach = 0.6 * 10.5 * len(text.text or "")
            x = float(text.get("x", ""))
            left = {"start": x, "middle": x - reach / 2, "end": x - reach}
            start = left[text.get("text-anchor", "")]
            assert start >= 0
            assert start + reach <= 320 + 24, text.text
