"""A report's numbers as data."""

import json

from tests.report_pages.reports import figures
from widget.domain.reports.figures import Bar, ReportFigures, bars_of


def test_figures_are_stored_and_read_back_to_the_last_digit() -> None:
    made = figures({5: 60, 4: 31, 1: 9}, {5: 7, 3: 2}, [5, 12, 0, 20])
    assert ReportFigures.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_reports_from_before_follow_ups_were_resolved_say_the_same() -> None:
    made = figures({5: 1}, {})
    stored = json.loads(json.dumps(made.to_json()))
    for part in ("follow_ups", "follow_ups_before"):
        stored[part]["closed"] = stored[part].pop("resolved")
        stored[part]["time_to_close"] = stored[part].pop("time_to_resolve")
    assert ReportFigures.from_json(stored) == made


def test_no_data_is_stored_as_none_and_not_as_nothing() -> None:
    made = ReportFigures.from_json(json.loads(json.dumps(figures({}, {}).to_json())))
    assert made.main.score.value is None
    assert made.baseline.value is None
    assert made.answers == 0
    assert not made.is_small


def test_every_point_of_the_scale_has_a_bar_the_highest_first() -> None:
    assert bars_of((1, 3, 5), {5: 2}, {1: 1}) == (Bar(5, 2, 0), Bar(3, 0, 0), Bar(1, 0, 1))


def test_fewer_than_ten_answers_are_told_to_be_few() -> None:
    assert figures({5: 9}, {}).is_small
    assert not figures({5: 10}, {}).is_small
