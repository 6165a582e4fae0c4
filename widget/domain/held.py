"""Answers that wait: kept as plain data until they count, or for good when they do not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.domain.scales import Kind

Standing = Literal["provisional", "set_aside", "counted", "restored", "superseded"]


@dataclass(frozen=True)
class Held:
    """What is kept of an answer. `opened_at` is when its page was opened."""

    head: ResponseHead
    answer: Answer
    opened_at: datetime

    def merged_with(self, later: "Held") -> "Held":
        """Both as one answer: what the later one does not speak of stays as it was."""
        old, new = self.answer, later.answer
        if new.fitting is not None:
            old = _still_fitting(old, new.fitting)
        reasons = old.reasons if new.reasons is None else new.reasons
        answer = Answer(
            scores={**old.scores, **new.scores},
            reasons=reasons,
            comment=old.comment if new.comment is None else new.comment,
            wants_contact=old.wants_contact if new.wants_contact is None else new.wants_contact,
            may_publish=old.may_publish if new.may_publish is None else new.may_publish,
            contact=old.contact if new.contact is None else new.contact,
            reward=old.reward if new.reward is None else new.reward,
            finished=old.finished or new.finished,
            fitting=new.fitting,
        )
        return replace(later, answer=answer)

    def to_json(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The head and the answer as plain data."""
        head = self.head
        return (
            {
                **{name: getattr(head, name) for name in _PLAIN},
                "id": head.id.hex,
                "context": head.context.to_json(),
                "answered_at": head.answered_at.isoformat(),
                "opened_at": self.opened_at.isoformat(),
            },
            {
                "scores": dict(self.answer.scores),
                "reasons": None if self.answer.reasons is None else list(self.answer.reasons),
                "comment": self.answer.comment,
                "wants_contact": self.answer.wants_contact,
                "may_publish": self.answer.may_publish,
                "contact": self.answer.contact,
                "reward": self.answer.reward,
                "finished": self.answer.finished,
                "fitting": None if self.answer.fitting is None else sorted(self.answer.fitting),
            },
        )

    @classmethod
    def from_json(cls, head: Mapping[str, Any], answer: Mapping[str, Any]) -> "Held":
        """What `to_json` gave."""
        reasons, fitting = answer["reasons"], answer["fitting"]
        return cls(
            head=ResponseHead(
                **{name: head[name] for name in _PLAIN},
                id=UUID(hex=head["id"]),
                context=Context.from_json(head["context"]),
                answered_at=datetime.fromisoformat(head["answered_at"]),
            ),
            answer=Answer(
                scores={cast(Kind, kind): score for kind, score in answer["scores"].items()},
                reasons=None if reasons is None else tuple(reasons),
                comment=answer["comment"],
                # Answers kept before these were asked have none of them.
                wants_contact=answer.get("wants_contact"),
                may_publish=answer.get("may_publish"),
                contact=answer.get("contact"),
                reward=answer.get("reward"),
                finished=answer["finished"],
                fitting=None if fitting is None else frozenset(fitting),
            ),
            opened_at=datetime.fromisoformat(head["opened_at"]),
        )


def _still_fitting(answer: Answer, fitting: frozenset[str]) -> Answer:
    """An answer without what cannot be ticked any more."""
    keeps_contact = "wants_contact" in fitting
    return replace(
        answer,
        reasons=answer.reasons and tuple(id for id in answer.reasons if id in fitting),
        wants_contact=answer.wants_contact if keeps_contact else None,
        contact=answer.contact if keeps_contact else None,
        may_publish=answer.may_publish if "may_publish" in fitting else None,
    )


_PLAIN = (
    "workspace_id",
    "survey_id",
    "version_id",
    "kind",
    "language",
    "source",
    "is_test",
    "member_id",
)


def may_still_change(answered_at: datetime, opened_at: datetime, edit_days: int) -> bool:
    """Whether a page opened at some moment may change an answer first given at another.

    It is the page's opening that counts, so that whoever has begun may finish: with 0 days an
    answer can be changed only from the page that it was given on.
    """
    return opened_at <= answered_at + timedelta(days=edit_days)
