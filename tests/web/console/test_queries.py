"""However much a workspace holds, a page asks the database as often as before."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.builders import Workspace, add_request, answer_survey, ask
from tests.campaigning import (
    add_customer,
    add_customers,
    answer,
    audience,
    launched,
    requests_of,
)
from tests.following import follow_ups, raise_alerts, user_id
from tests.guiding import add_template, stored_templates
from tests.reporting import Desk
from tests.ruling import add_rule, make_webhook, stored_rules
from tests.subscribing import keep, subscribe
from tests.web.console.test_permissions import OPEN, console_rules
from tests.web.test_route_classes import address
from widget.actions.change_webhooks import try_webhook
from widget.actions.find_themes import FindThemes
from widget.actions.note_response import Author, note_response
from widget.actions.propose_profile import propose_profile
from widget.actions.schedule_reports import schedule_report
from widget.domain.audiences import Rule
from widget.domain.profiles import Profile
from widget.domain.rules.conditions import Condition
from widget.domain.schedules import Schedule
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Customer, Site


def queries_of(acme: Workspace, client: FlaskClient, path: str) -> list[str]:
    """The statements that one page makes."""
    made: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    with acme.world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    return made


@dataclass(frozen=True)
class Filled:
    """A workspace with some of everything, and the things whose own pages are looked at."""

    acme: Workspace
    survey: str
    reward: str
    team: int
    member: int
    response: str
    filter_id: int
    campaign: int

    @classmethod
    def make(cls, acme: Workspace) -> "Filled":
        survey, reward = acme.survey(), acme.reward(votes=1)
        team = acme.team("Top")
        member = acme.member("Ana Silva", email="ana@a.example")
        acme.put_in(team, member)
        response = answer_survey(acme, survey, 2, member="ana@a.example", comment="So so")
        filter_id = keep(acme, is_shared=True)
        add_customers(acme, 2, client="Acme")
        launched_one = launched(acme, survey, traits=("client",), quiet_days=0)
        return cls(acme, survey, reward, team, member, response, filter_id, launched_one)

    def fill(self, number: int, tag: str) -> None:
        """More of all that pages list, with teams some below one another."""
        acme, parent = self.acme, self.team
        # First: what is answered last is what streams show.
        self._ask_in_campaigns(number, tag)
        for index in range(number):
            email = f"{tag}{index}@a.example"
            parent = acme.team(f"Team {tag} {index}", parent=parent if index % 5 else self.team)
            member = acme.member(f"Member {tag} {index}", email=email)
            acme.put_in(parent, member)
            self._propose(member, f"{tag.upper()} {index}")
            acme.person(f"{tag}{index}@people.example", "manager", leads=(parent,))
            for named in (email, "ana@a.example", f"unknown-{tag}{index}"):
                liked = {"may_publish": True, "reward": self.reward}
                answer_survey(acme, self.survey, 5, member=named, comment="Thanks", **liked)
                answer_survey(acme, self.survey, 2, member=named, comment="So so", ref=tag)
            ask(acme, self.survey, member_email="ana@a.example")
            answer_survey(
                acme, self.survey, 3, member="ana@a.example", customer_email="Kim@c.example"
            )
            ask(acme, self.survey, f"{tag}{index}@c.example", member_email=email)
            add_request(acme, self.survey, member_id=self.member)
            acme.api_key()
            acme.survey(name=f"Survey {tag} {index}")
            acme.change(self.survey, texts={"question.stars": {"en": f"Well, {tag}{index}?"}})
            self._say(f"Note {tag} {index}")
            self._report(f"Report {tag} {index}")
            add_template(acme, f"Template {tag} {index}")
            add_rule(acme, Condition("tag", "is", f"{tag} {index}"), name=f"Rule {tag} {index}")
            shared = keep(acme, f"channel={tag}", name=f"Filter {tag} {index}", is_shared=True)
            subscribe(acme, shared)
        # There may be ten.
        self._try(make_webhook(acme, f"Hook {tag}"))
        raise_alerts(acme)

    def _ask_in_campaigns(self, number: int, tag: str) -> None:
        """Audiences, and campaigns one of whose customers has answered."""
        for index in range(number):
            name = f"{tag} {index}"
            add_customer(self.acme, f"{tag}{index}@k.example", client=f"Client {name}")
            audience(self.acme, Rule("client", "is", tag), name=f"Audience {name}")
            id = launched(self.acme, self.survey, name=name, traits=("client",), quiet_days=0)
            row = requests_of(self.acme, id)[-1]
            answer(self.acme, self.survey, row.id, 4, attributes=row.properties or {})
        row = requests_of(self.acme, self.campaign)[number % 2]
        answer(self.acme, self.survey, row.id, 4, attributes=row.properties or {})

    def _propose(self, member: int, name: str) -> None:
        acme = self.acme
        with acme.world.app.app_context():
            at = acme.world.clock()
            propose_profile(db.session(), acme.id, member, Profile(name), user_id=None, at=at)

    def _report(self, title: str) -> None:
        desk, at = Desk(self.acme, self.survey), self.acme.world.clock()
        desk.make(title=title)
        report, seat = desk.make(title=title, team=self.team), desk.seat()
        with self.acme.world.app.app_context():
            schedule_report(db.session(), seat, report, Schedule("month", 2, 8, "UTC"), at)

    def _try(self, hook: int) -> None:
        with self.acme.world.app.app_context():
            try_webhook(db.session(), self.acme.id, hook, home="", at=self.acme.world.clock())

    def _say(self, text: str) -> None:
        acme, id = self.acme, UUID(self.response)
        with acme.world.app.app_context():
            author = Author(user_id(acme, acme.owner), "Alice")
            at = acme.world.clock()
            note_response(db.session(), acme.id, id, author, text, link="", at=at)
            with writing(db.session()) as session:
                session.add(Site(workspace_id=acme.id, name=text, origins=[], created_at=at))

    def customer(self) -> UUID:
        """Who was asked most often."""
        with self.acme.world.app.app_context():
            query = select(Customer.id).where(Customer.email == "kim@c.example")
            return db.session.scalars(query).one()

    def pages(self) -> list[str]:
        """Every page of the console without an id, and those of our own things."""
        listing = [
            address(rule, self.survey)
            for rule in console_rules(self.acme)
            if rule.endpoint not in OPEN
            and "GET" in (rule.methods or ())
            and rule._converters.keys() <= {"public_id"}
        ]
        first = follow_ups(self.acme)[0]
        return [
            *listing,
            f"/console/members/{self.member}",
            f"/console/teams/{self.team}",
            f"/console/responses/{self.response}",
            f"/console/follow-ups/{first.id}",
            f"/console/rewards/{self.reward}",
            f"/console/campaigns/{self.campaign}",
            f"/console/rules/{stored_rules(self.acme)[0].id}",
            f"/console/follow-ups/guidance/templates/{stored_templates(self.acme)[0].id}",
            f"/console/customers/{self.customer()}",
            "/console/customers?asked=yes&unsubscribed=no",
            "/console/clients?by=segment",
            "/console/clients/one?name=Acme",
            "/console/unassigned/assign?given=unknown-a0",
            "/console/stream?scores=negative&comment=1",
            "/console/filters/new?page=dashboard",
            f"/console/filters/{self.filter_id}/subscribe",
            "/console/responses?member=none",
            "/console/responses?q=so&mood=negative&tag=late&comment=yes",
        ]


def open_once(acme: Workspace, client: FlaskClient, paths: list[str]) -> None:
    """Have pages remember what they do between requests, and the worker find what they ask for."""
    # What reports have asked for first: nobody has more than a few finds waiting.
    find_themes(acme)
    for path in paths:
        client.get(path)
    find_themes(acme)


def find_themes(acme: Workspace) -> None:
    """Be the worker until nothing waits to be found."""
    with acme.world.app.app_context():
        while FindThemes(lambda: False)(db.engine, acme.world.clock()):
            pass


@pytest.mark.parametrize("who", ["owner", "manager of a team"])
def test_pages_ask_as_often_for_much_as_for_little(acme: Workspace, who: str) -> None:
    filled = Filled.make(acme)
    filled.fill(3, "a")
    client = acme.signed_in()
    if who != "owner":
        client = acme.person("lead@acme.example", "manager", leads=(filled.team,))
    paths = filled.pages()
    count: Callable[[str], int] = lambda path: len(queries_of(acme, client, path))  # noqa: E731
    open_once(acme, client, paths)
    before = {path: count(path) for path in paths}
    filled.fill(9, "b")
    open_once(acme, client, paths)
    after = {path: count(path) for path in paths}
    assert after == before
