"""An audience as a condition of queries of customers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Double, and_, case, false, func, not_, or_, select, text, true
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from widget.domain.audiences import (
    MOST_DIGITS,
    NUMBER,
    NUMBER_OPERATORS,
    TEXT_FIELDS,
    TIME_FIELDS,
    Operator,
    Rule,
    Rules,
    TextField,
    Trait,
)
from widget.domain.condition_groups import Group
from widget.domain.response_filters import MOODS
from widget.storage.models import AudienceCustomer, Customer, Request, Response
from widget.storage.response_moods import in_moods

# In the words of the indexes, which SQLite would not know again otherwise.
_NO_TEST = text("NOT requests.is_test")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def fits(session: Session, workspace_id: int, group: Rules, now: datetime) -> ColumnElement[bool]:
    """The condition that rules hold of a customer; the rules must be without problems."""
    return _Conditions(session, workspace_id, now).of_group(group)


def is_listed(workspace_id: int, audience_id: int) -> ColumnElement[bool]:
    """The condition that a customer is on a list."""
    return Customer.id.in_(
        select(AudienceCustomer.customer_id).where(
            AudienceCustomer.workspace_id == workspace_id,
            AudienceCustomer.audience_id == audience_id,
        )
    )


def trait_column(trait: Trait) -> ColumnElement[str]:
    """A customer's text for a trait, "" where there is none."""
    columns: Mapping[TextField, Any] = {
        "client": Customer.client,
        "segment": Customer.segment,
        "language": Customer.language,
        "country": Customer.country,
    }
    if trait.field != "attribute":
        return cast(ColumnElement[str], columns[trait.field].expression)
    return func.coalesce(Customer.attributes[trait.key].as_string(), "")


class _Conditions:
    """None of these is ever NULL, so that each can be denied."""

    def __init__(self, session: Session, workspace_id: int, now: datetime) -> None:
        self._session, self._workspace_id, self._now = session, workspace_id, now

    def of_group(self, group: Rules) -> ColumnElement[bool]:
        items = [
            self.of_group(item) if isinstance(item, Group) else self._of_rule(item)
            for item in group.items
        ]
        if group.match == "all":
            return and_(true(), *items)
        some = or_(false(), *items)
        return some if group.match == "any" else not_(some)

    def _of_rule(self, rule: Rule) -> ColumnElement[bool]:
        if rule.field in TEXT_FIELDS:
            column = trait_column(Trait(rule.field, rule.key))
            if rule.operator in NUMBER_OPERATORS:
                return self._of_number(column, rule)
            return of_text(column, rule.operator, rule.value)
        if rule.field in TIME_FIELDS:
            return self._of_time(rule)
        return self._of_last_score(rule)

    def _of_number(self, column: ColumnElement[str], rule: Rule) -> ColumnElement[bool]:
        # What is no number is never cast: PostgreSQL would fail, and SQLite make one up.
        if self._session.get_bind().dialect.name == "postgresql":
            is_number = column.regexp_match(f"^{NUMBER}$")
        else:
            # These signs alone, put together as JSON lets them.
            is_number = and_(
                not_(column.bool_op("GLOB")("*[^0-9.-]*")), func.json_valid(column) == 1
            )
        number = sql_cast(column, Double)
        holds = number >= rule.number if rule.operator == "at_least" else number <= rule.number
        return case((and_(func.length(column) <= MOST_DIGITS, is_number), holds), else_=false())

    def _of_time(self, rule: Rule) -> ColumnElement[bool]:
        since = None
        if rule.operator in ("within", "not_within"):
            since = self._now - timedelta(days=rule.days)
        if rule.field == "added":
            found = true() if since is None else Customer.created_at >= since
        elif rule.field == "asked":
            # What is about to be sent counts as well.
            found = self._has_request(Request.asked_at, since)
        else:
            found = self._has_request(Request.answered_at, since)
        return found if rule.operator in ("within", "ever") else not_(found)

    def _has_request(self, column: Any, since: datetime | None) -> ColumnElement[bool]:
        when = column.is_not(None) if since is None else and_(column.is_not(None), column >= since)
        if column is Request.asked_at:
            # Every request has that: with it SQLite takes the index of customers, not all rows.
            when = and_(Request.created_at > _LONG_AGO, when)
        return (
            select(Request.id)
            .where(
                Request.workspace_id == self._workspace_id,
                Request.customer_id == Customer.id,
                _NO_TEST,
                when,
            )
            .correlate(Customer)
            .exists()
        )

    def _of_last_score(self, rule: Rule) -> ColumnElement[bool]:
        latest = (
            select(Request.id)
            .where(
                Request.workspace_id == self._workspace_id,
                Request.customer_id == Customer.id,
                _NO_TEST,
                Request.answered_at.is_not(None),
            )
            .order_by(Request.answered_at.desc(), Request.id.desc())
            .limit(1)
            .correlate(Customer)
            .scalar_subquery()
        )
        mood = next(mood for mood in MOODS if mood == rule.value)
        found = (
            select(Response.id)
            .where(
                Response.workspace_id == self._workspace_id,
                # A request's response has its id.
                Response.id == latest,
                Response.hidden_at.is_(None),
                in_moods(self._session, self._workspace_id, [mood], ()),
            )
            .correlate(Customer)
            .exists()
        )
        return found if rule.operator == "is" else not_(found)


def of_text(column: Any, operator: Operator, value: str) -> ColumnElement[bool]:
    """The condition that a text is what an operator of texts says, whatever its capitals."""
    # As rules of responses compare, whatever the capitals. Both sides go through the database's
    # own `lower`, so that what it does not know, as SQLite other letters than A to Z, is alike.
    lower, wanted = func.lower(column), func.lower(value)
    conditions: dict[Operator, ColumnElement[bool]] = {
        "is": lower == wanted,
        "is_not": lower != wanted,
        "contains": column.icontains(value, autoescape=True),
        "is_known": column != "",
        "is_unknown": column == "",
    }
    return conditions[operator]
