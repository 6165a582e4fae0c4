"""What a report is to be about: whose answers, which days, compared with which, its words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from widget.domain.addresses import storable
from widget.domain.errors import MomentRefused, ReportRefused
from widget.domain.mail_wording import one_line, without_controls
from widget.domain.moments import read_day
from widget.domain.periods import PERIODS, Period, period_of
from widget.domain.scores.spans import PRESETS, Preset, Span, preset_span

Paper = Literal["a4", "letter"]

TITLE_LIMIT = 150
INTRODUCTION_LIMIT = 3_000
CLIENT_LIMIT = 200
# Two years and a bit: enough to look back on, and a trend of so many months can be read.
MOST_DAYS = 800
# Of schedules that make reports by themselves, in a workspace.
MOST_SCHEDULES_OF_ONE = 20
DEFAULT_PRESET: Preset = "last_quarter"
OWN = "own"
# Those that a form offers; the others end today, which is no period to report on.
OFFERED: tuple[Preset, ...] = (
    "last_quarter",
    "this_quarter",
    "last_month",
    "this_month",
    "last_year",
    "this_year",
)


@dataclass(frozen=True)
class ReportPlan:
    """What a report is to be. `survey` is a public id.

    `team` is an id of ours with the teams below it, None for all that its maker sees; `client` and
    `segment` are "" for every one. `baseline` is what the period is compared with, None for the
    days before it, as many or the same months. `title` "" stands for one that is made of the rest,
    and `shows_names` says whether comments name their customers. `paper` is the PDF's.
    """

    survey: str
    span: Span
    team: int | None = None
    client: str = ""
    baseline: Span | None = None
    title: str = ""
    introduction: str = ""
    shows_names: bool = False
    paper: Paper = "a4"
    segment: str = ""

    @property
    def compared_with(self) -> Span:
        """The days that the period is compared with."""
        return self.baseline or self.span.before

    def of(self, period: Period) -> "ReportPlan":
        """The same about another period, compared with the days before it unless days were chosen
        to compare with. Where its words name the old period, they name the new one."""
        span = Span(period.first, period.last)
        old, new = span_words(self.span), span_words(span)
        return replace(
            self,
            span=span,
            title=self.title.replace(old, new)[:TITLE_LIMIT],
            introduction=self.introduction.replace(old, new)[:INTRODUCTION_LIMIT],
        )

    def is_about_the_same(self, other: "ReportPlan") -> bool:
        """Whether both are about the same answers but for the days, and compared alike."""
        mine = (self.survey, self.team, self.client, self.segment, self.baseline)
        return mine == (other.survey, other.team, other.client, other.segment, other.baseline)

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["span"] = _span_to_json(self.span)
        data["baseline"] = _span_to_json(self.baseline) if self.baseline else None
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReportPlan":
        """What `to_json` gave."""
        spans = {"span": _span_from_json(data["span"])}
        baseline = data.get("baseline")
        return cls(**{**data, **spans, "baseline": _span_from_json(baseline) if baseline else None})


def read_plan(
    form: Mapping[str, str], today: date, *, surveys: Mapping[str, str], teams: Mapping[int, str]
) -> ReportPlan:
    """A plan from a form's fields: `survey`, `team`, `client`, `segment`, `period` (a preset or
    `own`), `from`, `to`, `baseline_from`, `baseline_to`, `title`, `introduction`, `shows_names`,
    `paper`.

    `surveys` (by public id) and `teams` (by id) are those that may be chosen. Raises ReportRefused
    with a sentence for each field that cannot be read.
    """
    problems: dict[str, str] = {}
    survey = form.get("survey", "")
    if survey not in surveys:
        problems["survey"] = "Choose a survey."
    chosen = form.get("team", "")
    team = next((id for id in teams if str(id) == chosen), None)
    if chosen and team is None:
        problems["team"] = "Choose one of your teams."
    span = _read_span(form, today, problems)
    baseline = _read_baseline(form, problems)
    title = one_line(form.get("title", ""), TITLE_LIMIT + 1)
    if len(title) > TITLE_LIMIT:
        problems["title"] = f"A title may be {TITLE_LIMIT} characters long."
    introduction = without_controls(form.get("introduction", "").replace("\r\n", "\n")).strip()
    if len(introduction) > INTRODUCTION_LIMIT:
        problems["introduction"] = f"This may be {INTRODUCTION_LIMIT} characters long."
    # As customers' answers have them: within a name, two spaces are not one.
    client, segment = (storable(form.get(name, "")).strip() for name in ("client", "segment"))
    for name, value in (("client", client), ("segment", segment)):
        if len(value) > CLIENT_LIMIT:
            problems[name] = f"A {name}’s name may be {CLIENT_LIMIT} characters long."
    if problems or span is None:
        raise ReportRefused(problems)
    return ReportPlan(
        survey,
        span,
        team,
        client,
        baseline,
        title,
        introduction,
        form.get("shows_names") == "1",
        "letter" if form.get("paper") == "letter" else "a4",
        segment,
    )


def span_of(form: Mapping[str, str], today: date) -> Span | None:
    """The days that a form's fields `period`, `from` and `to` say; None where they say none."""
    return _read_span(form, today, {})


def default_title(subject: str, span: Span) -> str:
    """The title of a report that was given none: `Acme, Q3 2026`."""
    return one_line(f"{subject}, {span_words(span)}", TITLE_LIMIT)


def span_words(span: Span) -> str:
    """A span as short as it can be said: `Q3 2026`, `March 2026`, `2026`, else both days."""
    first, last = span.first, span.last
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    for name in PERIODS:
        period = period_of(name, first)
        if name != "week" and (period.first, period.last) == (first, last):
            if name == "quarter":
                return f"Q{(first.month + 2) // 3} {first.year}"
            return f"{first:%B} {first.year}"
    return f"{first.day} {first:%b %Y} – {last.day} {last:%b %Y}"


def _read_span(form: Mapping[str, str], today: date, problems: dict[str, str]) -> Span | None:
    wanted = form.get("period", "")
    preset = next((known for known in PRESETS if known == wanted), None)
    if preset is not None:
        return preset_span(preset, today)
    span = _read_days(form, "from", "to", problems)
    if span is None and not {"from", "to"} & problems.keys():
        problems["from"] = "Choose the first and the last day."
    elif span and span.first > today:
        problems["from"] = "Nobody has answered yet on these days."
    return span


def _read_baseline(form: Mapping[str, str], problems: dict[str, str]) -> Span | None:
    return _read_days(form, "baseline_from", "baseline_to", problems)


def _read_days(
    form: Mapping[str, str], first: str, last: str, problems: dict[str, str]
) -> Span | None:
    """The span of two fields; None where both are empty, or with a problem."""
    days: dict[str, date] = {}
    for name in (first, last):
        text = form.get(name, "").strip()
        try:
            if text:
                days[name] = read_day(text)
        except MomentRefused as error:
            problems[name] = str(error)
    if {first, last} & problems.keys() or not days:
        return None
    if len(days) == 1:
        problems[first if last in days else last] = "Choose this day as well."
    elif days[first] > days[last]:
        problems[first] = "This day is after the last one."
    elif (days[last] - days[first]).days >= MOST_DAYS:
        problems[first] = f"A report is of {MOST_DAYS} days at most."
    else:
        return Span(days[first], days[last])
    return None


def _span_to_json(span: Span) -> list[str]:
    return [span.first.isoformat(), span.last.isoformat()]


def _span_from_json(data: list[str]) -> Span:
    first, last = data
    return Span(date.fromisoformat(first), date.fromisoformat(last))
