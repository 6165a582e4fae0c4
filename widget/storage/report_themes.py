"""What comments say, for reports: the terms that were found last for what a report counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.reports.figures import LanguageThemes, ThemeFigure
from widget.domain.roles import Scope
from widget.domain.score_filters import ScoreFilter
from widget.domain.themes.findings import LanguageFindings
from widget.domain.themes.terms import Term
from widget.storage.themes import latest_for

# Of so many languages, and so many terms of each side, a report tells.
_LANGUAGES, _TERMS = 3, 6


@dataclass(frozen=True)
class Counted:
    """Whose report it is to be: a workspace, the scope that it is counted in, and its subject."""

    workspace_id: int
    time_zone: str
    scope: Scope
    subject: str


def report_themes(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, at: datetime
) -> tuple[LanguageThemes, ...] | None:
    """What stands out, by language; None where nobody has looked for it within a day.

    Each term was written by five customers at least (`MIN_SUPPORT`): it is no one person's words.
    """
    kept = latest_for(session, workspace_id, scope, wanted, at)
    if kept.findings is None:
        return None
    return tuple(_themes(one) for one in kept.findings.languages[:_LANGUAGES])


def _themes(found: LanguageFindings) -> LanguageThemes:
    themes = found.themes
    terms = [*themes.positive[:_TERMS], *themes.negative[:_TERMS]]
    return LanguageThemes(
        themes.language,
        themes.comments["positive"],
        themes.comments["negative"],
        themes.lack is None,
        found.is_sample,
        tuple(_figure(term) for term in terms),
    )


def _figure(term: Term) -> ThemeFigure:
    is_positive = term.side == "positive"
    own, other = (term.positive, term.negative) if is_positive else (term.negative, term.positive)
    return ThemeFigure(term.text, is_positive, own.comments, own.share, other.share)
