"""When a customer may be asked: the rules of a survey and the policy of its workspace."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from widget.domain.addresses import email_problem
from widget.domain.mail_addresses import wire_address
from widget.domain.mail_wording import is_address

MOST_REMINDERS = 5
POSTAL_ADDRESS_LIMIT = 500


@dataclass(frozen=True)
class AskingRules:
    """A survey's own rules.

    `suppression_days`: days in which one customer is not asked for this survey again; 0 is off.
    `delay_minutes`: after the interaction. `hours_from` and `hours_until`: local hours of the day
    (0 to 24) within which mails are sent; with `weekdays_only` those that begin on a Monday to
    Friday. `expires_days`: after which a request can no longer be answered. `reminders` are sent
    `reminder_days` apart. `edit_days`: how long a customer may change an answer given from a mail.
    """

    suppression_days: int = 30
    delay_minutes: int = 0
    hours_from: int = 0
    hours_until: int = 24
    expires_days: int = 30
    reminders: int = 0
    reminder_days: int = 3
    edit_days: int = 30
    weekdays_only: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "AskingRules":
        """Rules as stored; what is not there has its default."""
        return cls(**_known(cls, data))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class AskingPolicy:
    """A workspace's rules over all its surveys.

    At most `cap` mails to one customer in `cap_days` days, whatever the survey; 0 is no cap.
    `mails_per_minute`: the most that leave in a minute; 0 is no limit. `sender` is an address,
    `postal_address` what the law of some countries wants below a mail.
    """

    cap: int = 0
    cap_days: int = 30
    mails_per_minute: int = 0
    sender: str = ""
    postal_address: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "AskingPolicy":
        """A policy as stored; what is not there has its default."""
        return cls(**_known(cls, data))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def sender_address(policy: AskingPolicy, server: str) -> str:
    """The address that a workspace's mails are from, as a mail server takes it; the server's where
    it has none of its own."""
    own = wire_address(policy.sender) if is_address(policy.sender) else None
    return own or server


def _known(cls: type, data: Mapping[str, Any] | None) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in (data or {}).items() if name in names}


def rules_problems(rules: AskingRules) -> dict[str, str]:
    """What cannot be of a survey's rules, by field."""
    ranges = {
        "suppression_days": (0, 3650),
        "delay_minutes": (0, 90 * 24 * 60),
        "hours_from": (0, 23),
        "hours_until": (1, 24),
        "expires_days": (1, 365),
        "reminders": (0, MOST_REMINDERS),
        "reminder_days": (1, 60),
        "edit_days": (0, 3650),
    }
    problems = _out_of_range(rules, ranges)
    if rules.hours_from == rules.hours_until:
        problems["hours_until"] = "Sending hours need a beginning and a different end."
    return problems


def policy_problems(policy: AskingPolicy) -> dict[str, str]:
    """What cannot be of a workspace's policy, by field."""
    problems = _out_of_range(
        policy, {"cap": (0, 1000), "cap_days": (1, 3650), "mails_per_minute": (0, 100_000)}
    )
    if policy.sender and (wrong := email_problem(policy.sender)):
        problems["sender"] = wrong
    elif policy.sender and wire_address(policy.sender) is None:
        problems["sender"] = "A sender has plain letters (a to z) before the @."
    if len(policy.postal_address) > POSTAL_ADDRESS_LIMIT:
        problems["postal_address"] = f"At most {POSTAL_ADDRESS_LIMIT} characters, please."
    return problems


def _out_of_range(
    values: AskingRules | AskingPolicy, ranges: Mapping[str, tuple[int, int]]
) -> dict[str, str]:
    return {
        name: f"Choose a number from {least} to {most}."
        for name, (least, most) in ranges.items()
        if not least <= getattr(values, name) <= most
    }
