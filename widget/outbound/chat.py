"""Messages to people of the team by Slack and by Microsoft Teams."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from widget.domain.chat_addresses import chat_address_problem
from widget.domain.chat_messages import slack_message, teams_message
from widget.domain.mail_wording import one_line
from widget.domain.messages import Channel, Content
from widget.outbound.messages import NotSent
from widget.outbound.public_client import NotPosted, Posted
from widget.storage.messages import DueMessage

# Answers after which the same message may be taken later; all others are final.
_LATER = frozenset({408, 425, 429})

_FORMS: Mapping[Channel, Callable[[Content], dict[str, Any]]] = {
    "slack": slack_message,
    "teams": teams_message,
}


class Poster(Protocol):
    """Something that posts JSON to an address."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Posted:
        """Post it. Raises NotPosted."""


@dataclass(frozen=True)
class ChatSender:
    """Sends messages to where their chat takes them."""

    client: Poster

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a message. Raises NotSent; what it says never holds the address."""
        if chat_address_problem(due.target):
            raise NotSent("The channel’s address cannot be used.", is_final=True)
        body = json.dumps(_FORMS[due.channel](due.content), ensure_ascii=False)
        try:
            # A lone surrogate cannot be written as UTF-8.
            answer = self.client.post(due.target, body.encode("utf-8", "replace"))
        except NotPosted as error:
            raise NotSent(str(error), is_final=error.is_final) from None
        _check(answer, due.target)


def _check(answer: Posted, address: str) -> None:
    if 200 <= answer.status < 300:
        return
    said = one_line(answer.text.replace(address, "…"), 100)
    is_final = answer.status < 500 and answer.status not in _LATER
    if 300 <= answer.status < 400:
        raise NotSent("The address leads on to another, which is not followed.", is_final=True)
    raise NotSent(
        f"The chat answered {answer.status}{f': {said}' if said else '.'}", is_final=is_final
    )
