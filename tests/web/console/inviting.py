"""What tests about people do again and again."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import PASSWORD, Workspace, post
from widget.extensions import db
from widget.storage.models import User

PEOPLE = "/console/people"


def invite(client: FlaskClient, email: str = "bo@acme.example", **place: Any) -> str:
    """Invite somebody, a viewer unless `place` says otherwise; returns the path of their link."""
    sent = post(client, PEOPLE, email=email, **({"role": "viewer"} | place))
    assert sent.status_code == 303, sent.text
    return link_on(client.get(PEOPLE).text)


def link_on(page: str) -> str:
    """The path of the link that a page shows."""
    found = re.search(r'id="link">http://localhost(/console/[^<]+)<', page)
    assert found, page
    return found[1]


def accept(acme: Workspace, link: str, name: str = "Bo Berg") -> FlaskClient:
    """Somebody new takes their place; they are signed in."""
    client = acme.world.client()
    taken = post(client, link, name=name, password=PASSWORD)
    assert taken.status_code == 303, taken.text
    return client


def try_sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> int:
    """The status of an attempt: 302 when it worked."""
    page = "/console/account/sign-in"
    return post(client, page, email=email, password=password).status_code


def user_id(acme: Workspace, email: str) -> int:
    with acme.world.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()
