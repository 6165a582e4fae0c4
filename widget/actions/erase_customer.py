"""Erasing a customer: who they are and what they wrote goes, scores and counts stay.

Whatever holds a copy of what customers say or are has a function in one of the two lists below.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.errors import EraseLater, UnknownCustomer
from widget.storage.customers import lock_customers
from widget.storage.data_files import erase_exports, erase_mail_files
from widget.storage.engine import writing
from widget.storage.erasing import files_of_others, mentions, own_rows, rules, search, strata, words
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import Person, person_of
from widget.storage.events import append_event
from widget.storage.models import Customer
from widget.storage.people import lock_workspace
from widget.storage.purging import add_erasure
from widget.storage.replies import is_reply_being_sent
from widget.storage.request_rows import is_being_sent
from widget.storage.since import Since

# Each is called in this order, in one transaction. The customer's own row goes last.
ERASERS: tuple[Callable[[Session, Person, datetime], Counts], ...] = (
    words.redact_words,
    files_of_others.erase_from_imports,
    own_rows.withdraw_publications,
    own_rows.erase_responses,
    own_rows.erase_evidence,
    own_rows.erase_deliveries,
    own_rows.erase_requests,
    mentions.redact_threads,
    mentions.redact_others_words,
    mentions.erase_messages,
    mentions.redact_audit,
    mentions.redact_saved_filters,
    mentions.redact_titles,
    rules.redact_rules,
    mentions.forget_copies,
    strata.erase_lone_strata,
    own_rows.erase_customer_row,
)
# Each is given the data folder, and returns how many files it removed.
FILE_ERASERS: tuple[Callable[[Path, Person], int], ...] = (
    erase_mail_files,
    erase_exports,
)

AskedBy = Literal["console", "api"]

# Whoever became somebody else while they were looked for is looked for again, so often; then while
# others wait.
_SEARCHES = 3


@dataclass(frozen=True)
class Erased:
    """What was done. `counts` is how many rows of which sort were changed or removed."""

    id: UUID
    counts: Counts


def erase_customer(
    session: Session,
    workspace_id: int,
    customer_id: UUID,
    *,
    data: Path,
    asked_by: AskedBy,
    user_id: int | None,
    at: datetime,
) -> Erased:
    """Erase a customer. Raises UnknownCustomer, and EraseLater when a mail to them is being sent,
    or a file that names them is being imported.

    What the database's file still holds of them in unused places is overwritten by the worker
    (`actions.purge_erased`).
    """
    for number in range(1, _SEARCHES + 1):
        looked, since = _looked_for(session, workspace_id, customer_id, at)
        with writing(session):
            # First, as whoever changes guidance, rules and lists does.
            lock_workspace(session, workspace_id)
            lock_customers(session, workspace_id, [customer_id])
            # What became theirs meanwhile is theirs as well.
            person = person_of(session, _one(session, workspace_id, customer_id))
            is_same = person == replace(looked, found=person.found, parts=person.parts)
            if not is_same and number < _SEARCHES:
                continue
            newer = search.find(session, person, since if is_same else None)
            person = replace(person, found=looked.found | newer, parts=looked.parts)
            return _erase(session, person, data, asked_by, user_id, at)
    raise AssertionError("The last search is followed by erasing.")


def _looked_for(
    session: Session, workspace_id: int, customer_id: UUID, at: datetime
) -> tuple[Person, Since]:
    """The customer with all that was written of them, and since when that may be out of date."""
    # As one moment knows them, and not as it happened to be loaded.
    session.rollback()
    since = Since.before(at)
    person = person_of(session, _one(session, workspace_id, customer_id))
    found, parts = search.find(session, person), files_of_others.parts_naming(session, person)
    return replace(person, found=found, parts=parts), since


def _erase(
    session: Session,
    person: Person,
    data: Path,
    asked_by: AskedBy,
    user_id: int | None,
    at: datetime,
) -> Erased:
    workspace_id = person.workspace_id
    is_busy = is_reply_being_sent(session, workspace_id, person.follow_ups)
    if is_busy or any(is_being_sent(session, workspace_id, id) for id in person.requests):
        raise EraseLater("A mail to this customer is being sent. Try again in a minute.")
    counts: Counts = {}
    for erase in ERASERS:
        counts |= erase(session, person, at)
        session.flush()
    # Before the commit: whatever ends the process here, nothing is left that would need it.
    counts["files"] = sum(erase(data, person) for erase in FILE_ERASERS)
    counts = {name: number for name, number in counts.items() if number}
    id = add_erasure(
        session, workspace_id, user_id=user_id, asked_by=asked_by, counts=counts, at=at
    )
    append_event(
        session,
        "customer.erased",
        workspace_id=workspace_id,
        survey_id=None,
        data={"by": user_id, "asked_by": asked_by, "erasure": str(id), "counts": counts},
        at=at,
    )
    return Erased(id, counts)


def _one(session: Session, workspace_id: int, customer_id: UUID) -> Customer:
    customer = session.scalar(
        select(Customer).where(Customer.workspace_id == workspace_id, Customer.id == customer_id)
    )
    if customer is None:
        raise UnknownCustomer("There is no such customer in this workspace.")
    return customer
