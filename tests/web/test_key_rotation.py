"""Rotating SAYSO_SECRET_KEYS signs nobody out and breaks no open form."""

from flask.testing import FlaskClient

from tests.builders import (
    KEY,
    PASSWORD,
    Workspace,
    World,
    close_world,
    csrf_token,
    make_settings,
    make_world,
)

NEW = "n" * 40


def with_keys(acme: Workspace, *keys: str) -> World:
    return make_world(make_settings(acme.world.settings.data, secret_keys=keys))


def carry_cookies(old: FlaskClient, new: FlaskClient) -> None:
    """Move a browser to the restarted server."""
    cookie = old.get_cookie("sayso")
    assert cookie
    new.set_cookie("sayso", cookie.value)


def test_a_session_outlives_the_key_that_signed_it(acme: Workspace) -> None:
    old = acme.signed_in()
    rotated = with_keys(acme, NEW, KEY)
    client = rotated.client()
    carry_cookies(old, client)
    assert client.get("/console/surveys").status_code == 200
    close_world(rotated)


def test_a_session_ends_with_its_key(acme: Workspace) -> None:
    old = acme.signed_in()
    dropped = with_keys(acme, NEW)
    client = dropped.client()
    carry_cookies(old, client)
    assert client.get("/console/surveys").status_code == 302
    close_world(dropped)


def test_a_form_opened_before_the_rotation_can_still_be_sent(acme: Workspace) -> None:
    old = acme.world.client()
    token = csrf_token(old.get("/console/account/sign-in").text)
    rotated = with_keys(acme, NEW, KEY)
    client = rotated.client()
    carry_cookies(old, client)
    answer = client.post(
        "/console/account/sign-in",
        data={"email": acme.owner, "password": PASSWORD, "csrf_token": token},
    )
    assert answer.status_code == 302
    assert client.get("/console/surveys").status_code == 200
    close_world(rotated)
