"""A customer without a browser who answers, agrees to publishing, and shares."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.builders import Workspace
from tests.web.frame.visiting import HTMX, Visitor, open_survey
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Response


@dataclass
class Customer:
    """`thanks` is the last step's answer; `ways` what came after sharing."""

    acme: Workspace
    visitor: Visitor
    thanks: TestResponse
    ways: str = ""
    links: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Any:
        return self.visitor.client

    def share(self, headers: dict[str, str] | None = None) -> TestResponse:
        """Press the button under the thanks."""
        answer = self.client.post(
            f"/w/{self.visitor.survey}/share",
            data={"token": self.visitor.token},
            headers=HTMX if headers is None else headers,
        )
        self.ways = unescape(answer.text)
        return answer

    @property
    def page(self) -> str:
        """The path of the page that was made."""
        found = re.search(r'href="http://localhost(/t/\w{24})"', self.ways)
        assert found, self.ways
        return found[1]

    @property
    def mine(self) -> str:
        """The path at which it can be taken back."""
        found = re.search(r'href="(/t/mine/[^"]+)"', self.ways)
        assert found, self.ways
        return found[1]

    def way(self, label: str) -> tuple[str, str]:
        """A link's address by way of us, and the one it leads to."""
        return way_in(self.ways, label)

    def picture(self) -> str:
        """The path of the page's picture, as it is named now."""
        html = self.client.get(self.page).text
        found = re.search(r'property="og:image" content="http://localhost(/t/[^"]+\.png)"', html)
        assert found, html
        return found[1]


def way_in(html: str, label: str) -> tuple[str, str]:
    """A link's address by way of us, and the one it leads to."""
    found = re.search(rf'href="([^"]+)" data-to="([^"]+)"[^>]*>{label}<', unescape(html))
    assert found, html
    return found[1], found[2]


def answered(acme: Workspace, survey: str, score: int = 5, **details: Any) -> Customer:
    """Somebody who has answered. `details`: `comment`, `may_publish`, `query`."""
    visitor = open_survey(acme.world.client(), survey, details.get("query", ""))
    visitor.send(step="score", score=score)
    thanks = visitor.send(step="follow_up", main_score=score, comment=details.get("comment", ""))
    customer = Customer(acme, visitor, thanks)
    if "may_publish" in details:
        change_response(acme, may_publish=details["may_publish"])
    return customer


def change_response(acme: Workspace, **values: Any) -> None:
    """Change the only response of the world as something else would have."""
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Response).values(**values))


def sharing_survey(acme: Workspace, kind: Any = "stars", **changes: Any) -> str:
    """A published survey that offers sharing."""
    survey = acme.survey(kind)
    acme.change(survey, share=True, **changes)
    return survey
