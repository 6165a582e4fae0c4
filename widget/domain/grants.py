"""Grants: how votes earn them, how they fall back, and what may be decided about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from widget.domain.errors import GrantRefused

Status = Literal["earned", "approved", "declined", "handed_over", "withdrawn"]
STATUSES: tuple[Status, ...] = get_args(Status)
# These hold their votes as long as they are there. Of the others a withdrawn one has none left.
LIVE: tuple[Status, ...] = ("earned", "approved")
# Whatever happens to their votes, these stay; and no vote of theirs counts a second time.
SPENT: tuple[Status, ...] = ("declined", "handed_over")

Verb = Literal["approve", "decline", "hand-over"]
VERBS: tuple[Verb, ...] = get_args(Verb)

REASON_LIMIT = 500


@dataclass(frozen=True)
class Standing:
    """A grant as votes decide about it. `votes` are the responses that it holds and that count
    still; `needed` is how many it takes."""

    id: UUID
    status: Status
    needed: int
    votes: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Settled:
    """What became of a member's grants of one reward: those that were there, in the order given,
    and the votes of each that is new."""

    grants: tuple[Standing, ...]
    new: tuple[tuple[UUID, ...], ...]


def settle(needed: int, free: Sequence[UUID], grants: Sequence[Standing]) -> Settled:
    """Bring grants in line with votes, so that there are as many as the votes are worth.

    `free` are votes that count and that no grant holds, oldest first; `grants` those that are
    earned, approved or withdrawn, oldest first. A grant that lost votes takes others in their
    place. Where there are too few, the newest that nobody has approved is withdrawn first. What is
    withdrawn is earned again, for `needed` votes, before anything new is.
    """
    after = {grant.id: grant for grant in grants}
    left = list(free)

    def withdraw(grant: Standing) -> None:
        left.extend(grant.votes)
        after[grant.id] = replace(grant, status="withdrawn", votes=())

    live = [grant for grant in grants if grant.status in LIVE]
    live.sort(key=lambda grant: grant.status != "approved")
    while live:
        grant = live.pop(0)
        short = max(0, grant.needed - len(grant.votes))
        while short > len(left) and live:
            withdraw(live.pop())
        if short > len(left):
            withdraw(grant)
        else:
            after[grant.id] = replace(grant, votes=(*grant.votes, *left[:short]))
            del left[:short]
    # One that was withdrawn just now is not withdrawn at all when votes are left for it.
    waiting = [grant for grant in grants if after[grant.id].status == "withdrawn"]
    waiting.sort(key=lambda grant: grant.status == "withdrawn")
    new: list[tuple[UUID, ...]] = []
    while len(left) >= needed:
        votes = tuple(left[:needed])
        del left[:needed]
        if waiting:
            again = waiting.pop(0)
            after[again.id] = Standing(again.id, "earned", needed, votes)
        else:
            new.append(votes)
    return Settled(tuple(after[grant.id] for grant in grants), tuple(new))


def check_decision(verb: Verb, status: Status) -> None:
    """Raises GrantRefused when a grant is not where this can be decided about it."""
    if verb in _AFTER and status in _AFTER[verb]:
        return
    raise GrantRefused(_SENTENCES[status])


_AFTER: dict[Verb, tuple[Status, ...]] = {
    "approve": ("earned",),
    "decline": ("earned", "approved"),
    "hand-over": ("approved",),
}
_SENTENCES: dict[Status, str] = {
    "earned": "This waits for approval first.",
    "approved": "This is approved already.",
    "declined": "This was declined already.",
    "handed_over": "This was handed over already.",
    "withdrawn": "Votes for this were withdrawn meanwhile, so there is nothing to decide.",
}


def check_budget(budget: int | None, used: int) -> None:
    """Raises GrantRefused when a month's budget has no room for one more."""
    if budget is None or used < budget:
        return
    if budget == 0:
        raise GrantRefused("Its budget is 0, so none can be approved until that is changed.")
    raise GrantRefused(
        f"This month’s budget of {budget} is used up. "
        "Approve it next month, or have the budget changed."
    )


def month_of(at: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """The calendar month that a moment is in, in a time zone: its start, and its end exclusive."""
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    first = datetime(local.year, local.month, 1, tzinfo=zone)
    # Somewhere in the month after, whatever this one's length.
    later = first.replace(tzinfo=None) + timedelta(days=32)
    return first, datetime(later.year, later.month, 1, tzinfo=zone)
