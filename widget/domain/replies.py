"""Replies to customers: what they may hold, to whom they may go, and how a thread stays one."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from widget.domain.addresses import storable
from widget.domain.errors import FollowUpRefused
from widget.domain.mail_addresses import wire_address
from widget.domain.mail_wording import without_controls
from widget.domain.requests import WHY_SENTENCES

PURPOSE = "reply"
"""What a message of the queue is for that carries a reply."""

REPLY_LIMIT = 10_000
SENT_ALREADY = "This form’s reply was sent already. Send it again to send this one too."
# A header names so many of a thread's mails: the first, which started it, and the newest.
_MOST_REFERENCES = 12
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")

# Why an address gets no reply, the first that is named of several. Whoever unsubscribed from
# requests may be answered: a reply is to somebody who wrote, and asks for nothing. An address whose
# mail came back for a while may work again, and a person looks at what becomes of a reply.
_NEVER: tuple[str, ...] = ("complaint", "hard_bounce")

State = str
STATE_WORDS: dict[State, str] = {
    "due": "Waiting",
    "sending": "Waiting",
    "sent": "Sent",
    "failed": "Not sent",
    "bounced": "Came back",
}


@dataclass(frozen=True)
class Correspondent:
    """The customer of a response, as far as a reply needs to know them.

    `address` is "" where none is known, or where the customer was erased. `language` is what they
    answered in. `is_test`: the answer was a test. `why_not` are reasons for which the address is
    not written to.
    """

    address: str
    name: str
    language: str
    is_test: bool = False
    why_not: Collection[str] = ()


def read_reply(text: str) -> str:
    """A reply as it is kept. Raises FollowUpRefused for one that is empty or too long."""
    reply = storable(without_controls(text)).strip()
    if not reply:
        raise FollowUpRefused("Write the reply first.")
    if len(reply) > REPLY_LIMIT:
        raise FollowUpRefused(f"A reply may be {REPLY_LIMIT} characters long.")
    return reply


def why_no_reply(customer: Correspondent, test_mail_to: str = "") -> str:
    """Why somebody cannot be written to, as a sentence; "" when they can.

    `test_mail_to` is where a workspace's mails go in test mode.
    """
    if not customer.address:
        return "No email address of this customer is known: none was given, or they were erased."
    if wire_address(customer.address) is None:
        return "No mail server of ours takes this customer’s address."
    for known, sentence in WHY_SENTENCES.items():
        if known in _NEVER and known in customer.why_not:
            return sentence
    if customer.is_test and not test_mail_to:
        return "This answer was a test, and the workspace has no address for tests."
    return ""


def is_message_id(text: str) -> bool:
    """Whether a text may stand as a Message-ID in a header of ours."""
    return _MESSAGE_ID.fullmatch(text) is not None


def references(earlier: Sequence[str]) -> tuple[str, ...]:
    """The Message-IDs that a mail refers to, of those of a thread so far, oldest first.

    The last one is the mail that it answers (RFC 5322 §3.6.4).
    """
    known = [name for name in dict.fromkeys(earlier) if is_message_id(name)]
    return tuple(known[:1] + known[1:][-(_MOST_REFERENCES - 1) :])
