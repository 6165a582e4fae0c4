"""Rules of replies: what they hold, to whom they go, what they refer to, and where answers go."""

from uuid import UUID

import pytest

from widget.domain.errors import FollowUpRefused
from widget.domain.mail_addresses import (
    LONGEST_SIGNED_NAME,
    BounceAddress,
    DeliveryName,
    ReplyAddress,
    ThreadName,
)
from widget.domain.replies import (
    REPLY_LIMIT,
    Correspondent,
    is_message_id,
    read_reply,
    references,
    why_no_reply,
)

KEYS = ["k" * 40, "o" * 40]
THREAD = ThreadName(7, UUID("019ab0c4-7a10-7c3e-9f52-3d1f6a0c8e21"))


def test_a_reply_is_kept_tidy_and_within_its_limit() -> None:
    assert read_reply("  Dear Kim,\r\n\r\nhello\0 \n") == "Dear Kim,\n\nhello"
    with pytest.raises(FollowUpRefused, match="first"):
        read_reply(" \r\n ")
    with pytest.raises(FollowUpRefused, match=str(REPLY_LIMIT)):
        read_reply("x" * (REPLY_LIMIT + 1))


@pytest.mark.parametrize(
    ("customer", "words"),
    [
        (Correspondent("kim@shop.example", "Kim", "en"), ""),
        (Correspondent("kim@shop.example", "", "en", why_not={"unsubscribed"}), ""),
        (Correspondent("kim@shop.example", "", "en", why_not={"soft_bounces"}), ""),
        (Correspondent("", "Kim", "en"), "No email address"),
        (Correspondent("käthe@shop.example", "Kim", "en"), "No mail server"),
        (Correspondent("kim@shop.example", "", "en", why_not={"hard_bounce"}), "does not exist"),
        (
            Correspondent("kim@shop.example", "", "en", why_not={"complaint", "hard_bounce"}),
            "as spam",
        ),
        (Correspondent("kim@shop.example", "", "en", is_test=True), "was a test"),
    ],
)
def test_who_gets_no_reply_is_told_why(customer: Correspondent, words: str) -> None:
    refusal = why_no_reply(customer)
    assert words in refusal
    assert bool(words) == bool(refusal)


def test_a_test_is_answered_at_the_address_for_tests() -> None:
    assert why_no_reply(Correspondent("kim@shop.example", "", "en", True), "t@acme.example") == ""


def test_a_mail_refers_to_the_first_and_the_newest_of_a_thread() -> None:
    ids = [f"<{number}@x.example>" for number in range(30)]
    assert references([]) == ()
    assert references(ids[:2]) == ("<0@x.example>", "<1@x.example>")
    found = references(ids)
    assert (found[0], found[-1], len(found)) == ("<0@x.example>", "<29@x.example>", 12)
    assert references(["<a b@x>", "not one", "<1@x>", "<1@x>"]) == ("<1@x>",)


def test_a_message_id_cannot_begin_another_header() -> None:
    assert is_message_id("<a.b+c=1@x.example>")
    for wrong in ("", "<>", "a@x", "<a@x>\r\nBcc: y", "<a\n@x>", "<ä@x>", f"<{'a' * 300}@x>"):
        assert not is_message_id(wrong)


def test_an_address_for_answers_names_its_thread_and_cannot_be_invented() -> None:
    ours = ReplyAddress(KEYS, "replies@mail.example")
    address = ours.of(THREAD)
    assert ours.read(address.upper()) == THREAD
    assert ReplyAddress([*reversed(KEYS)], "replies@mail.example").read(address) == THREAD
    assert ReplyAddress(["x" * 40], "replies@mail.example").read(address) is None
    assert ours.read(address.replace("replies+", "other+")) is None
    for at in range(8, address.index("@")):
        other = "b" if address[at] != "b" else "c"
        assert ours.read(address[:at] + other + address[at + 1 :]) in (None, THREAD)


def test_an_address_for_bounces_is_none_for_answers() -> None:
    bounces = BounceAddress(KEYS, "mail@mail.example")
    address = bounces.of(DeliveryName(THREAD.workspace_id, THREAD.follow_up_id))
    assert ReplyAddress(KEYS, "mail@mail.example").read(address) is None


def test_the_longest_address_fits_a_mail_server() -> None:
    ours = ReplyAddress(KEYS, "r" * LONGEST_SIGNED_NAME + "@mail.example")
    address = ours.of(ThreadName(2**31 - 1, THREAD.follow_up_id))
    assert len(address.partition("@")[0]) <= 64
