"""Routes and whose things they open: one's own team's, another team's, another workspace's.

A route that takes the id of something stands in this table by the name of that id. Whoever adds a
route with another id says here how to make such a thing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from tests.builders import Workspace, add_request, answer_survey, csrf_token, make_workspace
from tests.web.console.test_permissions import OPEN, console_rules
from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.invitations import Place
from widget.domain.responses import ResponseHead
from widget.domain.roles import Ability, Role, abilities
from widget.extensions import db
from widget.storage.accounts import api_keys, user_for
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import (
    HeldAnswer,
    Invitation,
    RequestImport,
    Site,
    SurveyVersion,
    User,
)
from widget.storage.people import add_membership
from widget.storage.surveys import survey_of


@dataclass(frozen=True)
class Owner:
    """Whose a thing is: a workspace's, and in it a member's where such things belong to members."""

    workspace: Workspace
    member: int
    email: str


def _response(owner: Owner) -> Any:
    survey = owner.workspace.survey()
    return answer_survey(owner.workspace, survey, 5, member=owner.email)


def _request(owner: Owner) -> Any:
    survey = owner.workspace.survey()
    return add_request(owner.workspace, survey, member_id=owner.member)[0]


def _member(owner: Owner) -> Any:
    return owner.member


def _site(owner: Owner) -> Any:
    return _stored(owner, Site(name="Help", origins=[]))


def _key(owner: Owner) -> Any:
    owner.workspace.api_key()
    with owner.workspace.world.app.app_context():
        return api_keys(db.session(), owner.workspace.id)[0].id


def _user(owner: Owner) -> Any:
    world = owner.workspace.world
    with world.app.app_context(), writing(db.session) as session:
        user = user_for(session, f"{new_id().hex}@people.example", world.clock())
        add_membership(session, owner.workspace.id, user.id, Place("viewer"))
        return user.id


def _invitation(owner: Owner) -> Any:
    with owner.workspace.world.app.app_context():
        by = db.session.scalars(select(User.id).where(User.email == owner.workspace.owner)).one()
    return _stored(
        owner,
        Invitation(
            email=f"{new_id().hex}@people.example",
            role="viewer",
            token_sha256=new_id().hex,
            invited_by=by,
            expires_at=owner.workspace.world.clock() + timedelta(days=7),
        ),
    )


def _import(owner: Owner) -> Any:
    survey = _survey_id(owner)
    return _stored(
        owner,
        RequestImport(
            id=new_id(),
            survey_id=survey,
            content="email\nkim@c.example\n",
            rows=1,
            status="previewed",
        ),
    )


def _held(owner: Owner) -> Any:
    id, survey, at = new_id(), _survey_id(owner), owner.workspace.world.clock()
    head = ResponseHead(
        workspace_id=owner.workspace.id,
        id=id,
        survey_id=survey,
        version_id=_version_id(owner, survey),
        kind="stars",
        language="en",
        source="email",
        is_test=False,
        context=Context(),
        member_id=None,
        answered_at=at,
    )
    head_kept, answer_kept = Held(head, Answer(scores={"stars": 5}), at).to_json()
    return _stored(
        owner,
        HeldAnswer(
            id=id,
            response_id=id,
            survey_id=survey,
            client_digest="",
            head=head_kept,
            answer=answer_kept,
            standing="set_aside",
            updated_at=at,
        ),
    )


# By the name that the id has in addresses. Those first belong to a member, and so to a team.
OF_MEMBERS: dict[str, Callable[[Owner], Any]] = {
    "response_id": _response,
    "request_id": _request,
    "member_id": _member,
}
THINGS = OF_MEMBERS | {
    "public_id": lambda owner: owner.workspace.survey(),
    "site_id": _site,
    "key_id": _key,
    "user_id": _user,
    "invitation_id": _invitation,
    "import_id": _import,
    "held_id": _held,
}
# Not the id of a thing, or a secret that is an authority of its own.
WORDS = {"tag", "token", "verb"}


def routes_with_things(acme: Workspace) -> list[tuple[Rule, str, str]]:
    """Every route of the console that takes an id, with its name and each method."""
    return [
        (rule, name, method)
        for rule in console_rules(acme)
        for name in rule._converters
        if name in THINGS
        for method in sorted({"GET", "POST"} & (rule.methods or set()))
    ]


def call(client: FlaskClient, token: str, rule: Rule, method: str, name: str, id: Any) -> int:
    """The status of a route, called for a thing with everything else in order."""
    values = {
        other: sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "x"
        for other, converter in rule._converters.items()
    }
    built = rule.build(values | {name: id})
    assert built
    fields = {"csrf_token": token} if method == "POST" else None
    return client.open(built[1], method=method, data=fields).status_code


def test_every_id_that_a_route_takes_is_in_the_table(acme: Workspace) -> None:
    for rule in console_rules(acme):
        if rule.endpoint not in OPEN:
            assert set(rule._converters) <= THINGS.keys() | WORDS, rule


def test_what_belongs_to_another_workspace_is_not_there(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    ours, theirs = (
        Owner(workspace, workspace.member("Ana", email="ana@a.example"), "ana@a.example")
        for workspace in (acme, rival)
    )
    client = acme.signed_in()
    token = csrf_token(client.get("/console/account").text)
    wrong = []
    for rule, name, method in routes_with_things(acme):
        # One thing each: many of these routes take it away.
        for owner, is_there in ((ours, True), (theirs, False)):
            id = THINGS[name](owner)
            status = call(client, token, rule, method, name, id)
            if (status != 404) != is_there or status >= 500:
                wrong.append((rule, method, owner.workspace.id, status))
    assert wrong == []


@pytest.mark.parametrize(
    ("role", "sees_all", "sees"),
    [
        ("owner", False, {"mine", "own team", "team below", "other team", "no team"}),
        ("admin", False, {"mine", "own team", "team below", "other team", "no team"}),
        ("viewer", False, {"mine", "own team", "team below", "other team", "no team"}),
        ("manager", True, {"mine", "own team", "team below", "other team", "no team"}),
        ("manager", False, {"mine", "own team", "team below"}),
        ("member", False, {"mine"}),
    ],
)
def test_what_belongs_to_members_is_there_for_who_sees_them(
    acme: Workspace, role: Role, sees_all: bool, sees: set[str]
) -> None:
    support, sales = acme.team("Support"), acme.team("Sales")
    phone = acme.team("Phone", parent=support)
    teams = {
        "mine": None,
        "own team": support,
        "team below": phone,
        "other team": sales,
        "no team": None,
    }
    owners = {}
    for where, team in teams.items():
        email = f"{where.replace(' ', '-')}@acme.example"
        owners[where] = Owner(acme, acme.member(where, email=email), email)
        if team:
            acme.put_in(team, owners[where].member)
    leads = (support,) if role == "manager" and not sees_all else ()
    client = acme.person(
        "bo@acme.example", role, sees_all=sees_all, leads=leads, member=owners["mine"].member
    )
    token = csrf_token(client.get("/console/account").text)
    views, may = acme.world.app.view_functions, abilities(role, sees_all=sees_all)
    for rule, name, method in routes_with_things(acme):
        if name not in OF_MEMBERS:
            continue
        needed: Ability = views[rule.endpoint].ability  # type: ignore[attr-defined]
        for where, owner in owners.items():
            status = call(client, token, rule, method, name, OF_MEMBERS[name](owner))
            if needed not in may:
                assert status == 403, (rule, method, where, status)
            else:
                assert status != 403, (rule, method, where)
                assert (status != 404) == (where in sees), (rule, method, where, status)


def _survey_id(owner: Owner) -> int:
    public_id = owner.workspace.survey()
    with owner.workspace.world.app.app_context():
        return survey_of(db.session(), owner.workspace.id, public_id).id


def _version_id(owner: Owner, survey_id: int) -> int:
    with owner.workspace.world.app.app_context():
        version = select(SurveyVersion.id).where(SurveyVersion.survey_id == survey_id)
        return db.session.scalars(version).one()


def _stored(owner: Owner, row: Any) -> Any:
    """A row of the owner's workspace, made now; its id."""
    row.workspace_id, row.created_at = owner.workspace.id, owner.workspace.world.clock()
    with owner.workspace.world.app.app_context(), writing(db.session) as session:
        session.add(row)
        session.flush()
        return row.id
