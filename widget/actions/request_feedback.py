"""Ask a customer for feedback: make a request, and decide whether and when it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.actions.plan_requests import GivenAsk, Planned, Recovered, plan, tidied
from widget.domain.asks import Ask, as_of_customer, digest_of
from widget.domain.errors import KeyConflict
from widget.storage.asking import Asking, asking_of
from widget.storage.customers import KnownCustomer, add_nameless, put_customers
from widget.storage.engine import writing
from widget.storage.request_rows import MadeRequest, add_requests, requests_with_keys

MadeBy = Literal["api", "console", "csv"]


@dataclass(frozen=True)
class Requested:
    """The id of a request. `is_new` is False when its key had made it before."""

    id: UUID
    is_new: bool


@dataclass(frozen=True)
class Origin:
    """Where requests come from. `import_id` belongs to `csv`."""

    made_by: MadeBy
    is_test: bool = False
    import_id: UUID | None = None


@dataclass(frozen=True)
class NewAsk:
    """An ask with the key, unique in its workspace, that keeps it from being made twice.

    `recovered` is the response after which the customer is asked again.
    """

    ask: Ask
    key: str | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    recovered: Recovered | None = None


def request_feedback(
    session: Session,
    workspace_id: int,
    survey: str,
    ask: Ask,
    *,
    made_by: MadeBy,
    is_test: bool = False,
    idempotency_key: str | None = None,
    at: datetime,
) -> Requested:
    """Make a request, whatever becomes of it: one that is not sent is stored with its reason.

    `survey` is a public id. With a key that was used before for the same thing, that request
    comes back; tests and the real thing do not see each other's keys. Raises UnknownSurvey, and
    KeyConflict when the key was used for something else.
    """
    maker = f"{made_by}-test" if is_test else made_by
    new = NewAsk(ask, f"{maker}:{idempotency_key}" if idempotency_key else None)
    try:
        return _request(session, workspace_id, survey, new, Origin(made_by, is_test), at)
    except IntegrityError:
        # Somebody used the key for another customer at this moment; now it can be seen.
        return _request(session, workspace_id, survey, new, Origin(made_by, is_test), at)


def _request(
    session: Session, workspace_id: int, survey: str, new: NewAsk, origin: Origin, at: datetime
) -> Requested:
    with writing(session):
        asking = asking_of(session, workspace_id, survey)
        [made] = make_requests(session, asking, [new], origin, at)
        return made


def make_requests(
    session: Session, asking: Asking, asks: Sequence[NewAsk], origin: Origin, at: datetime
) -> list[Requested]:
    """Make requests inside a transaction that another action began, in the order of the asks."""
    is_test = origin.is_test or bool(asking.test_mail_to)
    given = [GivenAsk(new.ask, new.problems, new.recovered) for new in asks]
    tidy_asks = [_of_today(tidied(one, at)) for one in given]
    # Locks the customers, so that what is read afterwards stays true until the end.
    known = put_customers(session, asking.workspace_id, tidy_asks, at, is_test=is_test)
    before = _made_before(session, asking, asks)
    fresh = [index for index, made in enumerate(before) if made is None]
    planned = plan(
        session,
        asking,
        [given[index] for index in fresh],
        known,
        now=at,
        is_test=is_test,
    )
    rows = [
        _made(session, asking, asks[index], request, known, origin, at)
        for index, request in zip(fresh, planned, strict=True)
    ]
    add_requests(session, asking, rows, at)
    ids = dict(zip(fresh, (request.id for request in planned), strict=True))
    return [
        made if made is not None else Requested(ids[index], is_new=True)
        for index, made in enumerate(before)
    ]


def _of_today(given: GivenAsk) -> Ask:
    """What an ask says of its customer now: an old response that is followed up says what client
    and segment were theirs then."""
    return replace(given.ask, properties={}) if given.recovered else given.ask


def _made_before(
    session: Session, asking: Asking, asks: Sequence[NewAsk]
) -> list[Requested | None]:
    keys = {new.key for new in asks if new.key is not None}
    with_key = requests_with_keys(session, asking.workspace_id, keys) if keys else {}
    before: list[Requested | None] = []
    for new in asks:
        found = with_key.get(new.key or "")
        if found and found.body_sha256 != digest_of(new.ask, asking.survey_public_id):
            raise KeyConflict("This idempotency key was used before, for a different request.")
        before.append(Requested(found.id, is_new=False) if found else None)
    return before


def _made(
    session: Session,
    asking: Asking,
    new: NewAsk,
    planned: Planned,
    known: Mapping[str, KnownCustomer],
    origin: Origin,
    at: datetime,
) -> MadeRequest:
    customer = known.get(planned.ask.customer_key)
    ask = (
        as_of_customer(planned.ask, customer.client, customer.segment) if customer else planned.ask
    )
    return MadeRequest(
        id=planned.id,
        customer_id=customer.id
        if customer
        else add_nameless(session, asking.workspace_id, planned.ask, at),
        ask=ask,
        decision=planned.decision,
        member_id=planned.member_id,
        is_test=origin.is_test or bool(asking.test_mail_to),
        made_by=origin.made_by,
        import_id=origin.import_id,
        recovers=new.recovered.response_id if new.recovered else None,
        key=new.key,
        body_sha256=digest_of(new.ask, asking.survey_public_id) if new.key else "",
        interaction_at=planned.interaction_at,
        due_at=planned.due_at,
        expires_at=planned.expires_at,
    )
