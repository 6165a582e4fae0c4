"""What people of the team are told about follow-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from widget.domain.alert_rules import HIGHEST
from widget.domain.follow_ups import WHY_WORDS, Why
from widget.domain.messages import Content
from widget.domain.scales import KIND_NAMES, Kind


@dataclass(frozen=True)
class Alarm:
    """What an alert tells. Texts are "" when unknown; `due` is by when it
    should be resolved, in the workspace's time; `home` is the server's public address.

    A customer's address is not told: chats are other people's servers.
    """

    follow_up_id: UUID
    home: str
    why: Sequence[Why]
    kind: Kind
    scores: Mapping[Kind, int]
    survey: str
    member: str = ""
    customer: str = ""
    channel: str = ""
    ref: str = ""
    comment: str = ""
    assignee: str = ""
    due: str = ""


def score_text(kind: Kind, score: int) -> str:
    """A score in words: `1 of 5 stars`, `NPS 3 of 10`."""
    if kind == "stars":
        return f"{score} of {HIGHEST[kind]} stars"
    return f"{KIND_NAMES[kind]} {score} of {HIGHEST[kind]}"


def alert_content(alarm: Alarm, *, is_reopened: bool = False) -> Content:
    """What is said when a follow-up opens, or opens again."""
    main = score_text(alarm.kind, alarm.scores[alarm.kind])
    about = f" for {alarm.member}" if alarm.member else ""
    again = " again" if is_reopened else ""
    said = [score_text(kind, score) for kind, score in alarm.scores.items()]
    return Content(
        subject=f"{main}{about}: a follow-up was opened{again}",
        text=f"A customer’s answer opened a follow-up{again}.",
        quote=alarm.comment,
        facts=(
            ("Why", ", ".join(WHY_WORDS[why] for why in alarm.why)),
            ("Score", ", ".join(said)),
            ("Survey", alarm.survey),
            ("Member", alarm.member),
            ("Customer", alarm.customer),
            ("Channel", alarm.channel),
            ("Reference", alarm.ref),
            ("Assigned to", alarm.assignee or "nobody yet"),
            ("Due", alarm.due),
        ),
        link=follow_up_address(alarm.home, alarm.follow_up_id),
        link_words="Open the follow-up",
    )


def assignment_content(alarm: Alarm, by: str) -> Content:
    """What somebody is told to whom a follow-up is given by hand."""
    main = score_text(alarm.kind, alarm.scores[alarm.kind])
    told = alert_content(alarm)
    return Content(
        subject=f"{main}: a follow-up is yours",
        text=f"{by} gave you a follow-up.",
        quote=told.quote,
        facts=tuple(fact for fact in told.facts if fact[0] != "Assigned to"),
        link=told.link,
        link_words=told.link_words,
    )


def answered_content(alarm: Alarm, said: str, stranger: str = "") -> Content:
    """What is told by mail when somebody wrote back: the customer, or `stranger`, an address that
    is not known for the customer's."""
    who = f"Somebody at {stranger}" if stranger else alarm.customer or "A customer"
    text = f"{who} answered a reply of your team."
    if stranger:
        text += " The customer is not known by this address: look who it is before you answer."
    return Content(
        subject=f"{who} wrote back",
        text=text,
        quote=said,
        facts=(
            ("Survey", alarm.survey),
            ("Member", alarm.member),
            ("Customer", alarm.customer if stranger else ""),
            ("Reference", alarm.ref),
        ),
        link=follow_up_address(alarm.home, alarm.follow_up_id),
        link_words="Open the follow-up",
    )


def unsent_content(alarm: Alarm, why: str, link: str) -> Content:
    """What is told by mail when a reply did not reach the customer: `why` without any address, and
    where it is read."""
    who = alarm.customer or "A customer"
    return Content(
        subject=f"{who} did not get a reply of your team",
        text="It could not be sent, or came back. Reach the customer in another way.",
        facts=(
            ("Why", why),
            ("Survey", alarm.survey),
            ("Member", alarm.member),
            ("Reference", alarm.ref),
        ),
        link=link,
        link_words="Open the follow-up",
    )


def overdue_content(alarm: Alarm) -> Content:
    """What whoever has a follow-up is told when its due date has passed."""
    main = score_text(alarm.kind, alarm.scores[alarm.kind])
    told = alert_content(alarm)
    return Content(
        subject=f"{main}: a follow-up of yours is overdue",
        text="This follow-up should be resolved by now. Resolve it, or give it another due date. "
        "You are told of it once.",
        quote=told.quote,
        facts=tuple(fact for fact in told.facts if fact[0] != "Assigned to"),
        link=told.link,
        link_words=told.link_words,
    )


def trial_content(home: str, by: str) -> Content:
    """What a channel gets when somebody tries it."""
    return Content(
        subject="A test from Sayso",
        text=f"{by} tried whether alerts arrive here. They do.",
        link=f"{home}/console/alerts",
        link_words="Alerts",
    )


def follow_up_address(home: str, id: UUID) -> str:
    """Where a follow-up is read."""
    return f"{home}/console/follow-ups/{id}"
