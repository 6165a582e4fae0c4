"""All that is found behind a score, as it is kept, shown and reported.

Comments are counted in `Heard`, one for each period; areas come as `Ticks`. `findings_of` sets the
period against the one before.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import UUID

from cattrs.preconf.json import make_converter

from widget.domain.scales import Kind, Sentiment
from widget.domain.themes.areas import Areas, Ticks, areas_of
from widget.domain.themes.changes import AreaChanges, Changes, area_changes, term_changes
from widget.domain.themes.counting import CAPACITY, CommentCounts
from widget.domain.themes.enough import lack_of_comments
from widget.domain.themes.table import SIDES
from widget.domain.themes.terms import Said, Term, Themes, all_themes
from widget.domain.themes.words import base_language

# What `findings_to_json` writes changes with this number, and what was written before is not read.
FORMAT = 1
# So many of the newest comments with a term can be shown beside it.
QUOTABLE = 3

Tags = tuple[str, ...]


class Question(NamedTuple):
    """What was asked when areas were offered: a survey's main question, by whose answers they are
    those of one sentiment. A survey whose positive scores began elsewhere asked another."""

    survey_id: int
    kind: Kind
    sentiment: Sentiment
    positive_from: int


@dataclass
class Heard:
    """What the comments of a period say: `counts` of those that were read; `written`, how many of
    each side there are in all, by language tag as responses have it."""

    counts: CommentCounts = field(default_factory=lambda: CommentCounts(CAPACITY))
    written: dict[tuple[Sentiment, str], int] = field(default_factory=dict)

    def in_language(self, base: str) -> dict[Sentiment, int]:
        """How many of each side were written in a base language."""
        found: dict[Sentiment, int] = dict.fromkeys(SIDES, 0)
        for (side, tag), number in self.written.items():
            if base_language(tag) == base:
                found[side] += number
        return found

    def tags(self, base: str) -> Tags:
        """The tags of a base language."""
        return tuple(sorted({tag for _, tag in self.written if base_language(tag) == base}))


@dataclass(frozen=True)
class LanguageFindings:
    """What one language's comments say. `tags` are those that its responses have; of the comments
    `written` by each side those in `themes.comments` were read."""

    tags: Tags
    written: Mapping[Sentiment, int]
    themes: Themes
    changes: Changes

    @property
    def is_sample(self) -> bool:
        return any(self.themes.comments[side] < self.written[side] for side in SIDES)


@dataclass(frozen=True)
class QuestionAreas:
    """The areas of one question. `versions` are the newest versions of its survey that offered
    each of them, by its id."""

    survey_id: int
    kind: Kind
    sentiment: Sentiment
    areas: Areas
    changes: AreaChanges
    versions: Mapping[str, int]


@dataclass(frozen=True)
class Findings:
    """What is behind the scores of a period: by language, that with most comments first; and by
    question, that with most answers first."""

    languages: tuple[LanguageFindings, ...]
    areas: tuple[QuestionAreas, ...]


def is_outgrown(findings: Findings, written: Mapping[tuple[Sentiment, str], int]) -> bool:
    """Whether what was found says that a language has too few comments, or nothing of it, and there
    are enough by now: `written` is how many of each side, by language tag."""
    then = {one.themes.language: one.written for one in findings.languages}
    now = Heard(written=dict(written))
    nothing: dict[Sentiment, int] = dict.fromkeys(SIDES, 0)
    return any(
        lack_of_comments(now.in_language(base)) is None
        and lack_of_comments(then.get(base, nothing)) is not None
        for base in {base_language(tag) for _side, tag in written}
    )


@dataclass
class Ticked:
    """The areas of all questions in a period, and which versions offered them."""

    ticks: dict[Question, Ticks] = field(default_factory=dict)
    versions: dict[Question, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def findings_of(now: Heard, before: Heard, ticked: Ticked, ticked_before: Ticked) -> Findings:
    """All that there is to say of a period, and how it differs from the one before."""
    before_themes = {one.language: one for one in all_themes(before.counts)}
    languages = []
    for themes in all_themes(now.counts):
        base = themes.language
        earlier = before_themes.get(base, Themes(base, dict.fromkeys(SIDES, 0)))
        changes = term_changes(before.counts.of(base), now.counts.of(base), earlier, themes)
        written = now.in_language(base)
        languages.append(LanguageFindings(now.tags(base), written, _quotable(themes), changes))
    areas = [_question_areas(one, ticked, ticked_before) for one in ticked.ticks]
    areas.sort(key=lambda one: (-one.areas.asked, one.survey_id, one.sentiment))
    return Findings(tuple(languages), tuple(areas))


def _question_areas(question: Question, now: Ticked, before: Ticked) -> QuestionAreas:
    ticks = now.ticks[question]
    earlier = before.ticks.get(question) or replace(ticks, asked={}, ticked={}, offered={})
    return QuestionAreas(
        question.survey_id,
        question.kind,
        question.sentiment,
        areas_of(ticks),
        area_changes(earlier, ticks),
        dict(now.versions[question]),
    )


def _quotable(themes: Themes) -> Themes:
    """The themes with as many comments to quote as are kept."""
    return replace(
        themes,
        positive=tuple(_with_few(term) for term in themes.positive),
        negative=tuple(_with_few(term) for term in themes.negative),
    )


def _with_few(term: Term) -> Term:
    return replace(term, positive=_few(term.positive), negative=_few(term.negative))


def _few(said: Said) -> Said:
    return replace(said, newest=said.newest[:QUOTABLE])


_converter = make_converter()
_converter.register_unstructure_hook(UUID, str)
_converter.register_structure_hook(UUID, lambda text, _type: UUID(text))


def findings_to_json(findings: Findings) -> dict[str, Any]:
    """Plain data for storage; `findings_from_json` reads it back."""
    plain: dict[str, Any] = _converter.unstructure(findings)
    return plain


def findings_from_json(plain: Mapping[str, Any]) -> Findings:
    """What `findings_to_json` wrote in this FORMAT."""
    return _converter.structure(plain, Findings)
