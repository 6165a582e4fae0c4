"""Whom a report is mailed to."""

import re

from widget.domain.addresses import email_problem, normal_email
from widget.domain.errors import ReportRefused
from widget.domain.mail_addresses import wire_address
from widget.domain.mail_wording import without_controls

MOST_RECIPIENTS = 10
WORDS_LIMIT = 2_000


def read_recipients(text: str) -> list[str]:
    """Addresses that stand in lines, or with commas, semicolons or spaces between, each once.

    Raises ReportRefused for none, too many, and what no mail server takes.
    """
    written = [part for part in re.split(r"[\s,;]+", text) if part]
    found: list[str] = []
    for part in written:
        address = normal_email(part)
        problem = email_problem(address)
        if problem or wire_address(address) is None:
            raise ReportRefused({"to": f"“{part[:80]}” is no address that mail can be sent to."})
        if address not in found:
            found.append(address)
    if not found:
        raise ReportRefused({"to": "Write at least one address."})
    if len(found) > MOST_RECIPIENTS:
        raise ReportRefused({"to": f"A report goes to {MOST_RECIPIENTS} addresses at a time."})
    return found


def read_words(text: str) -> str:
    """What a mail says beside the report; may be "". Raises ReportRefused past the limit."""
    words = without_controls(text).strip()
    if len(words) > WORDS_LIMIT:
        raise ReportRefused({"words": f"This may be {WORDS_LIMIT} characters long."})
    return words
