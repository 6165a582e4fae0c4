"""Make, change and remove audiences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, shown
from widget.domain.audiences import problems
from widget.domain.errors import AudienceInUse, AudienceRefused
from widget.storage.audiences import (
    StoredAudience,
    audience_row,
    campaign_being_made,
    customers_named,
    is_asked_by_campaigns,
    is_name_taken,
    list_customers,
    lock_audiences,
    put_audience,
    remove_audience_row,
    unlist_customers,
)
from widget.storage.campaign_events import note_audience
from widget.storage.engine import writing
from widget.storage.people import lock_workspace

NAME_LIMIT = 100
MOST_NAMES = 100_000


@dataclass(frozen=True)
class Listed:
    """The id of a list, how many customers were put on it, and the names that are nobody's."""

    id: int
    known: int
    unknown: Sequence[str]


def save_audience(
    session: Session,
    workspace_id: int,
    audience: StoredAudience,
    *,
    at: datetime,
    by: int | None = None,
) -> int:
    """Store an audience of rules; returns its id. `by` is the user's id.

    Raises AudienceRefused with what is wrong by field (`name`, `rules`, or a rule's path), and
    UnknownAudience.
    """
    named = replace(audience, name=shown(audience.name, NAME_LIMIT))
    with writing(session):
        wrong = dict(problems(named.rules)) if named.rules is not None else {}
        _check(session, workspace_id, named, wrong)
        id = put_audience(session, workspace_id, named, at)
        note_audience(session, "audience.saved", workspace_id, id, by, at)
        return id


def save_list(
    session: Session,
    workspace_id: int,
    audience: StoredAudience,
    names: Sequence[str],
    *,
    replaces: bool,
    at: datetime,
    by: int | None = None,
) -> Listed:
    """Store a list of the customers with these addresses or external ids; whom nobody knows is
    told. With `replaces` nobody else stays on it.

    Raises AudienceRefused with what is wrong by field (`name`, `names`), and UnknownAudience.
    """
    named = replace(audience, name=shown(audience.name, NAME_LIMIT), rules=None)
    keys = {name: customer_email(name) if "@" in name else name for name in names}
    with writing(session):
        wrong = {}
        if len(keys) > MOST_NAMES:
            wrong["names"] = f"A list takes {MOST_NAMES:,} names at a time."
        elif not keys and not audience.id:
            wrong["names"] = "Name at least one customer."
        _check(session, workspace_id, named, wrong)
        id = put_audience(session, workspace_id, named, at)
        found = customers_named(session, workspace_id, set(keys.values()))
        if replaces:
            unlist_customers(session, workspace_id, id)
        list_customers(session, workspace_id, id, set(found.values()))
        note_audience(session, "audience.saved", workspace_id, id, by, at)
        unknown = [name for name, key in keys.items() if key not in found]
        return Listed(id, len(set(found.values())), unknown)


def names_in(text: str) -> list[str]:
    """The names in a text: one a line, or parted by commas or semicolons."""
    parts = (shown(part, 254) for part in re.split(r"[\n,;]+", text))
    return list(dict.fromkeys(part for part in parts if part))


def remove_audience(
    session: Session, workspace_id: int, id: int, *, at: datetime, by: int | None = None
) -> None:
    """Raises UnknownAudience, and AudienceInUse while a campaign asks it or leaves it out."""
    with writing(session):
        audience_row(session, workspace_id, id)
        if is_asked_by_campaigns(session, workspace_id, id):
            raise AudienceInUse("Campaigns ask this audience, or leave it out; it has to stay.")
        remove_audience_row(session, workspace_id, id)
        note_audience(session, "audience.removed", workspace_id, id, by, at)


def _check(
    session: Session, workspace_id: int, audience: StoredAudience, wrong: dict[str, str]
) -> None:
    # Or two at once could take one name.
    lock_workspace(session, workspace_id)
    if audience.id:
        audience_row(session, workspace_id, audience.id)
        lock_audiences(session, workspace_id, [audience.id])
        campaign = campaign_being_made(session, workspace_id, audience.id)
        if campaign is not None:
            wrong["names" if audience.rules is None else "rules"] = (
                f"The requests of the campaign “{campaign}” are being made for this audience. "
                "Change it when they are, or stop that campaign."
            )
    if not audience.name:
        wrong["name"] = "An audience needs a name."
    elif is_name_taken(session, workspace_id, audience.name, audience.id):
        wrong["name"] = "Another audience has this name."
    if wrong:
        raise AudienceRefused(wrong)
