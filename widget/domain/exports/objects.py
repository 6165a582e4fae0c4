"""A response as one object: what the API and webhooks tell of it."""

from typing import Any

from widget.domain.exports.columns import API_COLUMNS


def response_object(record: dict[str, Any]) -> dict[str, Any]:
    """A response, given by the names of columns, with its reward, member and customer as objects
    of their own."""
    told = {name: record[name] for name in _FLAT}
    told["problems"] = record["problems"] or []
    told["attributes"] = record["attributes"] or {}
    has_reward, has_member = record["reward"] is not None, record["member"] is not None
    return told | {
        "reward": {"id": record["reward_id"], "name": record["reward"]} if has_reward else None,
        "member": _part(record, "member") if has_member else None,
        "customer": _part(record, "customer"),
    }


def _part(record: dict[str, Any], whose: str) -> dict[str, Any]:
    return {name: record[column] for name, column in _PARTS[whose].items()}


_PARTS = {
    "member": {"id": "member", "name": "member_name", "email": "member_email"},
    "customer": {"email": "customer_email", "name": "customer_name", "id": "customer_id"},
}
# Those that stand in the parts or in no answer: the API leaves hidden responses and words out.
_NOT_FLAT = {
    *("survey_name", "comment_hidden", "hidden", "reward", "reward_id"),
    *(column for part in _PARTS.values() for column in part.values()),
}
_FLAT = tuple(column.name for column in API_COLUMNS if column.name not in _NOT_FLAT)
