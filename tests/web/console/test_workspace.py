"""Sites, members, keys, snippets, and who gets in."""

from pathlib import Path

import pytest
from sqlalchemy import update

from tests.builders import (
    PASSWORD,
    Workspace,
    World,
    close_world,
    csrf_token,
    make_settings,
    make_workspace,
    make_world,
    post,
)
from tests.web.frame.visiting import open_survey
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Membership
from widget.storage.set_up_code import set_up_code

PAGES = (
    "/console/responses",
    "/console/sites",
    "/console/keys",
    "/console/people",
    "/console/workspace",
)


def test_a_site_confines_its_surveys_to_its_origins(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    made = post(
        client, "/console/sites/new", name="Shop", origins="https://Shop.example/", surveys=survey
    )
    assert made.status_code == 303
    visitor = acme.world.client()
    assert visitor.get(f"/w/{survey}?origin=https://evil.example").status_code == 403
    policy = visitor.get(f"/w/{survey}").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example" in policy
    assert "https://shop.example" in client.get(f"/console/surveys/{survey}/embed").text
    refused = post(client, "/console/sites/1/delete", "/console/sites/1")
    assert "Take its surveys off" in client.get(refused.headers["Location"]).text
    post(client, "/console/sites/1", name="Shop", origins="https://shop.example")
    post(client, "/console/sites/1/delete", "/console/sites/1")
    assert "No sites yet" in client.get("/console/sites").text
    assert visitor.get(f"/w/{survey}?origin=https://evil.example").status_code == 200


def test_a_wrong_origin_is_explained_and_kept(acme: Workspace) -> None:
    answer = post(acme.signed_in(), "/console/sites/new", name="Shop", origins="shop.example/path")
    assert answer.status_code == 422
    assert "write it like https://shop.example" in answer.text
    assert "shop.example/path</textarea>" in answer.text


def test_every_wrong_origin_is_named_at_once(acme: Workspace) -> None:
    origins = "nonsense\nhttps://shop.example\nhttps://b.example/path"
    answer = post(acme.signed_in(), "/console/sites/new", name="Shop", origins=origins)
    assert "“nonsense” is no address" in answer.text
    assert "“https://b.example/path” is more than an origin" in answer.text


def test_a_survey_is_put_on_a_site_where_its_snippet_is_copied(acme: Workspace) -> None:
    survey, other, client = acme.survey(), acme.survey(name="Other"), acme.signed_in()
    post(client, "/console/sites/new", name="Shop", origins="https://shop.example", surveys=other)
    page = f"/console/surveys/{survey}/embed"
    assert "Anywhere" in client.get(page).text
    assert post(client, f"{page}/sites", page, sites="1").status_code == 303
    assert "https://shop.example</code>" in client.get(page).text
    assert "A survey, Other" in client.get("/console/sites").text
    post(client, f"{page}/sites", page)
    assert "Anywhere" in client.get(page).text
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    token = csrf_token(rival.get("/console/surveys/new").text)
    stolen = rival.post(f"{page}/sites", data={"csrf_token": token, "sites": "1"})
    assert stolen.status_code == 404


@pytest.mark.parametrize("given", ["email", "employee_id", "public_id"])
def test_a_page_names_a_member_in_three_ways(acme: Workspace, given: str) -> None:
    client = acme.signed_in()
    post(client, "/console/members/new", name="Ana", email="Ana@Acme.example", employee_id="E-1")
    page = client.get("/console/members").text
    names = {
        "email": "ana@acme.example",
        "employee_id": "E-1",
        "public_id": page.split("<code>")[1].split("<")[0],
    }
    survey = acme.survey()
    frame = acme.world.client().get(f"/w/{survey}?member={names[given]}")
    assert "How did Ana do today?" in frame.text


def test_two_members_cannot_share_a_name_that_pages_use(acme: Workspace) -> None:
    client = acme.signed_in()
    post(client, "/console/members/new", name="Ana", email="ana@acme.example")
    taken = post(client, "/console/members/new", name="Bo", email="ana@acme.example")
    assert taken.status_code == 422
    assert "already known" in taken.text
    assert 'value="Bo"' in taken.text


def test_an_archived_member_is_rated_no_more(acme: Workspace) -> None:
    client, survey = acme.signed_in(), acme.survey()
    acme.member("Ana", email="ana@acme.example")
    post(client, "/console/members/1", name="Anna", email="ana@acme.example")
    assert "Anna" in acme.world.client().get(f"/w/{survey}?member=ana@acme.example").text
    post(client, "/console/members/1/archive", "/console/members/1")
    frame = acme.world.client().get(f"/w/{survey}?member=ana@acme.example").text
    assert "How did our team do today?" in frame


def test_a_key_is_shown_once_and_ends_when_revoked(acme: Workspace) -> None:
    client = acme.signed_in()
    # Answered by a redirect: reloading the page that shows the key makes no other.
    assert post(client, "/console/keys", name="Warehouse", may_read="y").status_code == 303
    made = client.get("/console/keys").text
    assert 'value="Warehouse"' not in made
    key = made.split('id="key">')[1].split("<")[0]
    headers = {"Authorization": f"Bearer {key}"}
    program = acme.world.client()
    assert program.get("/api/v1/responses", headers=headers).status_code == 200
    assert key not in client.get("/console/keys").text
    post(client, "/console/keys/1/revoke")
    assert program.get("/api/v1/responses", headers=headers).status_code == 401
    assert "Revoked" in client.get("/console/keys").text


def test_snippets_carry_our_public_address_never_the_hosts(acme: Workspace) -> None:
    survey = acme.survey()
    page = acme.signed_in().get(f"/console/surveys/{survey}/embed", headers={"Host": "127.0.0.1:9"})
    # Another host name has no session, so the page is not even shown under it.
    assert page.status_code in (200, 302)
    html = acme.signed_in().get(f"/console/surveys/{survey}/embed").text
    assert f"src=&#34;http://localhost/embed.js&#34; data-survey=&#34;{survey}&#34;" in html
    assert "integrity=&#34;sha384-" in html
    assert f"&lt;sayso-survey data-survey=&#34;{survey}&#34;" in html
    assert f"&lt;iframe src=&#34;http://localhost/w/{survey}&#34;" in html
    assert f"href=&#34;http://localhost/w/{survey}?channel=link&#34;" in html
    for display in ("button", "popover", "slide-in"):
        assert f"data-display=&#34;{display}&#34;" in html


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", set(PAGES)),
        ("admin", set(PAGES)),
        ("manager", {"/console/responses", "/console/sites"}),
        ("viewer", {"/console/responses"}),
        # Their own, that is.
        ("member", {"/console/responses"}),
    ],
)
def test_each_role_may_do_what_it_may(acme: Workspace, role: str, allowed: set[str]) -> None:
    client = acme.signed_in()
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Membership).values(role=role, sees_all=True))
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == (200 if path in allowed else 403), path
        if path not in allowed:
            assert "does not allow this" in answer.text


def test_a_wrong_password_says_no_more_than_that_and_says_it_once(acme: Workspace) -> None:
    client = acme.world.client()
    page = "/console/account/sign-in"
    wrong = post(client, page, email=acme.owner, password="not the password")
    unknown = post(client, page, email="nobody@acme.example", password="not the password")
    for answer in (wrong, unknown):
        assert answer.text.count("The email address or the password is wrong.") == 1
    empty = post(client, page, email="", password="")
    assert empty.text.count("The email address or the password is wrong.") == 1
    assert client.get("/console/surveys").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "http://localhost/console/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "console/",
    ],
)
def test_signing_in_leads_to_a_path_of_ours_only(acme: Workspace, target: str) -> None:
    client = acme.world.client()
    page = "/console/account/sign-in"
    opened = client.get(page, query_string={"next": target})
    assert (opened.status_code, opened.headers["Location"]) == (302, page)
    for query in ({}, {"next": target}):
        token = csrf_token(client.get(page).text)
        fields = {"csrf_token": token, "email": acme.owner, "password": PASSWORD}
        sent = client.post(
            page, query_string=query, data=fields if query else fields | {"next": target}
        )
        assert sent.status_code == 400


def test_signing_in_leads_back_to_where_one_was(acme: Workspace) -> None:
    client = acme.world.client()
    fields = {"email": acme.owner, "password": PASSWORD, "next": "/console/responses?kind=nps"}
    answer = post(client, "/console/account/sign-in", **fields)
    assert answer.headers["Location"] == "/console/responses?kind=nps"


def test_guessing_passwords_is_slowed_down(acme: Workspace) -> None:
    client = acme.world.client()
    page = "/console/account/sign-in"
    token = csrf_token(client.get(page).text)
    fields = {"csrf_token": token, "email": acme.owner, "password": "guess"}
    statuses = [client.post(page, data=fields).status_code for _ in range(12)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "spelling",
    ["alice@acme", "ALICE@acme", "ａｌｉｃｅ@acme", "alice@ａｃｍｅ"],
)
def test_another_spelling_of_an_address_is_the_same_guess(acme: Workspace, spelling: str) -> None:
    client = acme.world.client()
    page = "/console/account/sign-in"
    token = csrf_token(client.get(page).text)
    statuses = []
    for number in range(12):
        email = acme.owner if number % 2 else acme.owner.replace("alice@acme", spelling)
        fields = {"csrf_token": token, "email": email, "password": "guess"}
        statuses.append(client.post(page, data=fields).status_code)
    assert statuses[-1] == 429


def test_one_network_cannot_try_one_password_on_everybody(acme: Workspace) -> None:
    client = acme.world.client()
    page = "/console/account/sign-in"
    token = csrf_token(client.get(page).text)
    for number in range(62):
        fields = {"csrf_token": token, "email": f"{number}@acme.example", "password": ""}
        last = client.post(page, data=fields)
    assert last.status_code == 429
    assert "Too many attempts" in last.text


@pytest.mark.parametrize("page", ["/console/account/password", "/console/account/verify"])
def test_a_stolen_session_cannot_guess_the_password_either(acme: Workspace, page: str) -> None:
    client = acme.signed_in()
    token = csrf_token(client.get("/console/surveys/new").text)
    fields = {"csrf_token": token, "password": "guess", "new_password": "another long secret"}
    statuses = [client.post(page, data=fields).status_code for _ in range(12)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_signing_out_ends_what_a_copied_cookie_opens(acme: Workspace) -> None:
    client, thief = acme.signed_in(), acme.world.client()
    cookie = client.get_cookie("sayso")
    assert cookie is not None
    thief.set_cookie("sayso", cookie.value)
    assert thief.get("/console/surveys").status_code == 200
    post(client, "/console/account/sign-out", "/console/surveys/new")
    assert thief.get("/console/surveys").status_code == 302


def test_signing_out_ends_the_session(acme: Workspace) -> None:
    client = acme.signed_in()
    post(client, "/console/account/sign-out", "/console/surveys/new")
    assert client.get("/console/surveys").status_code == 302


def test_a_changed_password_is_the_one_that_works(acme: Workspace) -> None:
    client = acme.signed_in()
    changed = post(
        client,
        "/console/account/password",
        password=PASSWORD,
        new_password="another long secret",
        new_password_confirm="another long secret",
    )
    assert changed.status_code == 302, changed.text
    fresh = acme.world.client()
    page = "/console/account/sign-in"
    assert post(fresh, page, email=acme.owner, password=PASSWORD).status_code == 200
    accepted = post(fresh, page, email=acme.owner, password="another long secret")
    assert accepted.status_code == 302


def test_each_wrong_password_is_explained_beside_its_field(acme: Workspace) -> None:
    client = acme.signed_in()
    page = "/console/account/password"
    opened = client.get(page).text
    for words in ("Current password", "New password once more", "Cancel", "Surveys</a>"):
        assert words in opened
    new = {"new_password": "another long secret", "new_password_confirm": "another long secret"}
    wrong = post(client, page, password="wrong", **new)
    assert wrong.text.count("This is not your current password.") == 1
    short = post(client, page, password=PASSWORD, new_password="a", new_password_confirm="a")
    assert short.text.count("At least 12 characters, please.") == 1
    other = post(client, page, password=PASSWORD, **new | {"new_password_confirm": "b"})
    assert other.text.count("This differs from the new password above.") == 1


def test_the_first_run_makes_the_owner_for_whoever_holds_the_code(world: World) -> None:
    client = world.client()
    assert client.get("/console/").headers["Location"] == "/console/set-up"
    fields = {
        "workspace": "Acme",
        "email": "Alice@Acme.example",
        "password": PASSWORD,
        "time_zone": "Europe/Lisbon",
    }
    wrong = post(client, "/console/set-up", code="guess", **fields)
    assert "not the code" in wrong.text
    code = set_up_code(world.settings.data)
    assert post(client, "/console/set-up", code=code, **fields).status_code == 302
    assert client.get("/console/surveys").status_code == 200
    assert world.client().get("/console/set-up").status_code == 404
    assert "Ask your first question" in client.get("/console/surveys").text
    chosen = client.get("/console/workspace").text
    assert '<option value="Europe/Lisbon" selected>' in chosen


@pytest.mark.parametrize("code", ["", "   ", "ключ", "é" * 16])
def test_a_strange_set_up_code_is_only_wrong(world: World, code: str) -> None:
    fields = {"workspace": "Acme", "email": "a@acme.example", "password": PASSWORD}
    (world.settings.data / "set_up_code").write_text("")
    answer = post(world.client(), "/console/set-up", code=code, time_zone="UTC", **fields)
    assert answer.status_code == 200
    assert set_up_code(world.settings.data)


def test_guessing_the_set_up_code_is_slowed_down(world: World) -> None:
    client = world.client()
    statuses = [
        post(client, "/console/set-up", code=str(number), workspace="Acme").status_code
        for number in range(11)
    ]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_workspace_is_renamed_and_moved_to_its_time_zone(acme: Workspace) -> None:
    client = acme.signed_in()
    page = "/console/workspace"
    assert post(client, page, name="Acme Bikes", time_zone="Asia/Tokyo").status_code == 303
    assert "Acme Bikes" in client.get("/console/surveys").text
    survey = acme.survey("nps")
    assert "recommend Acme Bikes to" in acme.world.client().get(f"/w/{survey}").text
    wrong = post(client, page, name="", time_zone="Mars/Olympus")
    assert wrong.status_code == 422
    assert 'id="problem-time_zone"></p>' not in wrong.text


def test_a_set_up_without_a_fair_password_is_asked_again(world: World) -> None:
    fields = {"workspace": "Acme", "email": "a@acme.example", "password": "short"}
    answer = post(
        world.client(), "/console/set-up", code=set_up_code(world.settings.data), **fields
    )
    assert "At least 12 characters" in answer.text
    assert 'value="Acme"' in answer.text


def test_another_workspace_sees_none_of_it(acme: Workspace) -> None:
    client = acme.signed_in()
    post(client, "/console/sites/new", name="Secret site", origins="https://s.example")
    acme.member("Secret Ana", email="ana@acme.example")
    post(client, "/console/keys", name="Secret key", may_read="y")
    charlie = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    token = {"csrf_token": csrf_token(charlie.get("/console/surveys/new").text)}
    for path in ("/console/sites", "/console/members", "/console/keys"):
        assert "Secret" not in charlie.get(path).text
    for path in ("/console/sites/1", "/console/members/1", "/console/keys/1/revoke"):
        assert charlie.get(path).status_code == 404, path
        assert charlie.post(path, data={**token, "name": "Mine"}).status_code == 404, path
    for path in ("/console/sites/1/delete", "/console/members/1/archive"):
        assert charlie.post(path, data=token).status_code == 404, path
    own = make_workspace(acme.world, "Third", "dora@third.example").survey()
    stolen = open_survey(acme.world.client(), own, "?member=ana@acme.example").send(score=4)
    assert "Secret Ana" not in stolen.text


def test_limits_in_redis_are_counted_across_servers(tmp_path: Path, redis_url: str) -> None:
    settings = make_settings(tmp_path, redis_url=redis_url, rate_limit="2/minute")
    one, other = make_world(settings), make_world(settings)
    survey = make_workspace(one).survey()
    statuses = [
        open_survey(world.client(), survey).send(score=4).status_code
        for world in (one, other, one, other)
    ]
    assert statuses == [200, 200, 429, 429]
    close_world(one)
    close_world(other)
