"""What people and chats are told when a rule holds of a response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from widget.domain.alert_words import score_text
from widget.domain.messages import Content
from widget.domain.scales import Kind


@dataclass(frozen=True)
class Told:
    """What is told of a response. Texts are "" when unknown; `home` is the server's public address.

    A customer's address is not told: chats are other people's servers.
    """

    response_id: UUID
    home: str
    kind: Kind
    scores: Mapping[Kind, int]
    survey: str
    member: str = ""
    customer: str = ""
    client: str = ""
    channel: str = ""
    ref: str = ""
    comment: str = ""
    tags: Sequence[str] = ()


def rule_content(rule_name: str, told: Told) -> Content:
    """What is said by mail and chat."""
    main = score_text(told.kind, told.scores[told.kind])
    about = f" for {told.member}" if told.member else ""
    said = [score_text(kind, score) for kind, score in told.scores.items()]
    return Content(
        subject=f"{main}{about}: {rule_name}",
        text=f"A customer’s answer fits your rule “{rule_name}”.",
        quote=told.comment,
        facts=(
            ("Score", ", ".join(said)),
            ("Survey", told.survey),
            ("Member", told.member),
            ("Customer", told.customer),
            ("Client", told.client),
            ("Channel", told.channel),
            ("Reference", told.ref),
            ("Tags", ", ".join(told.tags)),
        ),
        link=response_address(told.home, told.response_id),
        link_words="Open the response",
    )


def response_address(home: str, id: UUID) -> str:
    """Where a response is read."""
    return f"{home}/console/responses/{id}"
