"""What tests make things with: each builder names what matters to a test and defaults the rest."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from PIL import Image
from sqlalchemy import create_engine, insert, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.once import TemplatesOnce, compile_routes_once
from widget import create_app
from widget.actions.change_asking import change_asking_rules
from widget.actions.change_rewards import save_reward
from widget.actions.create_api_key import create_api_key
from widget.actions.create_member import create_member
from widget.actions.create_survey import create_survey
from widget.actions.create_workspace import create_workspace
from widget.actions.give_answer import give_answer
from widget.actions.keep_customers import keep_customers
from widget.actions.publish_survey import publish_survey
from widget.actions.request_feedback import request_feedback
from widget.actions.send_due_requests import send_due
from widget.domain.asking import AskingRules
from widget.domain.asks import Ask
from widget.domain.context import Context
from widget.domain.customers import Details
from widget.domain.flow import Answer
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.messages import Content
from widget.domain.responses import ResponseHead
from widget.domain.rewards import Reward
from widget.domain.roles import KEY_ABILITIES, KeyAbility
from widget.domain.scales import Kind, Style
from widget.domain.surveys import Definition, definition_from_json
from widget.extensions import db
from widget.settings import Settings
from widget.storage import migrate
from widget.storage.engine import prepare_engine, writing
from widget.storage.ids import new_id
from widget.storage.members import member_named
from widget.storage.models import (
    Customer,
    Delivery,
    Member,
    Membership,
    Message,
    Request,
    Response,
    Team,
    User,
    team_managers,
)
from widget.storage.surveys import published_survey, survey_of, version_definition

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
KEY = "k" * 40
# Hashing a password is slow on purpose, and most of what a test with a workspace would do.
QUICK_HASHES = {
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 8,
        "argon2__parallelism": 1,
    }
}


@dataclass
class Clock:
    """The application's time, moved by hand."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def pass_time(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@dataclass
class World:
    """One server with its database and its clock."""

    app: Flask
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def client(self) -> FlaskClient:
        """Somebody's browser: a cookie jar of its own."""
        return self.app.test_client()


def make_settings(data: Path, database_url: str | None = None, **changes: Any) -> Settings:
    settings = Settings(
        data=data,
        database_url=database_url or f"sqlite:///{data / 'sayso.db'}",
        secret_keys=(KEY,),
        public_url="http://localhost",
        rate_limit=None,
        address_key="a" * 40,
        mail_from="feedback@sayso.example",
    )
    return replace(settings, **changes)


def make_world(settings: Settings) -> World:
    """A migrated server. Surveys are looked up afresh each time, so a test sees what it changed."""
    clock = Clock()
    overrides = {"TESTING": True, "SAYSO_CLOCK": clock, "SAYSO_SURVEY_AGE_S": 0.0, **QUICK_HASHES}
    _start_migrated(settings)
    app = create_app(settings, overrides)
    app.jinja_env.bytecode_cache = _TEMPLATES
    with app.app_context():
        if not migrate.is_current(db.engine):
            migrate.upgrade(db.engine)
    return World(app, settings, clock)


_TEMPLATES = TemplatesOnce()
compile_routes_once()


@cache
def _migrated_file() -> bytes:
    """A SQLite database without rows. Migrating one takes longer than most tests do."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = prepare_engine(create_engine(f"sqlite:///{file}"))
        migrate.upgrade(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return file.read_bytes()


def _start_migrated(settings: Settings) -> None:
    """Give a new server on SQLite a database that needs no migrating any more."""
    file = settings.data / "sayso.db"
    if settings.database_url == f"sqlite:///{file}" and not file.exists():
        file.write_bytes(_migrated_file())


def close_world(world: World) -> None:
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Workspace:
    """A workspace with its owner, and a client that is signed in as them when asked."""

    world: World
    id: int
    owner: str

    def signed_in(self) -> FlaskClient:
        return sign_in(self.world, self.owner)

    def survey(
        self, kind: Kind = "stars", name: str = "A survey", style: Style | None = None
    ) -> str:
        """A published survey's public id."""
        with self.world.app.app_context():
            return create_survey(
                db.session,
                self.id,
                name=name,
                kind=kind,
                style=style,
                user_id=None,
                at=self.world.clock(),
            )

    def change(self, public_id: str, **changes: Any) -> Definition:
        """Change fields of a survey's definition and publish it."""
        with self.world.app.app_context():
            with writing(db.session):
                survey = survey_of(db.session, self.id, public_id)
                definition = replace(definition_from_json(survey.draft), **changes)
                survey.draft = definition.to_json()
            publish_survey(db.session, self.id, public_id, user_id=None, at=self.world.clock())
            return definition

    def responses(self) -> list[Response]:
        """Every stored response of the world, in order of its id."""
        with self.world.app.app_context():
            rows = list(db.session.scalars(select(Response).order_by(Response.id)))
            db.session.expunge_all()
            return rows

    def member(self, name: str = "Ana Silva", **known_by: str) -> int:
        with self.world.app.app_context():
            return create_member(
                db.session,
                self.id,
                name=name,
                email=known_by.get("email"),
                employee_id=known_by.get("employee_id"),
                at=self.world.clock(),
            )

    def team(self, name: str, parent: int | None = None) -> int:
        """A team's id."""
        with self.world.app.app_context(), writing(db.session) as session:
            team = Team(
                workspace_id=self.id, name=name, parent_id=parent, created_at=self.world.clock()
            )
            session.add(team)
            session.flush()
            return team.id

    def put_in(self, team: int, *members: int) -> None:
        """Make members part of a team."""
        with self.world.app.app_context(), writing(db.session) as session:
            session.execute(update(Member).where(Member.id.in_(members)).values(team_id=team))

    def person(
        self,
        email: str,
        role: str,
        *,
        leads: tuple[int, ...] = (),
        sees_all: bool = False,
        member: int | None = None,
    ) -> FlaskClient:
        """Somebody who signs in, signed in. `leads`: teams; `member`: whom they are as a member."""
        with self.world.app.app_context():
            hashed = hash_password(PASSWORD)
            with writing(db.session) as session:
                user = session.scalar(select(User).where(User.email == email))
                if user is None:
                    user = User(
                        email=email,
                        password=hashed,
                        active=True,
                        fs_uniquifier=new_id().hex,
                        created_at=self.world.clock(),
                    )
                    session.add(user)
                    session.flush()
                session.add(
                    Membership(user_id=user.id, workspace_id=self.id, role=role, sees_all=sees_all)
                )
                for team in leads:
                    session.execute(insert(team_managers).values(team_id=team, user_id=user.id))
                if member is not None:
                    session.execute(
                        update(Member).where(Member.id == member).values(user_id=user.id)
                    )
        return sign_in(self.world, email)

    def reward(self, name: str = "Coffee", **details: Any) -> str:
        """A reward's id. `details`: fields of a domain's Reward."""
        with self.world.app.app_context():
            reward = Reward("", texts={"en": name}, **details)
            return save_reward(db.session, self.id, reward, at=self.world.clock())

    def api_key(self, *abilities: KeyAbility) -> str:
        """A live key; of every ability unless some are named."""
        with self.world.app.app_context():
            return create_api_key(
                db.session,
                self.id,
                name="Test",
                user_id=None,
                at=self.world.clock(),
                abilities=frozenset(abilities or KEY_ABILITIES),
            )


def make_workspace(
    world: World, name: str = "Acme", owner: str = "alice@acme.example"
) -> Workspace:
    with world.app.app_context():
        workspace_id = create_workspace(
            db.session,
            name=name,
            email=owner,
            password_hash=hash_password(PASSWORD),
            at=world.clock(),
        )
    return Workspace(world, workspace_id, owner)


def sign_in(world: World, email: str) -> FlaskClient:
    """Somebody's browser, signed in to the console."""
    client = world.client()
    page = client.get("/console/account/sign-in")
    fields = {"email": email, "password": PASSWORD, "csrf_token": csrf_token(page.text)}
    answer = client.post("/console/account/sign-in", data=fields)
    assert answer.status_code == 302, answer.text
    return client


def csrf_token(html: str) -> str:
    """The CSRF token in a page's first form."""
    return html.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def answer_survey(acme: Workspace, survey: str, score: int, **details: Any) -> str:
    """Store one response as a visit would; returns its id.

    `details`: `comment`, `reasons`, `wants_contact`, `may_publish`, `contact`, `reward` (an id),
    `scores` (further kinds), `is_test`, `finished`, `at`, `id` (of a response that is there, to
    change it), and the fields of a Context.
    """
    with acme.world.app.app_context():
        published = published_survey(db.session(), survey)
        assert published is not None
        assert published.version_id is not None
        definition = version_definition(db.session(), published.id, published.version_id)
        assert definition is not None
        given = {name: details.pop(name) for name in _ANSWER_FIELDS if name in details}
        at = given.get("at", acme.world.clock())
        member = member_named(db.session(), acme.id, details.get("member", ""))
        db.session.rollback()
        head = ResponseHead(
            workspace_id=acme.id,
            id=UUID(given["id"]) if "id" in given else new_id(),
            survey_id=published.id,
            version_id=published.version_id,
            kind=definition.question.kind,
            language=given.get("language", "en"),
            source="widget",
            is_test=given.get("is_test", False),
            context=Context(**details),
            member_id=member.id if member else None,
            answered_at=at,
        )
        answer = Answer(
            scores={definition.question.kind: score, **given.get("scores", {})},
            reasons=given.get("reasons"),
            comment=given.get("comment"),
            wants_contact=given.get("wants_contact"),
            may_publish=given.get("may_publish"),
            contact=given.get("contact"),
            reward=given.get("reward"),
            finished=given.get("finished", True),
        )
        give_answer(db.engine, head, answer, time_zone=published.time_zone)
        return str(head.id)


_ANSWER_FIELDS = (
    "comment",
    "reasons",
    "wants_contact",
    "may_publish",
    "contact",
    "reward",
    "scores",
    "is_test",
    "finished",
    "language",
    "at",
    "id",
)


def post(client: FlaskClient, path: str, page: str | None = None, **fields: Any) -> TestResponse:
    """Send a console form with the CSRF token of the page it stands on."""
    token = csrf_token(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **fields})


# A browser that people use; the test client's and Playwright's own names are those of machines.
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@dataclass(frozen=True)
class AskedByMail:
    """A request whose mail has been sent, and the token of its links."""

    id: UUID
    token: str
    survey: str

    def path(self, score: int | None = None) -> str:
        return f"/s/{self.token}" + ("" if score is None else f"?score={score}")


def ask_by_mail(acme: Workspace, survey: str, **details: Any) -> AskedByMail:
    """A sent request, an hour old unless `sent_at` says otherwise.

    `details`: columns of a Request, and `email` and `name` of its customer.
    """
    at = acme.world.clock()
    email = details.pop("email", f"{new_id().hex[-8:]}@customer.example")
    name = details.pop("name", "Carla Costa")
    with acme.world.app.app_context():
        with writing(db.session) as session:
            customer = Customer(
                workspace_id=acme.id,
                id=new_id(),
                email=email,
                name=name,
                created_at=at,
                updated_at=at,
            )
            session.add(customer)
            session.flush()
            columns: dict[str, Any] = {
                "made_by": "api",
                "status": "sent",
                "channel": "email",
                "interaction_at": at - timedelta(hours=2),
                "created_at": at - timedelta(hours=2),
                "sent_at": at - timedelta(hours=1),
                "due_at": at + timedelta(days=3),
                "expires_at": at + timedelta(days=30),
            }
            request = Request(
                workspace_id=acme.id,
                id=new_id(),
                survey_id=survey_of(session, acme.id, survey).id,
                customer_id=customer.id,
                **{**columns, **details},
            )
            session.add(request)
            id = request.id
        signer = LinkSigner(acme.world.settings.secret_keys, "answer")
        token = signer.sign(RequestLink(acme.id, id))
        db.session.remove()
    return AskedByMail(id, token, survey)


def ask(acme: Workspace, survey: str, email: str = "kim@c.example", **said: Any) -> UUID:
    """Make a request as the console would; returns its id. `said`: fields of an Ask."""
    with acme.world.app.app_context():
        return request_feedback(
            db.session,
            acme.id,
            survey,
            Ask(email=email, **said),
            made_by="console",
            at=acme.world.clock(),
        ).id


def set_rules(acme: Workspace, survey: str, **rules: Any) -> None:
    """Change a survey's rules of asking."""
    with acme.world.app.app_context():
        change_asking_rules(
            db.session,
            acme.id,
            survey,
            AskingRules(**rules),
            accepts_unsigned=True,
            at=acme.world.clock(),
        )


def send_due_requests(acme: Workspace) -> int:
    """What the worker does with requests that are due by the world's clock."""
    with acme.world.app.app_context():
        db.session.rollback()
        return send_due(db.engine, acme.world.clock())


def stored_request(acme: Workspace, id: UUID) -> Request:
    """A request as it is stored now."""
    with acme.world.app.app_context():
        db.session.rollback()
        row = db.session.scalars(select(Request).where(Request.id == id)).one()
        db.session.expunge_all()
        return row


def deliveries(acme: Workspace) -> list[Delivery]:
    """Every mail of the world, in the order they were made."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(Delivery).order_by(Delivery.id)))
        db.session.expunge_all()
        return rows


def messages_to(acme: Workspace, email: str) -> list[Content]:
    """What the world's people of the team were sent at an address, oldest first."""
    with acme.world.app.app_context():
        rows = db.session.scalars(
            select(Message).where(Message.target == email).order_by(Message.created_at, Message.id)
        )
        return [Content.from_json(row.content) for row in rows]


def add_request(acme: Workspace, survey: str, **details: Any) -> tuple[UUID, UUID]:
    """A scheduled request with its first mail due now; returns the ids of request and delivery.

    `details`: `email`, `name`, `language`, `member_id`, `is_test`, `purpose`, `due_at`,
    `expires_at`, `recipient`, and `status`, the delivery's; from `sent` on, the request's too.
    """
    request_id, delivery_id, customer_id = new_id(), new_id(), new_id()
    at = acme.world.clock()
    email = details.get("email", f"{customer_id.hex}@customer.example")
    status = details.get("status", "due")
    has_left = status in ("sent", "delivered", "bounced")
    with acme.world.app.app_context(), writing(db.session):
        db.session.add(
            Customer(
                workspace_id=acme.id,
                id=customer_id,
                email=email,
                name=details.get("name", "Kim Lee"),
                language=details.get("language", ""),
                created_at=at,
                updated_at=at,
            )
        )
        db.session.flush()
        db.session.add(
            Request(
                workspace_id=acme.id,
                id=request_id,
                survey_id=survey_of(db.session, acme.id, survey).id,
                customer_id=customer_id,
                member_id=details.get("member_id"),
                is_test=details.get("is_test", False),
                made_by="api",
                status=status if has_left else "scheduled",
                sent_at=at if has_left else None,
                interaction_at=at,
                expires_at=details.get("expires_at", at + timedelta(days=30)),
                created_at=at,
            )
        )
        db.session.flush()
        db.session.add(
            Delivery(
                workspace_id=acme.id,
                id=delivery_id,
                request_id=request_id,
                purpose=details.get("purpose", "request"),
                recipient=details.get("recipient", email),
                is_test=details.get("is_test", False),
                status=status,
                due_at=details.get("due_at", at),
                created_at=at,
                sent_at=at if has_left else None,
            )
        )
    return request_id, delivery_id


def customer_of(acme: Workspace, request: UUID) -> UUID:
    """The id of whom a request is to."""
    return stored_request(acme, request).customer_id


def add_customer(acme: Workspace, email: str = "kim@c.example", **said: Any) -> UUID:
    """Put a customer into the directory; returns their id. `said`: fields, and `attributes`."""
    attributes = said.pop("attributes", {})
    with acme.world.app.app_context():
        db.session.rollback()
        details = Details({**said, "email": email}, attributes)  # type: ignore[dict-item]
        [kept] = keep_customers(db.session, acme.id, [details], acme.world.clock())
        assert kept.id is not None, kept.problems
        return kept.id


def profile_of(acme: Workspace, member: int) -> tuple[str, str, str, str | None]:
    """What is stored of a member: name, title, bio and photo."""
    with acme.world.app.app_context():
        db.session.rollback()
        row = db.session.get_one(Member, member)
        return row.name, row.title, row.bio, row.photo


def picture(colour: str = "#5b5bd6", form: str = "PNG") -> bytes:
    """A small picture's file."""
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, form)
    return out.getvalue()


def send_file(
    client: FlaskClient, path: str, page: str, field: str, content: bytes, file: str, **said: str
) -> TestResponse:
    """Send a console form with a file of any size, with the CSRF token of the page it stands on."""
    boundary, body = encode_multipart(
        {
            "csrf_token": csrf_token(client.get(page).text),
            field: FileStorage(BytesIO(content), file),
            **said,
        }
    )
    return client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
