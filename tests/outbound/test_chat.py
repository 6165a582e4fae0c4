"""Messages by chat: to the public internet and nowhere else, and never saying where."""

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import MONDAY
from tests.outbound.chat_server import HOST, Chat, chat_server
from widget.domain.messages import Channel, Content
from widget.outbound.chat import ChatSender
from widget.outbound.messages import NotSent
from widget.outbound.public_client import NotPosted, PublicClient, resolve
from widget.storage.ids import new_id
from widget.storage.messages import DueMessage

SECRET = "s3cr3t-of-the-chat"
ADDRESS = f"https://{HOST}/services/{SECRET}"
CONTENT = Content("1 of 5 stars", "A follow-up was opened.", (), "Too <slow>", "https://s.example/")


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as running:
        yield running


def client(chat: Chat, **changes: Any) -> PublicClient:
    """A client that may talk to this machine: the test's chat lives here."""
    values = {"allows": lambda _address: True, "timeout_s": 5.0, **changes}
    return PublicClient(resolve=chat.resolve, ssl_context=chat.trusted, **values)


def due(channel: Channel = "slack", target: str = ADDRESS) -> DueMessage:
    return DueMessage(1, new_id(), channel, "alert", target, CONTENT, 1, MONDAY, MONDAY)


@pytest.mark.parametrize("channel", ["slack", "teams"])
def test_a_chat_gets_the_message_in_its_own_form(chat: Chat, channel: Channel) -> None:
    ChatSender(client(chat)).send(due(channel), MONDAY)
    [body] = chat.bodies
    assert ("blocks" in json.loads(body)) == (channel == "slack")
    assert ("attachments" in json.loads(body)) == (channel == "teams")


def test_the_host_keeps_its_name_while_its_address_is_dialled(chat: Chat) -> None:
    ChatSender(client(chat)).send(due(), MONDAY)
    assert chat.hosts == [HOST]
    assert chat.names == [HOST]


def test_a_certificate_for_another_host_is_refused(chat: Chat) -> None:
    with pytest.raises(NotPosted, match="ConnectError"):
        client(chat).post("https://other.chat.example/x", b"{}")
    assert chat.bodies == []


def test_a_host_on_the_inside_is_not_even_dialled(chat: Chat) -> None:
    guarded = PublicClient(resolve=chat.resolve, ssl_context=chat.trusted)
    with pytest.raises(NotSent, match="not on the public internet") as refused:
        ChatSender(guarded).send(due(), MONDAY)
    assert refused.value.is_final
    assert chat.names == []


def test_one_address_on_the_inside_is_one_too_many(chat: Chat) -> None:
    guarded = PublicClient(
        resolve=lambda _host, port: [("1.1.1.1", port), ("127.0.0.1", chat.port)],
        ssl_context=chat.trusted,
    )
    with pytest.raises(NotPosted, match="not on the public internet"):
        guarded.post(ADDRESS, b"{}")


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(chat: Chat) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[tuple[str, int]]:
        asked.append(host)
        return [("127.0.0.1", chat.port)] if len(asked) == 1 else [("127.0.0.2", 1)]

    PublicClient(rebinding, lambda address: address == "127.0.0.1", 5, chat.trusted).post(
        ADDRESS, b"{}"
    )
    assert asked == [HOST]
    assert len(chat.bodies) == 1


def test_a_redirect_is_not_followed(chat: Chat) -> None:
    chat.answer = (307, {"Location": f"https://{HOST}/inside"}, b"")
    with pytest.raises(NotSent, match="leads on") as refused:
        ChatSender(client(chat)).send(due(), MONDAY)
    assert refused.value.is_final
    assert len(chat.bodies) == 1


def test_proxies_of_the_environment_are_not_asked(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    ChatSender(client(chat)).send(due(), MONDAY)
    assert len(chat.bodies) == 1


@pytest.mark.parametrize(
    "address", [f"http://{HOST}/x", f"https://{HOST}:8443/x", f"http://{HOST}:443/x"]
)
def test_only_https_on_its_usual_port_is_posted_to(chat: Chat, address: str) -> None:
    with pytest.raises(NotPosted, match="Only https"):
        client(chat).post(address, b"{}")


def test_whoever_answers_drop_by_drop_is_left(chat: Chat) -> None:
    chat.answer, chat.drip_s = (200, {}, b"x" * 200), 0.05
    began = time.monotonic()
    with pytest.raises(NotPosted, match="No answer within"):
        client(chat, timeout_s=0.5).post(ADDRESS, b"{}")
    assert time.monotonic() - began < 5


def test_no_more_of_an_answer_is_read_than_is_needed(chat: Chat) -> None:
    chat.answer = (200, {}, b"x" * 5_000_000)
    assert len(client(chat).post(ADDRESS, b"{}").text) == 64 * 1024


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(400, True), (403, True), (404, True), (410, True), (429, False), (500, False), (503, False)],
)
def test_what_may_pass_is_tried_again_and_what_will_not_is_not(
    chat: Chat, status: int, is_final: bool
) -> None:
    chat.answer = (status, {}, b"no_service")
    with pytest.raises(NotSent, match=f"answered {status}: no_service") as refused:
        ChatSender(client(chat)).send(due(), MONDAY)
    assert refused.value.is_final == is_final


def test_a_chat_that_is_away_is_tried_again(chat: Chat) -> None:
    away = PublicClient(
        lambda _host, _port: [("127.0.0.1", 1)], lambda _address: True, 2, chat.trusted
    )
    with pytest.raises(NotSent, match="ConnectError") as refused:
        ChatSender(away).send(due(), MONDAY)
    assert not refused.value.is_final


def test_a_host_that_nobody_knows_is_tried_again() -> None:
    def unknown(host: str, _port: int) -> list[tuple[str, int]]:
        raise OSError(f"{host} is unknown")

    with pytest.raises(NotSent, match="ConnectError") as refused:
        ChatSender(PublicClient(resolve=unknown)).send(due(), MONDAY)
    assert not refused.value.is_final


def test_the_address_is_in_no_error_and_no_log(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chat.answer = (404, {}, f"nothing at {ADDRESS}".encode())
    with pytest.raises(NotSent) as refused:
        ChatSender(client(chat)).send(due(), MONDAY)
    with pytest.raises(NotSent) as unusable:
        ChatSender(client(chat)).send(due(target=f"http://{HOST}/{SECRET}"), MONDAY)
    assert SECRET not in str(refused.value) + str(unusable.value)
    assert SECRET not in caplog.text


def test_the_systems_resolver_gives_addresses() -> None:
    assert ("127.0.0.1", 443) in resolve("localhost", 443)
