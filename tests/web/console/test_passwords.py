"""For who has forgotten their password: one answer for all, a mail to whom it concerns."""

from sqlalchemy import select

from tests.builders import PASSWORD, Workspace, make_workspace, messages_to, post
from tests.web.console.inviting import invite, try_sign_in
from widget.extensions import db
from widget.storage.models import PasswordAsk

FORGOT = "/console/account/forgot"
NEW = "a whole new password"


def ask_for_link(acme: Workspace, email: str) -> str:
    """Ask, and take the path of the newest link out of the mail."""
    assert post(acme.world.client(), FORGOT, email=email).status_code == 303
    return messages_to(acme, email)[-1].link.removeprefix("http://localhost")


def test_a_forgotten_password_is_replaced_by_a_mailed_link(any_acme: Workspace) -> None:
    acme, alice = any_acme, any_acme.signed_in()
    link = ask_for_link(acme, acme.owner)
    # Asking alone changes nothing.
    assert alice.get("/console/account").status_code == 200
    somebody = acme.world.client()
    assert acme.owner in somebody.get(link).text
    assert post(somebody, link, password=NEW).status_code == 303
    assert "Your password is set" in somebody.get("/console/account/sign-in").text
    assert alice.get("/console/account").status_code == 302
    assert try_sign_in(somebody, acme.owner, NEW) == 302
    assert try_sign_in(acme.world.client(), acme.owner, PASSWORD) == 200
    assert somebody.get(link).status_code == 404
    assert messages_to(acme, acme.owner)[-1].link == f"http://localhost{FORGOT}"


def test_nobody_learns_who_signs_in(acme: Workspace) -> None:
    pages = []
    for email in (acme.owner, "nobody@acme.example"):
        stranger = acme.world.client()
        answer = post(stranger, FORGOT, email=email)
        pages.append((answer.status_code, answer.headers["Location"], answer.text))
        assert "If somebody signs in with this address" in stranger.get(answer.location).text
    assert pages[0] == pages[1]
    assert messages_to(acme, "nobody@acme.example") == []
    with acme.world.app.app_context():
        digests = list(db.session.scalars(select(PasswordAsk.address_digest)))
    assert len(digests) == 2
    assert acme.owner not in digests


def test_a_link_is_too_old_after_an_hour(acme: Workspace) -> None:
    link = ask_for_link(acme, acme.owner)
    acme.world.clock.pass_time(minutes=59)
    assert acme.world.client().get(link).status_code == 200
    acme.world.clock.pass_time(minutes=1)
    old = acme.world.client().get(link)
    assert old.status_code == 404
    assert "Ask for a new one" in old.text


def test_three_mails_an_hour_reach_an_address_and_no_more(acme: Workspace) -> None:
    for _ in range(5):
        assert post(acme.world.client(), FORGOT, email=acme.owner).status_code == 303
    assert len(messages_to(acme, acme.owner)) == 3
    acme.world.clock.pass_time(hours=1)
    ask_for_link(acme, acme.owner)
    assert len(messages_to(acme, acme.owner)) == 4
    with acme.world.app.app_context():
        assert len(list(db.session.scalars(select(PasswordAsk.id)))) == 1


def test_one_network_asks_twenty_times_an_hour(acme: Workspace) -> None:
    statuses = [
        post(acme.world.client(), FORGOT, email=f"no{number}@acme.example").status_code
        for number in range(21)
    ]
    assert statuses == [303] * 20 + [429]


def test_an_invented_or_altered_link_opens_nothing(acme: Workspace) -> None:
    link = ask_for_link(acme, acme.owner)
    altered = link[:-4] + ("aaaa" if not link.endswith("aaaa") else "bbbb")
    for path in (altered, "/console/account/new-password/x"):
        assert acme.world.client().get(path).status_code == 404


def test_an_address_in_another_spelling_is_the_same(acme: Workspace) -> None:
    post(acme.world.client(), FORGOT, email="ALICE@Acme.Example")
    assert len(messages_to(acme, acme.owner)) == 1


def test_whoever_belongs_nowhere_any_more_but_is_invited_can_ask(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    rival.person("bo@acme.example", "viewer")
    charlie = rival.signed_in()
    post(charlie, "/console/people/3/remove")
    post(acme.world.client(), FORGOT, email="bo@acme.example")
    assert messages_to(acme, "bo@acme.example") == []
    invite(acme.signed_in(), "bo@acme.example")
    link = ask_for_link(acme, "bo@acme.example")
    assert post(acme.world.client(), link, password=NEW).status_code == 303


def test_a_password_is_the_same_however_its_letters_are_composed(acme: Workspace) -> None:
    link = ask_for_link(acme, acme.owner)
    composed, decomposed = "grüße aus köln", "gru\u0308ße aus ko\u0308ln"
    assert post(acme.world.client(), link, password=composed).status_code == 303
    assert try_sign_in(acme.world.client(), acme.owner, decomposed) == 302
    assert try_sign_in(acme.world.client(), acme.owner, composed) == 302


def test_every_page_of_the_sign_in_library_looks_like_ours(acme: Workspace) -> None:
    client = acme.signed_in()
    rules = [
        rule for rule in acme.world.app.url_map.iter_rules() if rule.endpoint[:9] == "security."
    ]
    pages = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and "<" not in rule.rule}
    assert pages == {f"/console/account/{name}" for name in ("sign-in", "password", "verify")}
    for path in pages:
        visitor = acme.world.client() if path.endswith("sign-in") else client
        page = visitor.get(path).text
        assert 'href="/static/' in page, path
        assert 'class="brand"' in page, path
        assert "fs-static" not in page, path


def test_going_on_after_a_while_takes_the_password_once_more(acme: Workspace) -> None:
    client = acme.signed_in()
    path = "/console/account/verify?next=/console/account/password"
    wrong = post(client, path, password="not my password")
    assert "This is not your current password." in wrong.text
    right = post(client, path, password=PASSWORD, next="/console/account/password")
    assert right.headers["Location"] == "/console/account/password"
    away = client.get("/console/account/verify?next=https://evil.example/")
    assert away.headers["Location"] == "/console/account/sign-in"
