"""Putting customers into the directory, and changing what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.domain.customers import Change, Details, Outcome, problems, tidied
from widget.domain.errors import CustomerRefused, UnknownCustomer
from widget.storage.customer_matching import directory_for, one_at_a_time, write_directory
from widget.storage.engine import writing


@dataclass(frozen=True)
class Kept:
    """What became of details. `id` is the customer's; None with problems, by field. `changes` are
    those of a customer who was known."""

    outcome: Outcome
    id: UUID | None
    problems: dict[str, str]
    changes: tuple[Change, ...] = ()


def keep_customers(
    session: Session, workspace_id: int, said: Sequence[Details], at: datetime
) -> list[Kept]:
    """Make the customers whom nobody knows yet, and change the others; in the order of what is
    said. Who is meant is told by the address or the team's own id; what cannot be kept changes
    nothing, and the others are kept all the same."""
    try:
        with writing(session):
            return keep_within(session, workspace_id, said, at)
    except IntegrityError:
        # A request made one of them at this moment; now they can be seen.
        with writing(session):
            return keep_within(session, workspace_id, said, at)


def keep_within(
    session: Session, workspace_id: int, said: Sequence[Details], at: datetime
) -> list[Kept]:
    """The same inside a transaction that another action began."""
    one_at_a_time(session, workspace_id)
    return look_at(session, workspace_id, said, at, is_kept=True)


def look_at(
    session: Session,
    workspace_id: int,
    said: Sequence[Details],
    at: datetime,
    *,
    is_kept: bool = False,
) -> list[Kept]:
    """What details would do now; nothing is stored unless `is_kept`."""
    wrong = [problems(one, at) for one in said]
    tidy = [tidied(one) for one in said]
    fine = [one for one, problem in zip(tidy, wrong, strict=True) if not problem]
    directory = directory_for(session, workspace_id, fine)
    made: list[Kept] = []
    for one, problem in zip(tidy, wrong, strict=True):
        if problem:
            made.append(Kept("error", None, problem))
            continue
        match = directory.apply(one)
        if match.known is None:
            made.append(Kept("error", None, {match.field: match.problem}))
        else:
            made.append(Kept(match.outcome, match.known.id, {}, match.changes))
    if is_kept:
        write_directory(session, workspace_id, directory, at)
    return made


def change_customer(
    session: Session, workspace_id: int, customer_id: UUID, details: Details, at: datetime
) -> None:
    """Change one customer, who may be known by another address or id from now on.

    Raises UnknownCustomer, and CustomerRefused with the problems by field.
    """
    wrong = problems(details, at)
    if wrong:
        raise CustomerRefused(wrong)
    tidy = tidied(details)
    with writing(session):
        one_at_a_time(session, workspace_id)
        directory = directory_for(session, workspace_id, [tidy], also=customer_id)
        known = directory.by_id.get(customer_id)
        if known is None:
            raise UnknownCustomer("There is no such customer in this workspace.")
        match = directory.change(known, tidy)
        if match.outcome == "error":
            raise CustomerRefused({match.field: match.problem})
        write_directory(session, workspace_id, directory, at)
