"""The gateway around the real application: at once, in a thread, by the loop, as a stream."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.builders import (
    Workspace,
    answer_survey,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.gateway.loops import on_a_loop
from tests.gateway.requests import Headers, Protocol, Scope
from tests.web.live.watching import read
from widget.gateway import application
from widget.gateway.application import Gateway
from widget.web.live.feed import Feed


class Browser(Protocol):
    """A protocol that tells when it was answered, and can stay open."""

    def __init__(self, *chunks: bytes) -> None:
        super().__init__(*chunks)
        self.answered = Event()
        self.streamed: list[bytes] = []
        self.gone: asyncio.Event | None = None

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        super().response_bytes(status, headers, body)
        self.answered.set()

    async def client_disconnect(self) -> None:
        self.gone = asyncio.Event()
        await self.gone.wait()

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Browser":
        self.sent.append((status, headers, b""))
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.streamed.append(data)


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace behind a trusted proxy, whose surveys are remembered for a minute."""
    world = make_world(make_settings(tmp_path, trusted_proxies=1))
    world.app.config["SAYSO_SURVEY_AGE_S"] = 60.0
    lane: Any = world.app.wsgi_app
    object.__setattr__(lane.app._memory, "age_s", 60.0)
    yield make_workspace(world)
    close_world(world)


@pytest.fixture
def run(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Gateway], Coroutine[Any, Any, None]]], None]:
    """Runs a coroutine with a gateway that has started on its event loop."""
    # Both are this whole process's business.
    monkeypatch.setattr(application.signal, "signal", lambda *_: None)
    monkeypatch.setattr(application, "take_directly", lambda _take, _receive: True)
    feed: Feed = acme.world.app.extensions["sayso_live"]

    def runner(use: Callable[[Gateway], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            gateway = Gateway(acme.world.app, feed, threads=2)
            gateway.__rsgi_init__(asyncio.get_running_loop())
            try:
                await use(gateway)
            finally:
                await asyncio.to_thread(gateway.__rsgi_del__, asyncio.get_running_loop())
                feed.deliver_by(lambda call: call())

        on_a_loop(main())

    return runner


def proxied(path: str, method: str = "GET", **headers: str) -> Scope:
    given = {"host": "inside", "x-forwarded-host": "localhost", **headers}
    return Scope(method, path, headers=Headers(*given.items()))


def test_a_page_in_memory_is_answered_at_once_and_others_by_a_thread(
    acme: Workspace, run: Any
) -> None:
    survey = acme.survey()

    async def use(gateway: Gateway) -> None:
        browsers = [Browser() for _ in range(3)]
        scopes = [proxied(f"/w/{survey}"), proxied(f"/w/{survey}"), proxied("/healthz")]
        for browser, scope in zip(browsers, scopes, strict=True):
            assert gateway.take(scope, browser)  # type: ignore[arg-type]
            was_at_once = bool(browser.sent)
            await asyncio.to_thread(browser.answered.wait, 20)
            # The first visitor's page has to be made; the second's is there.
            assert was_at_once is (browser is browsers[1])
        assert [browser.sent[0][0] for browser in browsers] == [200, 200, 200]
        slow, fast = (dict(browser.sent[0][1]) for browser in browsers[:2])
        assert slow.keys() == fast.keys()

    run(use)


def test_a_body_is_read_first(acme: Workspace, run: Any) -> None:
    async def use(gateway: Gateway) -> None:
        body = b"email=x&password=y"
        scope = proxied(
            "/console/account/sign-in",
            "POST",
            **{
                "content-length": str(len(body)),
                "content-type": "application/x-www-form-urlencoded",
            },
        )
        browser = Browser(body)
        assert not gateway.take(scope, browser)  # type: ignore[arg-type]
        await gateway.__rsgi__(scope, browser)  # type: ignore[arg-type]
        # Flask has read the form: it misses the token that a form of ours carries.
        assert browser.sent[0][0] == 400

    run(use)


@pytest.mark.parametrize("is_direct", [True, False])
def test_a_stream_is_kept_open_told_and_closed_with_its_browser(
    acme: Workspace, run: Any, is_direct: bool
) -> None:
    survey, feed = acme.survey(), acme.world.app.extensions["sayso_live"]
    cookie = acme.signed_in().get_cookie("sayso")
    assert cookie

    async def use(gateway: Gateway) -> None:
        scope = proxied("/console/stream/events", cookie=f"sayso={cookie.value}")
        browser = Browser()
        if is_direct:
            assert gateway.take(scope, browser)  # type: ignore[arg-type]
        else:
            kept = asyncio.create_task(gateway.__rsgi__(scope, browser))  # type: ignore[arg-type]
        await until(lambda: bool(browser.streamed))
        [(status, headers, _)] = browser.sent
        assert status == 200
        assert "Content-Length" not in dict(headers)
        await asyncio.to_thread(answer_survey, acme, survey, 4)
        await until(lambda: "card" in names(browser))
        assert len(feed._watchers) == 1
        assert browser.gone
        browser.gone.set()
        await until(lambda: not feed._watchers)
        if not is_direct:
            await kept

    run(use)


def names(browser: Browser) -> list[str]:
    return [event.name for event in read(b"".join(browser.streamed))]


async def until(ready: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not ready():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), 30)
