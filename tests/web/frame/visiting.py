"""A customer without a browser: opens a frame, reads its form, posts it."""

import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true"}


@dataclass
class Visitor:
    client: FlaskClient
    survey: str
    token: str

    def send(self, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        """Post one step as htmx does; the page's token comes along unless the test gives one."""
        data = {"token": self.token, "step": "score", **fields}
        return self.client.post(
            f"/w/{self.survey}/responses", data=data, headers={**HTMX, **(headers or {})}
        )


def open_survey(client: FlaskClient, survey: str, query: str = "", **headers: str) -> Visitor:
    """Open a survey and remember its token."""
    page = client.get(f"/w/{survey}{query}", headers=headers)
    assert page.status_code == 200, page.text
    return Visitor(client, survey, token_in(page.text))


def token_in(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found, html
    return found[1]


def chosen_in(html: str) -> list[str]:
    """The scores of checked radios."""
    return re.findall(r'type="radio" name="score" value="(\d+)"[^>]* checked', html)
