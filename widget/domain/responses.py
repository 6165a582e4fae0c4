"""What a further answer changes in a response that is already there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from widget.domain.context import Context
from widget.domain.flow import TICKS, Answer
from widget.domain.scales import KINDS, Kind

_SAID = {*KINDS, "reasons", "comment", "reward_id", *TICKS, "contact"}


@dataclass(frozen=True)
class Change:
    """One field of a response, before and after. `old` is None when it was unknown."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class ResponseHead:
    """What identifies a response and never changes after its first answer."""

    workspace_id: int
    id: UUID
    survey_id: int
    version_id: int
    kind: Kind
    language: str
    source: str
    is_test: bool
    context: Context
    member_id: int | None
    answered_at: datetime


def changes(before: Mapping[str, Any], answer: Answer) -> list[Change]:
    """How an answer changes a stored response; empty when it says nothing new.

    `before` holds the response's `stars`, `csat`, `nps`, `ces`, `reasons`, `comment`, `contact`,
    `reward_id` and TICKS.
    """
    found = [
        Change(name, before[name], answer.scores[name])
        for name in KINDS
        if name in answer.scores and before[name] != answer.scores[name]
    ]
    reasons = _reasons_after(before["reasons"] or (), answer)
    if reasons != list(before["reasons"] or ()):
        found.append(Change("reasons", before["reasons"], reasons))
    if answer.comment is not None and answer.comment != (before["comment"] or ""):
        found.append(Change("comment", before["comment"], answer.comment))
    if answer.reward is not None and answer.reward != (before["reward_id"] or ""):
        found.append(Change("reward_id", before["reward_id"], answer.reward))
    for name in TICKS:
        ticked = getattr(answer, name)
        if ticked is None and answer.fitting is not None and name not in answer.fitting:
            ticked = False
        # Never asked and not ticked is the same.
        if ticked is not None and ticked != bool(before[name]):
            found.append(Change(name, before[name], ticked))
    contact = _contact_after(answer)
    if contact is not None and contact != (before["contact"] or ""):
        found.append(Change("contact", before["contact"], contact))
    return found


def is_first_said(field: str, old: Any) -> bool:
    """Whether a change of a field is the customer's first word on it: nothing, `old`, was there.
    Such a change is part of an answer while that is being given."""
    is_nothing = old is None or old is False or old in ("", [])
    return is_nothing and field in _SAID


def _contact_after(answer: Answer) -> str | None:
    """Where to reach the customer goes with the wish to be contacted; None leaves it as it is."""
    if answer.fitting is not None and "wants_contact" not in answer.fitting:
        return ""
    return answer.contact


def _reasons_after(before: Sequence[str], answer: Answer) -> list[str]:
    if answer.reasons is not None:
        return list(answer.reasons)
    if answer.fitting is None:
        return list(before)
    return [reason for reason in before if reason in answer.fitting]


def said_in(response: Mapping[str, Any]) -> Answer:
    """Everything a stored response says, as one answer. Takes what `changes` takes."""
    return Answer(
        scores={kind: response[kind] for kind in KINDS if response[kind] is not None},
        reasons=tuple(response["reasons"] or ()),
        comment=response["comment"] or "",
        wants_contact=bool(response["wants_contact"]),
        may_publish=bool(response["may_publish"]),
        contact=response["contact"] or "",
        reward=response["reward_id"] or "",
    )
