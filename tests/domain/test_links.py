"""Links of requests: nobody else can make one, and one sort is not taken for another."""

from uuid import UUID

import pytest

from widget.domain.errors import LinkForged
from widget.domain.links import LinkSigner, RequestLink, unsigned_response_id

LINK = RequestLink(7, UUID("01930000-0000-7000-8000-000000000001"))
OLD, NEW = "o" * 40, "n" * 40


@pytest.mark.parametrize("workspace_id", [1, 255, 256, 2**31 - 1])
def test_a_link_comes_back_as_it_was_signed(workspace_id: int) -> None:
    link = RequestLink(workspace_id, LINK.request_id)
    signer = LinkSigner([OLD], "answer")
    assert signer.read(signer.sign(link)) == link
    assert len(signer.sign(link)) < 80


def test_a_rotated_key_still_opens_old_mails() -> None:
    token = LinkSigner([OLD], "answer").sign(LINK)
    assert LinkSigner([NEW, OLD], "answer").read(token) == LINK


@pytest.mark.parametrize("token", ["", "nonsense", "a.b", "ü", "x" * 5000])
def test_what_this_server_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(LinkForged):
        LinkSigner([OLD], "answer").read(token)


def test_a_link_to_answer_does_not_unsubscribe() -> None:
    token = LinkSigner([OLD], "answer").sign(LINK)
    with pytest.raises(LinkForged):
        LinkSigner([OLD], "unsubscribe").read(token)
    with pytest.raises(LinkForged):
        LinkSigner([OLD], "answer").read(("A" if token[0] != "A" else "B") + token[1:])


def test_two_clicks_in_one_mail_are_about_one_response() -> None:
    first = unsigned_response_id(OLD, "survey", "T-1", "Ana@acme.example", "c@x.example")
    again = unsigned_response_id(OLD, "survey", "T-1", "ana@acme.example", "C@x.example")
    assert first == again is not None


@pytest.mark.parametrize(
    "other",
    [
        (NEW, "survey", "T-1", "ana", "c@x.example"),
        (OLD, "other", "T-1", "ana", "c@x.example"),
        (OLD, "survey", "T-2", "ana", "c@x.example"),
        (OLD, "survey", "T-1", "bob", "c@x.example"),
        (OLD, "survey", "T-1", "ana", ""),
        (OLD, "survey", "", "T-1ana", "c@x.example"),
    ],
)
def test_whatever_tells_two_mails_apart_makes_two_responses(
    other: tuple[str, str, str, str, str],
) -> None:
    assert unsigned_response_id(*other) != unsigned_response_id(
        OLD, "survey", "T-1", "ana", "c@x.example"
    )


def test_a_link_that_names_neither_ticket_nor_customer_is_always_new() -> None:
    assert unsigned_response_id(OLD, "survey", "", "ana", "") is None
