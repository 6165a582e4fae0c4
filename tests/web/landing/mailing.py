"""Somebody with a mail: opens its links, touches the page, presses its button, each by hand."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.builders import BROWSER, AskedByMail, Workspace, World
from tests.web.frame.visiting import HTMX, token_in
from widget.extensions import db
from widget.storage.declarative import Base
from widget.storage.engine import writing
from widget.storage.models import HeldAnswer, LinkVisit, Request, Survey


@dataclass
class Reader:
    """One client: an address and a user agent. `pause_s` passes between opening and pressing."""

    world: World
    survey: str
    user_agent: str = BROWSER
    address: str = "93.184.216.34"
    pause_s: float = 5

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        return self.world.client().open(
            path,
            method=method,
            headers={"User-Agent": self.user_agent, **headers},
            environ_base={"REMOTE_ADDR": self.address},
        )

    def open(self, path: str) -> str:
        """Open a link; the token in its page's form."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        return token_in(page.text)

    def post(self, where: str, token: str, **fields: Any) -> TestResponse:
        return self.world.client().post(
            f"/w/{self.survey}/{where}",
            data={"token": token, "step": "score", **fields},
            headers={**HTMX, "User-Agent": self.user_agent},
            environ_base={"REMOTE_ADDR": self.address},
        )

    def press(self, token: str, **fields: Any) -> TestResponse:
        self.world.clock.pass_time(seconds=self.pause_s)
        return self.post("responses", token, **fields)

    def touch(self, token: str, score: int) -> TestResponse:
        self.world.clock.pass_time(seconds=self.pause_s)
        return self.post("gesture", token, score=score)

    def answer(self, mail: AskedByMail, score: int) -> TestResponse:
        """Open the link of a score and press the button."""
        return self.press(self.open(mail.path(score)), score=score)


def set_survey(acme: Workspace, public_id: str, **columns: object) -> None:
    """Change columns of a survey."""
    with acme.world.app.app_context(), writing(db.session) as session:
        survey = session.scalars(select(Survey).where(Survey.public_id == public_id)).one()
        for name, value in columns.items():
            setattr(survey, name, value)


def reader(acme: Workspace, mail: AskedByMail, **about: Any) -> Reader:
    return Reader(acme.world, mail.survey, **about)


def rows(acme: Workspace) -> dict[str, int]:
    """How many rows each table has."""
    with acme.world.app.app_context():
        found = {
            name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }
        db.session.remove()
        return found


def held(acme: Workspace) -> list[HeldAnswer]:
    """Every held answer, oldest first."""
    return _all(acme, select(HeldAnswer).order_by(HeldAnswer.created_at, HeldAnswer.id))


def visits(acme: Workspace) -> list[LinkVisit]:
    """Every visit of a link, in order."""
    return _all(acme, select(LinkVisit).order_by(LinkVisit.at, LinkVisit.id))


def request_of(acme: Workspace, mail: AskedByMail) -> Request:
    [found] = _all(acme, select(Request).where(Request.id == mail.id))
    return found


def _all(acme: Workspace, query: Any) -> list[Any]:
    with acme.world.app.app_context():
        found = list(db.session.scalars(query))
        db.session.expunge_all()
        db.session.remove()
        return found
