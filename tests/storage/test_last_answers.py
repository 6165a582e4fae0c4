"""The day of the newest answer of each client: by the copy and by the responses alike."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.builders import Workspace, answer_survey, make_workspace
from tests.storage.test_columnar import make_copy
from tests.storage.test_score_counts import filled
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.extensions import db
from widget.storage import last_answers
from widget.storage.last_answers import last_days_by

EVERY = ScoreFilter(date(2000, 1, 1), date(2026, 12, 31))


def last_days(
    acme: Workspace,
    group: Group = "client",
    wanted: ScoreFilter = EVERY,
    scope: Scope = EVERYTHING,
) -> dict[Any, date]:
    with acme.world.app.app_context():
        db.session.rollback()
        return last_days_by(db.session(), acme.id, scope, wanted, group)


def test_the_copy_says_the_same_as_the_responses(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(any_acme)
    scopes = [EVERYTHING, Scope(teams=frozenset({made["below"]})), Scope()]
    asked = [(group, scope) for group in ("client", "segment", "member") for scope in scopes]
    true = [last_days(any_acme, group, scope=scope) for group, scope in asked]  # type: ignore[arg-type]
    assert true[0].keys() == {"Globex", ""}
    assert make_copy(any_acme)

    def fail(*_: object) -> None:
        raise AssertionError("the copy knows this")

    with monkeypatch.context() as patched:
        patched.setattr(last_answers, "_from_responses", fail)
        said = [last_days(any_acme, group, scope=scope) for group, scope in asked]  # type: ignore[arg-type]
    assert said == true


def test_what_was_answered_after_the_copy_counts_at_once(any_acme: Workspace) -> None:
    filled(any_acme)
    assert make_copy(any_acme)
    survey = any_acme.survey()
    for name, at in (
        ("Globex", datetime(2026, 12, 3, tzinfo=UTC)),
        ("New", datetime(2024, 2, 29, tzinfo=UTC)),
    ):
        answer_survey(any_acme, survey, 5, attributes={"client": name}, at=at)
    found = last_days(any_acme)
    assert (found["Globex"], found["New"]) == (date(2026, 12, 3), date(2024, 2, 29))


def test_nobody_hears_of_anothers_clients(any_acme: Workspace) -> None:
    filled(any_acme)
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    assert last_days(rival) == {}
