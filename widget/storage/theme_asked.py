"""What somebody wants found behind scores, as it is stored for the worker."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from widget.domain.roles import Scope
from widget.domain.score_filters import ScoreFilter


def asked_to_json(scope: Scope, wanted: ScoreFilter, by: int | None) -> dict[str, Any]:
    """A filter within a scope, and the id of the user who asks: None where a report does."""
    return {"scope": _scope_to_json(scope), "filter": filter_to_json(wanted), "by": by}


def read_asked(plain: Mapping[str, Any]) -> tuple[Scope, ScoreFilter] | None:
    """The scope and the filter; None where another version of Sayso knew other fields."""
    try:
        return _scope_from_json(plain["scope"]), _filter_from_json(plain["filter"])
    except (KeyError, TypeError, ValueError):
        return None


def filter_to_json(wanted: ScoreFilter) -> dict[str, Any]:
    """Plain data, the same for filters that want the same."""
    plain: dict[str, Any] = {}
    for name, value in asdict(wanted).items():
        if isinstance(value, date):
            plain[name] = value.isoformat()
        else:
            # None, which is nobody, comes first.
            plain[name] = sorted(set(value), key=lambda one: (one is not None, one))
    return plain


def _filter_from_json(plain: Mapping[str, Any]) -> ScoreFilter:
    values: dict[str, Any] = {
        name: date.fromisoformat(value) if isinstance(value, str) else tuple(value)
        for name, value in plain.items()
    }
    return ScoreFilter(**values)


def _scope_to_json(scope: Scope) -> dict[str, Any]:
    return {**asdict(scope), "teams": sorted(scope.teams)}


def _scope_from_json(plain: Mapping[str, Any]) -> Scope:
    return Scope(plain["everything"], frozenset(plain["teams"]), plain["member_id"])
