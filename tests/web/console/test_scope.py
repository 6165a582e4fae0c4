"""Routes and whose things they open: one's own team's, another team's, another workspace's.

A route that takes the id of something stands in this table by the name of that id. Whoever adds a
route with another id says here how to make such a thing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from tests.builders import Workspace, add_request, answer_survey, csrf_token, make_workspace
from tests.campaigning import audience, campaign
from tests.exporting import ask_for_file, make_files
from tests.guiding import add_template
from tests.reporting import Desk
from tests.ruling import add_rule, make_webhook
from tests.subscribing import keep, subscribe
from tests.web.console.test_permissions import OPEN, console_rules
from widget.actions.change_sharing import change_sharing
from widget.actions.change_strata import add_reference
from widget.actions.decide_testimonial import approve_testimonial
from widget.actions.import_customers import upload_customers
from widget.actions.open_follow_up import open_by_hand
from widget.actions.schedule_reports import schedule_report
from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.invitations import Place
from widget.domain.responses import ResponseHead
from widget.domain.rewards import Reward
from widget.domain.roles import EVERYTHING, Ability, Role, abilities
from widget.domain.schedules import Schedule
from widget.domain.sharing import ReviewSite
from widget.domain.strata import Reference
from widget.extensions import db
from widget.storage.accounts import api_keys, user_for
from widget.storage.engine import writing
from widget.storage.ids import new_id, new_public_id
from widget.storage.models import (
    AlertChannel,
    Grant,
    HeldAnswer,
    Invitation,
    MemberImport,
    Request,
    RequestImport,
    Site,
    SurveyVersion,
    User,
)
from widget.storage.people import add_membership
from widget.storage.rewards import put_reward
from widget.storage.strata import references_of
from widget.storage.surveys import survey_of


@dataclass(frozen=True)
class Owner:
    """Whose a thing is: a workspace's, and in it a member's where such things belong to members."""

    workspace: Workspace
    member: int
    email: str


def _response(owner: Owner) -> Any:
    survey = owner.workspace.survey()
    said = {"comment": "Thank you!", "may_publish": True}
    response = answer_survey(owner.workspace, survey, 5, member=owner.email, **said)
    with owner.workspace.world.app.app_context():
        approve_testimonial(
            db.session(),
            owner.workspace.id,
            UUID(response),
            None,
            scope=EVERYTHING,
            user_id=_owner_id(owner),
            at=owner.workspace.world.clock(),
        )
    return response


def _follow_up(owner: Owner) -> Any:
    response, world = UUID(_response(owner)), owner.workspace.world
    with world.app.app_context():
        opened = open_by_hand(
            db.session(),
            owner.workspace.id,
            response,
            user_id=_owner_id(owner),
            at=world.clock(),
        )
        return opened.id


def _grant(owner: Owner) -> Any:
    return _stored(
        owner,
        Grant(
            id=new_id(),
            member_id=owner.member,
            reward_id=_reward(owner),
            status="earned",
            votes=10,
            earned_at=owner.workspace.world.clock(),
        ),
    )


def _reward(owner: Owner) -> Any:
    workspace = owner.workspace
    with workspace.world.app.app_context(), writing(db.session) as session:
        reward = Reward("", texts={"en": "Coffee"})
        return put_reward(session, workspace.id, reward, at=workspace.world.clock())


def _request(owner: Owner) -> Any:
    survey = owner.workspace.survey()
    return add_request(owner.workspace, survey, member_id=owner.member)[0]


def _customer(owner: Owner) -> Any:
    request = _request(owner)
    with owner.workspace.world.app.app_context():
        return db.session.scalars(select(Request.customer_id).where(Request.id == request)).one()


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
    return _stored(
        owner,
        Invitation(
            email=f"{new_id().hex}@people.example",
            role="viewer",
            token_sha256=new_id().hex,
            invited_by=_owner_id(owner),
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


def _customer_import(owner: Owner) -> Any:
    workspace = owner.workspace
    with workspace.world.app.app_context():
        return upload_customers(
            db.session(),
            workspace.id,
            file_name="customers.csv",
            content=b"email\nkim@c.example\n",
            user_id=None,
            at=workspace.world.clock(),
        )


def _member_import(owner: Owner) -> Any:
    return _stored(
        owner,
        MemberImport(
            id=new_id(),
            file_name="team.csv",
            content="name,email\nKim,k@a.example\n",
            makes_teams=False,
        ),
    )


def _team(owner: Owner) -> Any:
    return owner.workspace.team(new_id().hex)


def _filter(owner: Owner) -> Any:
    return keep(owner.workspace, name=new_id().hex)


def _channel(owner: Owner) -> Any:
    return _stored(
        owner, AlertChannel(kind="slack", name="Team", address="https://hooks.slack.com/services/x")
    )


def _review_site(owner: Owner) -> Any:
    site = ReviewSite(new_public_id(), "Reviews", "https://reviews.example/acme")
    with owner.workspace.world.app.app_context():
        change_sharing(
            db.session(), owner.workspace.id, lambda rules: replace(rules, review_sites=(site,))
        )
    return site.id


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


def _report(owner: Owner) -> Any:
    return Desk.of(owner.workspace).make()


def _export(owner: Owner) -> Any:
    id = ask_for_file(owner.workspace.signed_in())
    make_files(owner.workspace)
    return id


def _reference(owner: Owner) -> Any:
    reference = Reference("Bicycle shops", 40.0, "A study", 2025, None)
    with owner.workspace.world.app.app_context():
        add_reference(db.session(), owner.workspace.id, reference)
        return max(references_of(db.session(), owner.workspace.id))


def _report_schedule(owner: Owner) -> Any:
    desk, world = Desk.of(owner.workspace), owner.workspace.world
    report, seat = desk.make(), desk.seat()
    with world.app.app_context():
        each_quarter = Schedule("quarter", 2, 8, "UTC")
        return schedule_report(db.session(), seat, report, each_quarter, world.clock())


# By the name that the id has in addresses. Those first belong to a member, and so to a team.
OF_MEMBERS: dict[str, Callable[[Owner], Any]] = {
    "response_id": _response,
    "request_id": _request,
    "customer_id": _customer,
    "member_id": _member,
    "follow_up_id": _follow_up,
    "grant_id": _grant,
}
THINGS = OF_MEMBERS | {
    "public_id": lambda owner: owner.workspace.survey(),
    "site_id": _site,
    "key_id": _key,
    "user_id": _user,
    "invitation_id": _invitation,
    "import_id": _import,
    "held_id": _held,
    "member_import_id": _member_import,
    "customer_import_id": _customer_import,
    "team_id": _team,
    "channel_id": _channel,
    "review_site_id": _review_site,
    "report_id": _report,
    "report_schedule_id": _report_schedule,
    "reference_id": _reference,
    "reward_id": _reward,
    "audience_id": lambda owner: audience(owner.workspace, name=new_id().hex),
    "campaign_id": lambda owner: campaign(
        owner.workspace, owner.workspace.survey(), name=new_id().hex
    ),
    "export_id": _export,
    "filter_id": _filter,
    "template_id": lambda owner: add_template(owner.workspace, new_id().hex),
    "rule_id": lambda owner: add_rule(owner.workspace),
    "webhook_id": lambda owner: make_webhook(owner.workspace),
    "subscription_id": lambda owner: subscribe(owner.workspace, _filter(owner)),
}
# A route, which of its names is an id's, and one way to call it: a method, and words.
Route = tuple[Rule, str, str, dict[str, str]]
# Not the id of a thing, or a secret that is an authority of its own.
WORDS = {"act", "direction", "tag", "token", "verb", "where"}


def routes_with_things(acme: Workspace) -> list[Route]:
    """Every route of the console that takes an id, with its name and each method and verb."""
    return [
        (rule, name, method, verbs)
        for rule in console_rules(acme)
        for name in rule._converters
        if name in THINGS
        for method in sorted({"GET", "POST"} & (rule.methods or set()))
        for verbs in verbs_of(rule)
    ]


def verbs_of(rule: Rule) -> list[dict[str, str]]:
    """What a route's words can say, each way."""
    words = {
        name: sorted(converter.items)
        for name, converter in rule._converters.items()
        if isinstance(converter, AnyConverter)
    }
    return [dict(zip(words, said, strict=True)) for said in product(*words.values())]


def call(
    client: FlaskClient,
    token: str,
    route: Route,
    id: Any,
) -> int:
    """The status of a route, called for a thing with everything else in order."""
    rule, name, method, verbs = route
    values = dict.fromkeys(rule._converters, "x") | verbs
    built = rule.build(values | {name: id})
    assert built
    fields = {"csrf_token": token} if method == "POST" else None
    # Files are open until their answer is closed.
    with client.open(built[1], method=method, data=fields) as answer:
        return int(answer.status_code)


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
    for route in routes_with_things(acme):
        rule, name, method, verbs = route
        # One thing each: many of these routes take it away.
        for owner, is_there in ((ours, True), (theirs, False)):
            id = THINGS[name](owner)
            status = call(client, token, route, id)
            if (status != 404) != is_there or status >= 500:
                wrong.append((rule, method, verbs, owner.workspace.id, status))
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
    for route in routes_with_things(acme):
        rule, name, method, verbs = route
        if name not in OF_MEMBERS:
            continue
        # Nobody leads themselves: their own profile has a page of its own.
        there = sees - {"mine"} if name == "member_id" and len(sees) < len(owners) else sees
        needed: Ability = views[rule.endpoint].ability  # type: ignore[attr-defined]
        for where, owner in owners.items():
            status = call(client, token, route, OF_MEMBERS[name](owner))
            if needed not in may:
                assert status == 403, (rule, method, verbs, where, status)
            else:
                assert status != 403, (rule, method, verbs, where)
                assert (status != 404) == (where in there), (rule, method, verbs, where, status)


def _owner_id(owner: Owner) -> int:
    with owner.workspace.world.app.app_context():
        by = select(User.id).where(User.email == owner.workspace.owner)
        return db.session.scalars(by).one()


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
