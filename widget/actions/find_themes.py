"""Finding what is behind scores, in the background: the themes of comments, the cost of areas."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import Span
from widget.domain.themes.findings import Findings, Heard, findings_of
from widget.domain.turns import Turns
from widget.storage import themes
from widget.storage.engine import writing
from widget.storage.theme_comments import comments_read, comments_written, ticked_in

_log = logging.getLogger(__name__)

# Between so many comments it is asked whether the worker is to stop.
_LOOK_UP_EVERY = 200


class Interrupted(Exception):
    """The worker is to stop; what it was at is begun anew by the next one."""


def ask_for_themes(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    at: datetime,
    *,
    by: int | None = None,
    may_ask: Callable[[], bool] = lambda: True,
) -> bool:
    """Have what is behind the scores of a filter found, within a scope, by the worker.

    Nothing happens where too many wait that the user `by` has asked for: ask again. `may_ask` is
    asked, and may count, once where one more is to be found; returns False where it says no.
    """
    with writing(session):
        return themes.ask_for(session, workspace_id, scope, wanted, at, by=by, may_ask=may_ask)


@dataclass(frozen=True)
class FindThemes:
    """The worker's job: finds what waits longest; returns how many were found.

    Workspaces take turns. Several workers may do this at once. It reads a bounded number of
    comments (`theme_comments`) and counts their terms in bounded memory (`domain.themes.table`).
    What cannot be found is logged and left alone for a while. `should_stop` tells when to give up
    and leave it to the next worker.
    """

    should_stop: Callable[[], bool]
    turns: Turns = field(default_factory=Turns)

    def __call__(self, engine: Engine, now: datetime) -> int:
        with Session(engine) as session:
            if not themes.is_any_waiting(session, now):
                return 0
            with writing(session):
                claimed = themes.claim(session, now, after=self.turns.last)
            if claimed is None:
                return 0
            self.turns.last = claimed.workspace_id
            try:
                found = find_themes(
                    session,
                    claimed.workspace_id,
                    claimed.scope,
                    claimed.wanted,
                    self.should_stop,
                )
            except Interrupted:
                with writing(session):
                    themes.let_go(session, claimed)
                return 0
            except Exception:  # noqa: BLE001 - logged
                _log.exception("The themes %s cannot be found; they are left alone.", claimed.id)
                with writing(session):
                    themes.note_failure(session, claimed, now)
                return 0
            with writing(session):
                return int(themes.keep(session, claimed, found, now))


def find_themes(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    should_stop: Callable[[], bool],
) -> Findings:
    """What is behind the scores of a filter, within a scope, found here and now: it takes seconds,
    and is for the worker. Raises Interrupted when it is to stop.

    The session is rolled back in between, so that no snapshot is held: give one with nothing in it.
    """
    span = Span(wanted.first, wanted.last).before
    earlier = replace(wanted, first=span.first, last=span.last)
    heard, heard_before = (
        _heard(session, workspace_id, scope, one, should_stop) for one in (wanted, earlier)
    )
    ticked, ticked_before = (
        ticked_in(session, workspace_id, scope, one) for one in (wanted, earlier)
    )
    return findings_of(heard, heard_before, ticked, ticked_before)


def _heard(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    should_stop: Callable[[], bool],
) -> Heard:
    heard = Heard(written=comments_written(session, workspace_id, scope, wanted))
    read = comments_read(session, workspace_id, scope, wanted, heard.written)
    for number, (id, language, comment, side) in enumerate(read):
        if number % _LOOK_UP_EVERY == 0 and should_stop():
            raise Interrupted
        heard.counts.add(comment, language, side, id)
    return heard


def forget_old_themes(engine: Engine, now: datetime) -> int:
    """Forget what was found too long ago; returns how many there were."""
    with Session(engine) as session, writing(session):
        return themes.forget_old(session, now)
