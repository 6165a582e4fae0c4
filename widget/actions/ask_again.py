"""Ask the customer of a response once more, after its follow-up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.plan_requests import GivenAsk, Recovered, plan
from widget.actions.request_feedback import MadeBy, NewAsk, Origin, make_requests
from widget.domain.requests import Decision
from widget.storage.asking import asking_of
from widget.storage.customers import known_customers
from widget.storage.recovery_asks import ask_again_of


def may_ask_again(session: Session, workspace_id: int, response_id: UUID, at: datetime) -> Decision:
    """What would become of asking now: sent, or the reason why not. Raises UnknownResponse."""
    again = ask_again_of(session, workspace_id, response_id)
    asking = asking_of(session, workspace_id, again.survey)
    [planned] = plan(
        session,
        asking,
        [GivenAsk(again.ask, {}, Recovered(response_id, again.member_id))],
        known_customers(session, workspace_id, [again.ask]),
        now=at,
        is_test=again.is_test or bool(asking.test_mail_to),
    )
    return planned.decision


def ask_again(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    at: datetime,
    made_by: MadeBy = "console",
) -> UUID:
    """Make the request within a transaction of another action; returns its id.

    Like every request it is stored whatever becomes of it. Raises UnknownResponse.
    """
    again = ask_again_of(session, workspace_id, response_id)
    asking = asking_of(session, workspace_id, again.survey)
    new = NewAsk(again.ask, recovered=Recovered(response_id, again.member_id))
    origin = Origin(made_by, is_test=again.is_test)
    [made] = make_requests(session, asking, [new], origin, at)
    return made.id
