"""Why: what sets satisfied customers’ comments apart, and which areas go with how many points.

The worker finds it when somebody looks; until it has, the page says so and looks again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from widget.actions.find_themes import ask_for_themes
from widget.domain.scales import Sentiment
from widget.domain.themes.areas import Area
from widget.domain.themes.findings import Findings, LanguageFindings, QuestionAreas
from widget.domain.themes.table import SIDES
from widget.domain.themes.terms import MIN_SUPPORT, Said, Term
from widget.extensions import db
from widget.storage.dashboards import CountedSurvey, counted_surveys
from widget.storage.surveys import definitions_of
from widget.storage.theme_comments import comments_to_quote
from widget.storage.themes import Kept, latest_for
from widget.web import htmx
from widget.web.clock import now
from widget.web.console import dashboard_filters
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.area_names import names_in
from widget.web.console.dashboard_answers import responses_address
from widget.web.console.dashboard_filters import Asked
from widget.web.rate_limits import rate_limits

# Of the areas of so many questions a page tells, those with most answers first.
MOST_QUESTIONS = 20
# Of a side's terms so many are shown at once; the others are folded away.
FIRST_TERMS = 5


@blueprint.get("/dashboard/why")
@needs("see_own")
def dashboard_why() -> Response:
    """What is behind the scores of the chosen days, within the scope of whoever looks."""
    surveys = counted_surveys(db.session(), seat().workspace_id)
    asked = dashboard_filters.asked(surveys)
    kept, is_refused = _kept(asked)
    state = _state(kept)
    if kept.is_waiting and htmx.wants_partial() and request.args.get("seen") == state:
        # Nothing is swapped, and nothing is read aloud again.
        return htmx.vary(make_response("", 204))
    values = {
        "asked": asked,
        "presets": dashboard_filters.preset_options(),
        "kept": kept,
        "is_refused": is_refused,
        "first_terms": FIRST_TERMS,
        "state": state,
        "is_partial": htmx.wants_partial(),
        "sides": SIDES,
        "min_support": MIN_SUPPORT,
        "is_nps": _is_nps(asked, surveys),
        **(_shown(kept.findings, asked, surveys) if kept.findings else {}),
    }
    template = "_why" if htmx.wants_partial() else "why"
    page = render_template(f"console/dashboard/{template}.html", **values)
    return htmx.in_address(htmx.page_or_partial(page, page, 422 if asked.problems else 200))


@blueprint.post("/dashboard/why")
@needs("see_own")
def dashboard_why_again() -> AnyResponse:
    """Have what is behind the scores of the chosen days found anew, however new it is."""
    asked = dashboard_filters.asked(counted_surveys(db.session(), seat().workspace_id))
    if not asked.problems and not _ask(asked):
        flash(_("You had much found within the hour. Look again later."), "error")
    address: dict[str, Any] = dict(asked.address)
    return redirect(url_for("console.dashboard_why", **address), 303)


def _kept(asked: Asked) -> tuple[Kept, bool]:
    """What there is of the filter; what there is not, or not any more, is asked for, as soon as
    little enough waits that they have asked for: the page looks again until then. And whether they
    have asked for too much to be given more."""
    place, at = seat(), now()
    kept = latest_for(db.session(), place.workspace_id, place.scope, asked.wanted, at)
    if asked.problems or kept.is_waiting or not kept.is_stale(at):
        return kept, False
    is_asked = _ask(asked)
    return replace(kept, is_waiting=is_asked), not is_asked


def _ask(asked: Asked) -> bool:
    """Ask for what is behind the scores of a filter; False where they ask for too much."""
    place = seat()
    return ask_for_themes(
        *(db.session(), place.workspace_id, place.scope, asked.wanted, now()),
        by=place.user_id,
        may_ask=lambda: rate_limits().allow_find(place.user_id),
    )


def _state(kept: Kept) -> str:
    """What the page shows, in short: a page that shows another state shows something else."""
    found_at = f"{kept.found_at:%Y%m%d%H%M%S}" if kept.found_at else "nothing"
    return f"{found_at}-failed" if kept.has_failed else found_at


def _is_nps(asked: Asked, surveys: Mapping[int, CountedSurvey]) -> bool:
    """Whether the two sides are promoters and detractors."""
    chosen = [surveys[id] for id in asked.wanted.surveys if id in surveys] or surveys.values()
    return {survey.kind for survey in chosen} == {"nps"}


def _shown(
    findings: Findings, asked: Asked, surveys: Mapping[int, CountedSurvey]
) -> dict[str, Any]:
    return {
        "findings": findings,
        "questions": _questions(findings, asked, surveys),
        "more_questions": max(0, len(findings.areas) - MOST_QUESTIONS),
        "quote_of": _quotes(findings),
        "comments_address": lambda language: _comments_address(asked, language),
        "term_address": lambda language, text, side: _term_address(asked, language, text, side),
    }


def _term_address(asked: Asked, language: LanguageFindings, text: str, side: Sentiment) -> str:
    """Where the comments with a term are, of a side and language."""
    # As one phrase, its last word not going on.
    return responses_address(
        asked,
        q=f'"{text}"',
        language=list(language.tags),
        mood=side,
        comment="yes",
        again="no",
    )


def _comments_address(asked: Asked, language: LanguageFindings) -> str:
    """Where all comments of a language are."""
    return responses_address(asked, language=list(language.tags), comment="yes", again="no")


@dataclass(frozen=True)
class ShownQuestion:
    """The areas of a question with their names, and where the responses are that ticked them."""

    survey: str
    of: QuestionAreas
    names: Mapping[str, str]
    addresses: Mapping[str, str]

    @property
    def told(self) -> list[Area]:
        """The areas that somebody ticked, in these days or in those before."""
        return [area for area in self.of.areas.areas if area.ticked or self._was_ticked(area)]

    @property
    def unticked(self) -> list[str]:
        """The names of the others."""
        told = {area.reason for area in self.told}
        return [
            self.names.get(area.reason, area.reason)
            for area in self.of.areas.areas
            if area.reason not in told
        ]

    def _was_ticked(self, area: Area) -> bool:
        change = self.of.changes.areas.get(area.reason)
        return change is not None and change.before > 0


def _questions(
    findings: Findings, asked: Asked, surveys: Mapping[int, CountedSurvey]
) -> list[ShownQuestion]:
    shown = [one for one in findings.areas if one.survey_id in surveys][:MOST_QUESTIONS]
    ids = sorted({id for one in shown for id in one.versions.values()})
    definitions = definitions_of(db.session(), ids)
    found = []
    for one in shown:
        survey = surveys[one.survey_id]
        # Of what is not positive everything is asked for its reasons, passives of NPS as well.
        moods = ["positive"] if one.sentiment == "positive" else ["negative", "other"]
        names = {
            reason: names_in([definitions[version]]).get(reason, reason)
            for reason, version in one.versions.items()
            if version in definitions
        }
        addresses = {
            area.reason: responses_address(
                asked, survey=survey.public_id, reason=area.reason, mood=moods, again="no"
            )
            for area in one.areas.areas
        }
        found.append(ShownQuestion(survey.name, one, names, addresses))
    return found


def _quotes(findings: Findings) -> Callable[[Term], str]:
    """What gives a comment that has a term, each another where there are others; "" where none may
    be read any more."""
    ids = [id for said in _all_said(findings) for id in said.newest]
    comments = comments_to_quote(db.session(), seat().workspace_id, seat().scope, ids)
    used: set[UUID] = set()

    def quote_of(term: Term) -> str:
        there = [id for id in _side_of(term).newest if id in comments]
        id = next((id for id in there if id not in used), next(iter(there), None))
        if id is None:
            return ""
        used.add(id)
        return comments[id]

    return quote_of


def _all_said(findings: Findings) -> Iterator[Said]:
    for language in findings.languages:
        for term in (*language.themes.positive, *language.themes.negative):
            yield _side_of(term)


def _side_of(term: Term) -> Said:
    return term.positive if term.side == "positive" else term.negative
