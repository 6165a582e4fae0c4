"""A report as HTML: what it says, and that it says nothing that customers wrote as markup."""

import re
from dataclasses import replace
from datetime import date

from tests.report_pages.reports import PLAN, comment, figures, stars, view
from widget.domain.reports.figures import (
    AgainstBaseline,
    ReasonFigure,
    ReportFigures,
    WeightedFigure,
)
from widget.domain.scores.scoring import compare, score_of
from widget.report_pages.page import body, digest_of, document


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&nbsp;", " ")


def test_the_score_stands_with_its_interval_n_and_change() -> None:
    said = text_of(body(view()))
    assert re.search(r"Stars 4\.30 95 % interval \d\.\d\d to \d\.\d\d, n = 100", said)
    assert "Change since Q2 2026 +0.80" in said
    assert "more than chance" in said


def test_no_data_is_a_dash_and_no_chart() -> None:
    html = body(view(figures=figures({}, {})))
    said = text_of(html)
    assert "Stars – n = 0" in said
    assert "1 Apr 2026 – 30 Jun 2026, when nobody answered" in said
    assert "Nobody answered in this period." in said
    assert "<svg" not in html


def test_few_answers_are_told_and_judge_nothing() -> None:
    said = text_of(body(view(figures=figures({5: 9}, {1: 9}))))
    assert "Fewer than ten customers answered" in said
    assert "too few answers to tell" in said
    assert "more than chance –" not in said


def test_a_draft_says_that_it_is_one() -> None:
    assert ">Draft<" in body(view(is_finished=False))
    assert ">Draft<" not in body(view())


def test_nothing_that_somebody_wrote_is_markup() -> None:
    evil = "<script>alert(1)</script>"
    plan = replace(PLAN, introduction=evil)
    shown = [comment(evil, customer=evil, language='"><b>')]
    made = replace(view().figures, subject=evil, survey=evil)
    html = document(view(title=evil, workspace=evil, plan=plan, comments=shown, figures=made))
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count("&lt;script&gt;") >= 7


def test_names_stand_beside_comments_only_where_they_are_given() -> None:
    said = text_of(body(view(comments=[comment("Well done"), comment("Thanks", customer="Kim")])))
    assert "Well done 5 of 5 stars, 3 Aug 2026 Thanks 5 of 5 stars, 3 Aug 2026, Kim" in said


def test_follow_ups_stand_with_those_of_before() -> None:
    said = text_of(body(view()))
    assert "Opened 3 0 Resolved 2 0 Median time until resolved 2 h – Open at the end 1 0" in said


def test_a_document_has_a_language_a_title_and_its_paper() -> None:
    html = document(view(plan=replace(PLAN, paper="letter")))
    assert '<html lang="en">' in html
    assert "<title>Contoso, Q3 2026</title>" in html
    assert "@page { size: letter; }" in html
    assert "style=" not in html


def test_what_a_report_says_decides_its_digest() -> None:
    one, same, other = (
        digest_of(document(view(comments=[comment(text)]))) for text in ("A", "A", "B")
    )
    assert one == same != other


def test_a_chosen_baseline_is_named_by_its_days() -> None:
    baseline = replace(PLAN.span, first=date(2025, 7, 5), last=date(2025, 9, 4))
    said = text_of(body(view(plan=replace(PLAN, baseline=baseline))))
    assert "Change since 5 Jul 2025 – 4 Sep 2025" in said


def test_an_area_stands_with_the_score_of_those_who_ticked_it_and_what_sets_them_apart() -> None:
    ticked, others = stars({5: 12, 4: 8}), stars({4: 20})
    reason = ReasonFigure(
        "Friendly", True, 20, 40, 5, 8, compare("stars", others, ticked), score_of("stars", ticked)
    )
    old = ReasonFigure("Fast", True, 3, 40, 0, 0)
    known = figures({5: 60}, {5: 40})
    page = str(body(view(figures=replace(known, reasons=(reason, old)))))
    assert re.search(r"<td>4\.60 <span class=\"fine\">\(4\.\d\d to 4\.\d\d\)</span></td>", page)
    assert "<td>+0.60, more than chance</td>" in page
    # Of reports that were made before, only what they kept.
    assert re.search(r"Fast</th>.*<td>–</td><td>–</td></tr>", page)


def test_the_pdf_has_each_chart_once() -> None:
    assert str(body(view())).count("<svg") == 2 * document(view()).count("<svg") == 4


def test_what_nothing_can_be_compared_with_has_no_columns_for_it() -> None:
    alone = body(view(figures=figures({5: 60, 4: 30}, {}, [5, 12])))
    assert "when nobody answered" in alone
    for words in (
        "Change since",
        ">Change</th>",
        "Outlined:",
        "dashed:",
        "nothing to compare with",
    ):
        assert words not in alone
        assert (words in body(view())) == (words != "nothing to compare with")
    tables = alone.partition("numbers behind the charts")[2]
    assert "Apr" not in tables.partition("How they are computed")[0]


def test_weeks_that_had_not_begun_when_it_was_counted_are_left_out() -> None:
    part = body(view(counted_on=date(2026, 8, 5), is_finished=False))
    table = part.partition("numbers behind the charts")[2].partition("</table>")[0]
    assert ">3 Aug 2026" in table
    assert "10 Aug 2026" not in table
    assert "10 Aug" not in part.partition("over time</h2>")[2].partition("</figure>")[0]


def test_the_marked_baseline_and_the_weighted_number_stand_under_the_scores() -> None:
    found, then = figures({5: 60, 4: 30, 1: 10}, {}), stars({5: 20, 1: 20})
    now = stars({5: 60, 4: 30, 1: 10})
    against = AgainstBaseline(
        "First <wave>",
        date(2026, 3, 2),
        score_of("stars", then),
        compare("stars", then, now),
        score_of("stars", stars({5: 3})),
        compare("stars", stars({5: 3}), now),
    )
    weighted = WeightedFigure("segment", score_of("stars", now), 1200, 7, 0.05)
    figured = replace(found, against=against, weighted=(weighted,))
    part = body(view(figures=figured))
    assert "Against the baseline, the campaign “First &lt;wave&gt;” of 2 Mar 2026" in part
    table = " ".join(part.partition("Against the baseline")[2].partition("</table>")[0].split())
    assert 'All customers</th><td class="number">3.00</td>' in table
    assert "+1.30" in table
    assert "more than chance" in table
    assert 'These customers</th><td class="number">5.00</td>' in table
    assert "Weighted by segment" in part
    assert "<dt>Weighted</dt>" in part
    assert "Holt and T. M. F. Smith" in part
    assert "1,200 customers; groups that are 5 % of them have not answered; 7 answers" in part
    assert ReportFigures.from_json(figured.to_json()) == figured
    words = "calls other answers satisfied"
    assert words not in part
    recounted = replace(found, against=replace(against, is_recounted=True))
    assert words in body(view(figures=recounted))
    assert ReportFigures.from_json(recounted.to_json()) == recounted
    stored = recounted.to_json()
    del stored["against"]["is_recounted"]
    # Of a report that was made before it was told.
    assert ReportFigures.from_json(stored).against == against
