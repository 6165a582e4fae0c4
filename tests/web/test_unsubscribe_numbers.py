"""The link in a subscription's mail: opening it shows, posting to it ends the subscription."""

from sqlalchemy import select

from tests.builders import Workspace
from tests.following import user_id
from tests.subscribing import keep, look, set_clock, stored, subscribe
from tests.web.test_mail_links import rows_of_every_table
from widget.actions import subscribe as acts
from widget.domain.links import LinkSigner, Purpose, RequestLink
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import SubscriptionMail
from widget.storage.subscriptions import stop_subscriptions_of


def link_of(acme: Workspace, purpose: Purpose = "subscription") -> str:
    """The link in a mail that was queued."""
    subscribe(acme, keep(acme))
    set_clock(acme, 2026, 11, 30, 8)
    look(acme)
    with acme.world.app.app_context():
        mail = db.session.scalars(select(SubscriptionMail)).one()
    signer = LinkSigner(acme.world.settings.secret_keys, purpose)
    return f"/u/numbers/{signer.sign(RequestLink(acme.id, mail.id))}"


def test_opening_the_link_changes_nothing(acme: Workspace) -> None:
    path = link_of(acme)
    before = rows_of_every_table(acme)
    for method in ("GET", "HEAD"):
        answer = acme.world.client().open(path, method=method)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert "“Ours”" in acme.world.client().get(path).text
    assert rows_of_every_table(acme) == before
    assert stored(acme)[0].stopped_at is None


def test_a_mail_program_ends_it_with_one_post_and_no_cookie(any_acme: Workspace) -> None:
    path = link_of(any_acme)
    for _ in range(2):
        answer = any_acme.world.client().post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    [row] = stored(any_acme)
    assert (row.stopped_why, row.next_due_at) == ("unsubscribed", None)
    assert "You are unsubscribed" in any_acme.world.client().get(path).text


def test_it_can_be_taken_back_on_the_page(acme: Workspace) -> None:
    path, client = link_of(acme), acme.world.client()
    assert "I want to receive them again" in client.post(path).text
    assert "subscribed again" in client.post(path, data={"undo": "1"}).text
    assert stored(acme)[0].next_due_at is not None


def test_what_stopped_otherwise_is_not_started_by_a_link(acme: Workspace) -> None:
    path, client = link_of(acme), acme.world.client()
    with acme.world.app.app_context():
        owner = user_id(acme, acme.owner)
        with writing(db.session()) as session:
            stop_subscriptions_of(session, acme.id, owner, acme.world.clock())
    assert "I want to receive them again" not in client.post(path, data={"undo": "1"}).text
    assert stored(acme)[0].stopped_why == "left"


def test_of_a_removed_subscription_the_link_says_that_nothing_comes(acme: Workspace) -> None:
    path = link_of(acme)
    id = stored(acme)[0].id
    with acme.world.app.app_context():
        acts.remove(db.session(), acme.id, user_id(acme, acme.owner), id)
    for answer in (acme.world.client().get(path), acme.world.client().post(path)):
        assert answer.status_code == 200
        assert "not there any more" in answer.text


def test_a_link_of_another_sort_and_a_forged_one_do_nothing(acme: Workspace) -> None:
    path = link_of(acme, "unsubscribe")
    for wrong in (path, path[:-1], "/u/numbers/x"):
        assert acme.world.client().get(wrong).status_code == 404
        assert acme.world.client().post(wrong).status_code == 404
    assert stored(acme)[0].stopped_at is None
