"""The whole product in a real browser: `sayso serve` as a process, a site on another origin."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from sqlalchemy import select

from tests.browser.chromium import launch
from tests.browser.hosts import Servers, listening, site_app
from tests.builders import (
    KEY,
    Workspace,
    World,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.servers import Server
from widget.extensions import db
from widget.storage.models import Response, Survey


@dataclass
class Product:
    """A served Sayso, a workspace in it, and a site whose pages can embed its surveys."""

    server: Server
    acme: Workspace
    site: Servers
    # The owner's cookies, once somebody has signed in.
    session: list[Any] = field(default_factory=list)

    def page(self, body: str, headers: Mapping[str, str] | None = None) -> str:
        """Publish a page of the site; SAYSO in it is our address. Returns the page's URL."""
        self.site.sayso = self.server.url
        return self.site.page(body, headers)

    def responses(self, public_id: str) -> list[Response]:
        """Everything stored for a survey, oldest first."""
        with self.acme.world.app.app_context():
            rows = db.session.scalars(
                select(Response)
                .join(Survey, Survey.id == Response.survey_id)
                .where(Survey.public_id == public_id)
                .order_by(Response.answered_at, Response.id)
            ).all()
            db.session.expunge_all()
            db.session.remove()
            return list(rows)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Made once per test process; each test makes surveys of its own in it."""
    data = tmp_path_factory.mktemp("served")
    world: World = make_world(make_settings(data))
    acme = make_workspace(world)
    # Tests do the worker's jobs themselves, when they want them done.
    server = Server(data, has_jobs=False, SAYSO_RATE_LIMIT="off", SAYSO_SECRET_KEYS=KEY).start()
    site = Servers()
    with listening(site_app(site)) as port:
        site.site = f"http://localhost:{port}"
        yield Product(server, acme, site)
    server.stop()
    close_world(world)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


NewVisitor = Callable[..., Page]


@pytest.fixture
def new_visitor(chromium: Browser) -> Iterator[NewVisitor]:
    """Makes pages in profiles of their own; at the end none may have said anything.

    Keyword arguments are those of `browser.new_context`; `says` lists messages that are expected.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []
    expected: list[str] = []

    def make(*, says: tuple[str, ...] = (), **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        expected.extend(says)
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    unexpected = [text for text in said if not any(part in text for part in expected)]
    assert unexpected == []


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Page:
    """One customer's page."""
    return new_visitor()
