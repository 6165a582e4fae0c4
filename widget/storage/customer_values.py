"""What customers have as client, segment and attributes: what forms about them suggest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from widget.domain.audiences import attribute_key
from widget.storage.models import Customer
from widget.storage.time_limits import TookTooLong, within

_SECONDS = 0.2
# Names of attributes are read from so many customers: there is no index of them.
_NEWEST = 2_000


@dataclass(frozen=True)
class CustomerValues:
    """Texts that there are, those of most customers first; `attributes` are names of some."""

    clients: list[str]
    segments: list[str]
    attributes: list[str]


def customer_values(session: Session, workspace_id: int, most: int) -> CustomerValues:
    """Up to `most` clients, segments and names of attributes of all customers of a workspace.

    Attributes are those of the newest customers; so are the others where counting all would take
    too long. The session may be rolled back.
    """
    newest = session.execute(
        select(Customer.client, Customer.segment, Customer.attributes)
        .where(Customer.workspace_id == workspace_id)
        .order_by(Customer.id.desc())
        .limit(_NEWEST)
    ).all()
    attributes = Counter(
        name for _client, _segment, given in newest for name, text in (given or {}).items() if text
    )
    return CustomerValues(
        _most_common(session, workspace_id, Customer.client, [row.client for row in newest], most),
        _most_common(
            session, workspace_id, Customer.segment, [row.segment for row in newest], most
        ),
        # Rules and strata can name no others.
        _ranked({name: n for name, n in attributes.items() if attribute_key(name) == name}, most),
    )


def _most_common(
    session: Session,
    workspace_id: int,
    column: InstrumentedAttribute[str],
    newest: Sequence[str],
    most: int,
) -> list[str]:
    number = func.count().label("number")
    query = (
        # Out of the index alone, whose condition is in these words.
        select(column, number)
        .where(Customer.workspace_id == workspace_id, column != literal_column("''"))
        .group_by(column)
        .order_by(number.desc(), column)
        .limit(most)
    )
    try:
        with within(session, _SECONDS):
            return [text for text, _number in session.execute(query)]
    except TookTooLong:
        return _ranked(Counter(text for text in newest if text), most)


def _ranked(numbers: dict[str, int] | Counter[str], most: int) -> list[str]:
    return sorted(numbers, key=lambda text: (-numbers[text], text))[:most]
