"""What a posted step means, for Flask's route and the express lane alike."""

from collections.abc import Collection
from datetime import datetime

from prometheus_client import Counter

from widget.domain.flow import Answer, Step, step_after, steps
from widget.domain.responses import ResponseHead
from widget.domain.rewards import Offer
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit
from widget.storage.surveys import PublishedSurvey
from widget.web.face.forms import Submission
from widget.web.face.pages import Typed

stored_answers = Counter("sayso_answers_stored", "Steps answered and stored", ["kind"])


def comes_from_us(origin: str | None, host: str, own: Collection[str]) -> bool:
    """Whether the posting page was ours. A sandboxed frame's origin is `null`, and welcome."""
    if origin is None or origin == "null" or origin in own:
        return True
    return origin.rpartition("://")[2] == host


def head_of(
    survey: PublishedSurvey, definition: Definition, visit: Visit, at: datetime
) -> ResponseHead:
    """The head of the response that a visit writes, answered now."""
    return ResponseHead(
        workspace_id=survey.workspace_id,
        id=visit.response_id,
        survey_id=survey.id,
        version_id=visit.version_id,
        kind=definition.question.kind,
        language=visit.language,
        source="email" if visit.is_mailed else visit.source,
        is_test=visit.is_test,
        context=visit.context,
        member_id=visit.member_id,
        answered_at=at,
    )


def next_step(
    definition: Definition, submission: Submission, said: Answer | None, offer: Offer
) -> tuple[Step, Typed]:
    """What is shown after a stored step, with whatever the response says about it already.

    `said` is None for a response that this very step made.
    """
    typed, done = submission.typed, submission.step
    main = typed.score if done.name == "score" else typed.main_score
    if submission.direction == "back":
        return steps(definition)[0], Typed(score=main)
    step = step_after(definition, done, main, offer)
    if said is None:
        return step, Typed(main_score=main)
    if step.name == "follow_up":
        return step, Typed(
            main_score=main,
            reasons=said.reasons or (),
            comment=said.comment or "",
            wants_contact=bool(said.wants_contact),
            contact=said.contact or "",
            may_publish=bool(said.may_publish),
        )
    if step.name == "reward":
        return step, Typed(main_score=main, reward=said.reward or "")
    return step, Typed(main_score=main, score=said.scores.get(step.kind) if step.kind else None)
