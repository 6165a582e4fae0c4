"""An answer comes by a link from a mail: a person's is stored, a machine's is set aside."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, Engine

from widget.actions.give_answer import give_answer_within
from widget.domain.flow import Answer
from widget.domain.held import Held, may_still_change
from widget.domain.suspicion import ANSWERS, Click, Client, Suspicion, is_suspicious, judge
from widget.storage import held_answers as held_storage
from widget.storage.engine import write_connection
from widget.storage.held_answers import HeldRow, held_id
from widget.storage.landing import Answered, answered_within, survey_rules
from widget.storage.link_visits import append_visit, delivered_at, visits_by
from widget.storage.request_rows import mark_answered


@dataclass(frozen=True)
class Received:
    """What became of an answer. `said` is all that the customer said, None when this was all.

    `too_late`: the time for changing it is over, and the earlier answer stays.
    """

    outcome: Literal["counted", "set_aside", "too_late"]
    said: Answer | None = None


def receive_answer(
    engine: Engine, held: Held, client: Client, *, act: Literal["POST", "amp"] = "POST"
) -> Received:
    """Judge one step's answer, which was sent by a button, and store it or set it aside.

    The button was a page's (`POST`) or one inside the mail (`amp`).
    `held.head.answered_at` is now. Whoever is set aside can go on, and what they say is kept; the
    same link then takes anybody else's answer as if nothing had been.
    """
    head, at = held.head, held.head.answered_at
    with write_connection(engine) as connection:
        click = client.click(at, act, held.answer.scores[head.kind])
        append_visit(connection, head.workspace_id, head.id, client, click)
        rules = survey_rules(connection, head.survey_id)
        known = answered_within(connection, head.workspace_id, head.id)
        if known and not may_still_change(known.answered_at, held.opened_at, rules.edit_days):
            return Received("too_late")
        row = held_storage.lock_held(connection, head.workspace_id, held_id(head.id, client.digest))
        doubts = () if row and row.standing == "restored" else _doubts(connection, held, click)
        if is_suspicious(doubts):
            return _set_aside(connection, held, client, row, doubts)
        if row and row.standing in ("provisional", "set_aside"):
            if row.held.opened_at == held.opened_at:
                held = row.held.merged_with(held)
            held_storage.settle(connection, row.workspace_id, row.id, "superseded")
        answer, is_signed = held.answer, mark_answered(connection, head.workspace_id, head.id, at)
        is_strangers = not is_signed and is_anothers(
            connection, head.workspace_id, head.id, client, known, opened_at=held.opened_at
        )
        if is_strangers:
            answer = _without_silence(answer)
        said = give_answer_within(connection, head, answer, time_zone=rules.time_zone)
        return Received("counted", None if is_strangers else said)


def receive_gesture(engine: Engine, held: Held, client: Client, *, quarantine: timedelta) -> None:
    """Keep the answer of somebody who touched the page without pressing its button.

    It counts once its quarantine has ended clean (`settle_provisional`), and never when an
    answer was stored after its page had been opened. A touch takes nothing back.
    """
    held = replace(held, answer=_without_silence(held.answer))
    head, at = held.head, held.head.answered_at
    with write_connection(engine) as connection:
        click = client.click(at, "gesture", held.answer.scores[head.kind])
        append_visit(connection, head.workspace_id, head.id, client, click)
        known = answered_within(connection, head.workspace_id, head.id)
        if known:
            rules = survey_rules(connection, head.survey_id)
            is_late = not may_still_change(known.answered_at, held.opened_at, rules.edit_days)
            if is_late or known.updated_at >= held.opened_at:
                return
        row = held_storage.lock_held(connection, head.workspace_id, held_id(head.id, client.digest))
        # What was set aside waits for somebody to look at it; who was restored stays trusted.
        if row and row.standing in ("set_aside", "restored"):
            return
        waits = row.due_at if row and row.standing == "provisional" else None
        held_storage.hold(
            connection,
            held,
            client.digest,
            "provisional",
            at=at,
            due_at=waits or at + quarantine,
        )
        held_storage.make_room(connection, head.workspace_id, head.id, "provisional")


def doubts_about(connection: Connection, row: HeldRow) -> tuple[Suspicion, ...]:
    """The reasons to doubt a held answer, by all that its client has done since.

    None where nothing that its client did is known any more. Where only the answering itself is
    not, the answer is taken to have come from the same browser as the rest.
    """
    head = row.held.head
    clicks = visits_by(connection, row.workspace_id, row.response_id, row.client)
    if not clicks:
        return ()
    answers = [click for click in clicks if click.act in ANSWERS]
    score = row.held.answer.scores[head.kind]
    unseen = replace(clicks[-1], at=head.answered_at, act="gesture", score=score)
    sent = delivered_at(connection, row.workspace_id, row.response_id, head.answered_at)
    return judge(clicks, answers[-1] if answers else unseen, delivered_at=sent)


def _without_silence(answer: Answer) -> Answer:
    """An answer that takes nothing back by leaving a box empty.

    Whoever opens an unsigned link again may be somebody who guessed it. So they are not shown what
    was written before, and the empty box they see must not wipe it out.
    """
    return replace(
        answer,
        reasons=answer.reasons or None,
        comment=answer.comment or None,
        wants_contact=answer.wants_contact or None,
        may_publish=answer.may_publish or None,
        contact=answer.contact or None,
        reward=answer.reward or None,
    )


def is_anothers(
    connection: Connection,
    workspace_id: int,
    response_id: UUID,
    client: Client,
    known: Answered | None,
    *,
    opened_at: datetime,
) -> bool:
    """Whether a response was begun by somebody else than a client, or before their page was opened.

    The page alone does not tell: anybody's may have been open before the first answer came.
    """
    if known is None:
        return False
    if known.answered_at < opened_at:
        return True
    clicks = visits_by(connection, workspace_id, response_id, client.digest)
    first = (click for click in clicks if click.act in ANSWERS and click.at <= known.answered_at)
    return next(first, None) is None


def _doubts(connection: Connection, held: Held, click: Click) -> tuple[Suspicion, ...]:
    head = held.head
    clicks = visits_by(connection, head.workspace_id, head.id, click.client)
    sent = delivered_at(connection, head.workspace_id, head.id, click.at)
    return judge(clicks, click, delivered_at=sent)


def _set_aside(
    connection: Connection,
    held: Held,
    client: Client,
    row: HeldRow | None,
    doubts: tuple[Suspicion, ...],
) -> Received:
    is_further = row is not None and row.standing in ("provisional", "set_aside")
    kept = row.held.merged_with(held) if row and is_further else held
    held_storage.hold(
        connection,
        kept,
        client.digest,
        "set_aside",
        at=held.head.answered_at,
        reasons=[doubt.reason for doubt in doubts],
    )
    held_storage.make_room(connection, held.head.workspace_id, held.head.id, "set_aside")
    return Received("set_aside", kept.answer if is_further else None)
