"""What mail services say of a mail, as an inbound mail."""

import json
from typing import Any

import pytest

from widget.domain.inbound.services import read_service


@pytest.mark.parametrize(
    ("said", "size"),
    [(3000, 3000), (10**400, 2**53), (-1, 0), (True, 0), (1.5, 0), ("3000", 0), (None, 0)],
    ids=["usual", "huge", "negative", "truth", "fraction", "text", "none"],
)
def test_the_size_of_a_file_is_a_number_that_can_be_shown(said: Any, size: int) -> None:
    postmark = {
        "From": "kim@shop.example",
        "To": "replies@sayso.example",
        "Attachments": [{"Name": "bill.pdf", "ContentLength": said}],
    }
    mailgun = {
        "from": "kim@shop.example",
        "recipient": "replies@sayso.example",
        "attachments": json.dumps([{"name": "bill.pdf", "size": said}]),
    }
    for mail in (read_service("postmark", postmark), read_service("mailgun", mailgun)):
        [attachment] = mail.attachments
        assert (attachment.name, attachment.size) == ("bill.pdf", size)
        assert type(attachment.size) is int
