"""Unsubscribing, and what mail services report, by their routes."""

import base64
import hmac
from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.builders import (
    MONDAY,
    Workspace,
    add_request,
    deliveries,
    make_workspace,
    stored_request,
)
from widget.actions.create_api_key import create_api_key
from widget.actions.lift_suppression import lift_suppression
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.mail_addresses import DeliveryName, address_digest, message_id
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import (
    Base,
    Bounce,
    Delivery,
    Membership,
    Request,
    SuppressedAddress,
)
from widget.storage.suppressed import refusals
from widget.storage.suppressions import (
    Why,
    suppress,
    suppressed_among,
    suppressed_counts,
    suppression_of,
)


def unsubscribe_path(acme: Workspace, request_id: UUID) -> str:
    signer = LinkSigner(acme.world.settings.secret_keys, "unsubscribe")
    return f"/u/{signer.sign(RequestLink(acme.id, request_id))}"


def rows_of_every_table(acme: Workspace) -> dict[str, int]:
    with acme.world.app.app_context():
        return {
            table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def suppressed(acme: Workspace) -> list[tuple[int, str, str]]:
    """Workspace, digest and reason of every suppressed address."""
    with acme.world.app.app_context():
        rows = db.session.scalars(select(SuppressedAddress)).all()
        return [(row.workspace_id, row.address_digest, row.why) for row in rows]


def digest(acme: Workspace, address: str) -> str:
    return address_digest(acme.world.settings.address_key, address)


def test_opening_an_unsubscribe_link_changes_nothing(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey(), email="kim@shop.example", language="de")
    path, before = unsubscribe_path(acme, asked), rows_of_every_table(acme)
    for method in ("GET", "HEAD"):
        answer = acme.world.client().open(path, method=method)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    page = acme.world.client().get(path).text
    assert "Abbestellen" in page
    assert "ki…@shop.example" in page
    assert "kim@" not in page
    assert rows_of_every_table(acme) == before


def test_a_mail_program_unsubscribes_with_one_post_and_no_cookie(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey(), email="Kim@shop.example")
    answer = acme.world.client().post(
        unsubscribe_path(acme, asked), data={"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert suppressed(acme) == [(acme.id, digest(acme, "kim@shop.example"), "unsubscribed")]


def test_unsubscribing_is_undone_with_a_button(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey())
    path, client = unsubscribe_path(acme, asked), acme.world.client()
    assert 'name="undo"' in client.post(path).text
    assert 'name="undo"' in client.get(path).text
    assert stored_request(acme, asked).unsubscribed_at == acme.world.clock()
    assert "subscribed again" in client.post(path, data={"undo": "1"}).text
    assert suppressed(acme) == []
    assert stored_request(acme, asked).unsubscribed_at is None


def test_a_bounce_is_not_undone_by_its_customer(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    report(acme, "sendgrid", [{"event": "bounce", "email": "kim@shop.example"}])
    acme.world.client().post(unsubscribe_path(acme, asked), data={"undo": "1"})
    assert [why for _, _, why in suppressed(acme)] == ["hard_bounce"]


def test_what_a_mail_server_said_outlives_unsubscribing_and_its_undoing(
    any_acme: Workspace,
) -> None:
    acme, client = any_acme, any_acme.world.client()
    asked, _ = add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    path = unsubscribe_path(acme, asked)
    report(acme, "sendgrid", [{"event": "bounce", "email": "kim@shop.example"}])
    assert 'name="undo"' not in client.get(path).text
    client.post(path)
    assert {why for _, _, why in suppressed(acme)} == {"hard_bounce", "unsubscribed"}
    with acme.world.app.app_context():
        assert suppressed_counts(db.session(), acme.id) == {"unsubscribed": 1}
        found = suppression_of(db.session(), acme.id, digest(acme, "kim@shop.example"))
        assert found is not None
        assert found.why == "unsubscribed"
    client.post(path, data={"undo": "1"})
    assert [why for _, _, why in suppressed(acme)] == ["hard_bounce"]
    assert 'name="undo"' not in client.get(path).text


def test_a_report_without_a_name_is_of_no_test(acme: Workspace) -> None:
    survey = acme.survey()
    _, real = add_request(acme, survey, email="kim@shop.example", status="sent")
    acme.world.clock.pass_time(days=1)
    _, test = add_request(acme, survey, recipient="kim@shop.example", status="sent", is_test=True)
    report(acme, "sendgrid", [{"event": "bounce", "email": "kim@shop.example"}])
    became = {row.id: row.status for row in deliveries(acme)}
    assert became == {real: "bounced", test: "sent"}
    assert [why for _, _, why in suppressed(acme)] == ["hard_bounce"]


def test_lifting_takes_back_every_reason_of_the_workspaces_own(any_acme: Workspace) -> None:
    acme, at = any_acme, any_acme.world.clock()
    kim = digest(acme, "kim@shop.example")
    with acme.world.app.app_context():
        with writing(db.session()):
            for workspace_id in (0, acme.id, acme.id + 1):
                suppress(db.session(), workspace_id, kim, "complaint", at)
            suppress(db.session(), acme.id, kim, "hard_bounce", at)
        key = acme.world.settings.address_key
        assert lift_suppression(db.session(), acme.id, "kim@shop.example", key=key)
        assert not lift_suppression(db.session(), acme.id, "kim@shop.example", key=key)
    assert sorted(workspace for workspace, _, _ in suppressed(acme)) == [0, acme.id + 1]


def test_of_several_reasons_the_first_is_named_wherever_it_is_asked(any_acme: Workspace) -> None:
    acme, at = any_acme, any_acme.world.clock()
    kim = digest(acme, "kim@shop.example")
    with acme.world.app.app_context():
        with writing(db.session()):
            reasons: tuple[Why, ...] = ("soft_bounces", "hard_bounce", "complaint", "unsubscribed")
            for why in reasons:
                suppress(db.session(), acme.id, kim, why, at)
        session = db.session()
        assert refusals(session, acme.id, ["kim@shop.example"]) == {
            "kim@shop.example": "unsubscribed"
        }
        assert suppressed_among(session, acme.id, [kim]) == {kim: "unsubscribed"}
        assert suppressed_counts(session, acme.id) == {"unsubscribed": 1}


def test_one_workspace_is_left_and_not_another(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    asked, _ = add_request(acme, acme.survey(), email="kim@shop.example")
    add_request(other, other.survey(), email="kim@shop.example")
    acme.world.client().post(unsubscribe_path(acme, asked))
    assert {workspace for workspace, _, _ in suppressed(acme)} == {acme.id}


def test_the_link_of_a_test_mail_unsubscribes_nobody(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey(), is_test=True)
    assert acme.world.client().post(unsubscribe_path(acme, asked)).status_code == 200
    assert suppressed(acme) == []


def test_a_link_that_is_not_ours_is_told_so(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey())
    answer_link = LinkSigner(acme.world.settings.secret_keys, "answer").sign(
        RequestLink(acme.id, asked)
    )
    for token in ("x", answer_link):
        for method in ("GET", "POST"):
            assert acme.world.client().open(f"/u/{token}", method=method).status_code == 404
    assert suppressed(acme) == []


def report(acme: Workspace, provider: str, body: object, key: str | None = None) -> int:
    """Post what a service would; how many reports were taken."""
    answer = acme.world.client().post(
        f"/api/v1/bounces/{provider}?key={key or acme.api_key()}", json=body
    )
    assert answer.status_code == 200, answer.text
    taken: int = answer.get_json()["taken"]
    return taken


def test_a_hard_bounce_suppresses_its_address_now_and_the_request_says_so(acme: Workspace) -> None:
    _, sent = add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    body = [{"event": "bounce", "email": "kim@shop.example", "reason": "550 gone"}]
    assert report(acme, "sendgrid", body) == 1
    assert suppressed(acme) == [(acme.id, digest(acme, "kim@shop.example"), "hard_bounce")]
    with acme.world.app.app_context():
        assert db.session.scalars(select(Delivery.status)).all() == ["bounced"]
        assert db.session.scalars(select(Request.status)).all() == ["bounced"]
        (bounce,) = db.session.scalars(select(Bounce)).all()
        assert (bounce.sort, bounce.delivery_id) == ("hard", sent)
        assert "kim" not in bounce.address_digest


def test_five_soft_bounces_in_thirty_days_suppress(acme: Workspace) -> None:
    survey = acme.survey()
    for number in range(6):
        _, sent = add_request(
            acme, survey, email=f"{number}@x.example", recipient="kim@x.example", status="sent"
        )
        body = [
            {
                "event": "bounce",
                "type": "blocked",
                "email": "kim@x.example",
                "smtp-id": message_id(DeliveryName(acme.id, sent), "s.example"),
            }
        ]
        report(acme, "sendgrid", body)
        # Told twice, counted once.
        report(acme, "sendgrid", body)
        if number == 0:
            acme.world.clock.pass_time(days=31)
        assert bool(suppressed(acme)) == (number == 5)
    assert [why for _, _, why in suppressed(acme)] == ["soft_bounces"]


SPAM = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": "kim@shop.example"}
TOKEN = "t" * 32
SIGNING = "mailgun-signing-key"


def trust(acme: Workspace, token: str = "", signing: str = "") -> None:
    acme.world.app.config.update(SAYSO_BOUNCE_TOKEN=token, SAYSO_MAILGUN_SIGNING_KEY=signing)


def mailgun(event: dict[str, object], key: str = SIGNING) -> dict[str, object]:
    """A post of Mailgun's, signed with a key."""
    timestamp = str(int(MONDAY.timestamp()))
    signature = hmac.new(key.encode(), timestamp.encode() + b"a8ce0edb", sha256).hexdigest()
    signed = {"timestamp": timestamp, "token": "a8ce0edb", "signature": signature}
    return {"signature": signed, "event-data": event}


def test_a_complaint_that_the_operator_vouches_for_suppresses_everywhere(
    any_acme: Workspace,
) -> None:
    trust(any_acme, token=TOKEN)
    other = make_workspace(any_acme.world, "Other", "bob@other.example")
    add_request(any_acme, any_acme.survey(), email="kim@shop.example", status="sent")
    assert report(any_acme, "postmark", SPAM, key=TOKEN) == 1
    kim = digest(any_acme, "kim@shop.example")
    assert suppressed(any_acme) == [(0, kim, "complaint")]
    with any_acme.world.app.app_context():
        assert suppressed_among(db.session(), other.id, [kim]) == {kim: "complaint"}


def test_a_complaint_by_an_api_key_suppresses_in_its_workspace_alone(any_acme: Workspace) -> None:
    trust(any_acme, token=TOKEN)
    add_request(any_acme, any_acme.survey(), email="kim@shop.example", status="sent")
    assert report(any_acme, "postmark", SPAM) == 1
    kim = digest(any_acme, "kim@shop.example")
    assert suppressed(any_acme) == [(any_acme.id, kim, "complaint")]
    # What the operator's source says later still counts, though the report is known.
    report(any_acme, "postmark", SPAM, key=TOKEN)
    assert {workspace for workspace, _, _ in suppressed(any_acme)} == {0, any_acme.id}


@pytest.mark.parametrize("status", ["due", "failed", "not_sent"])
@pytest.mark.parametrize("named", [False, True])
def test_nothing_can_come_back_of_a_mail_that_has_not_left(
    any_acme: Workspace, status: str, named: bool
) -> None:
    trust(any_acme, token=TOKEN)
    _, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example", status=status)
    body: list[dict[str, str]] = [
        {"event": event, "email": "kim@shop.example"}
        for event in ("spamreport", "bounce", "delivered")
    ]
    if named:
        name = message_id(DeliveryName(any_acme.id, sent), "s.example")
        body = [{**event, "smtp-id": name} for event in body]
    for key in (any_acme.api_key(), TOKEN):
        assert report(any_acme, "sendgrid", body, key=key) == 0
    assert suppressed(any_acme) == []
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(Delivery.status)).all() == [status]


def test_a_report_without_a_name_is_of_the_newest_mail_that_left(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    _, left = add_request(any_acme, survey, email="kim@shop.example", status="sent")
    _, waits = add_request(any_acme, survey, email="2@x.example", recipient="kim@shop.example")
    report(any_acme, "sendgrid", [{"event": "delivered", "email": "Kim@shop.example"}])
    with any_acme.world.app.app_context():
        found = {row.id: row.status for row in db.session.scalars(select(Delivery))}
    assert found == {left: "delivered", waits: "due"}


def test_a_mail_that_is_being_sent_is_known_by_its_message_id_alone(any_acme: Workspace) -> None:
    _, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example", status="sending")
    event = {"event": "bounce", "email": "kim@shop.example"}
    assert report(any_acme, "sendgrid", [event]) == 0
    name = message_id(DeliveryName(any_acme.id, sent), "s.example")
    assert report(any_acme, "sendgrid", [{**event, "smtp-id": name}]) == 1
    assert [why for _, _, why in suppressed(any_acme)] == ["hard_bounce"]


def test_a_test_key_reports_nothing(acme: Workspace) -> None:
    add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    with acme.world.app.app_context():
        key = create_api_key(
            db.session, acme.id, name="T", user_id=None, at=acme.world.clock(), is_test=True
        )
    answer = acme.world.client().post(f"/api/v1/bounces/postmark?key={key}", json=SPAM)
    assert answer.status_code == 403
    assert "test key" in answer.get_json()["detail"]
    assert suppressed(acme) == []


def test_mailguns_signature_stands_for_a_key_and_for_the_operator(acme: Workspace) -> None:
    trust(acme, signing=SIGNING)
    add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    event: dict[str, object] = {"event": "complained", "recipient": "kim@shop.example"}
    client, path = acme.world.client(), "/api/v1/bounces/mailgun"
    assert client.post(path, json=mailgun(event, "wrong")).status_code == 401
    keyed = f"{path}?key={acme.api_key()}"
    assert client.post(keyed, json=mailgun(event, "wrong")).status_code == 403
    # It says nothing at the door of another service.
    assert client.post("/api/v1/bounces/postmark", json=mailgun(event)).status_code == 401
    assert suppressed(acme) == []
    assert client.post(path, json=mailgun(event)).get_json() == {"taken": 1}
    assert [workspace for workspace, _, _ in suppressed(acme)] == [0]


@pytest.mark.parametrize("strange", ["\0", "\ud800", "é" * 3000])
def test_what_no_database_could_keep_is_no_error(any_acme: Workspace, strange: str) -> None:
    trust(any_acme, signing=SIGNING)
    add_request(any_acme, any_acme.survey(), email="kim@shop.example", status="sent")
    event = {"event": "bounce", "email": "kim@shop.example", "reason": f"550 {strange}"}
    elsewhere = {"event": "bounce", "email": f"{strange}@shop.example"}
    assert report(any_acme, "sendgrid", [event, elsewhere]) >= 1
    client, path = any_acme.world.client(), "/api/v1/bounces/mailgun"
    signature = {"timestamp": strange, "token": strange, "signature": strange}
    assert client.post(path, json={"signature": signature}).status_code == 401
    nested = client.post(path, data="[" * 50_000, content_type="application/json")
    assert nested.status_code == 401


def test_without_an_operators_token_none_is_accepted(acme: Workspace) -> None:
    for key in ("", TOKEN):
        answer = acme.world.client().post(f"/api/v1/bounces/postmark?key={key}", json=SPAM)
        assert answer.status_code == 401
    trust(acme, token=TOKEN)
    answer = acme.world.client().post(f"/api/v1/bounces/postmark?key={TOKEN}x", json=SPAM)
    assert answer.status_code == 401


def test_a_delivered_mail_is_noted(acme: Workspace) -> None:
    add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    report(acme, "postmark", {"RecordType": "Delivery", "Recipient": "kim@shop.example"})
    with acme.world.app.app_context():
        assert db.session.scalars(select(Delivery.status)).all() == ["delivered"]
    assert suppressed(acme) == []


def test_one_workspaces_key_says_nothing_of_anothers_mails(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    _, sent = add_request(acme, acme.survey(), email="kim@shop.example", status="sent")
    named = message_id(DeliveryName(acme.id, sent), "s.example")
    body = [{"event": "bounce", "email": "kim@shop.example", "smtp-id": named}]
    assert report(acme, "sendgrid", body, key=other.api_key()) == 0
    assert report(acme, "sendgrid", [{"event": "bounce", "email": "nobody@x.example"}]) == 0
    assert suppressed(acme) == []


@pytest.mark.parametrize("way", ["bearer", "basic"])
def test_the_key_may_come_as_each_service_can_send_it(acme: Workspace, way: str) -> None:
    key = acme.api_key()
    value = (
        f"Bearer {key}"
        if way == "bearer"
        else f"Basic {base64.b64encode(f'sayso:{key}'.encode()).decode()}"
    )
    answer = acme.world.client().post(
        "/api/v1/bounces/postmark", json={}, headers={"Authorization": value}
    )
    assert answer.status_code == 200


def test_without_a_key_nothing_is_taken(acme: Workspace) -> None:
    for path in ("/api/v1/bounces/ses", "/api/v1/bounces/ses?key=wrong"):
        assert acme.world.client().post(path, json={}).status_code == 401
    assert acme.world.client().post(f"/api/v1/bounces/x?key={acme.api_key()}").status_code == 404
    assert acme.world.client().post(f"/api/v1/bounces/ses?key={acme.api_key()}").status_code == 400


SUBSCRIBE = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
SUBSCRIPTION = {"Type": "SubscriptionConfirmation", "SubscribeURL": SUBSCRIBE}


def test_a_subscription_is_shown_to_those_who_manage_its_workspace_and_not_opened(
    acme: Workspace,
) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    report(acme, "ses", SUBSCRIPTION)
    client = acme.signed_in()
    page = client.get("/console/deliveries").text
    assert "Action=ConfirmSubscription" in page
    assert f'href="{SUBSCRIBE[:20]}' not in page
    assert "ConfirmSubscription" not in other.signed_in().get("/console/deliveries").text
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Membership).values(role="manager", sees_all=True))
    answer = client.get("/console/deliveries")
    assert answer.status_code == 200
    assert "ConfirmSubscription" not in answer.text


def test_the_operators_subscription_is_in_the_log_and_a_file_and_on_no_page(
    acme: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    trust(acme, token=TOKEN)
    report(acme, "ses", SUBSCRIPTION, key=TOKEN)
    assert SUBSCRIBE in caplog.text
    kept = acme.world.settings.data / "sns-confirmation-operator.txt"
    assert kept.read_text() == SUBSCRIBE + "\n"
    assert "ConfirmSubscription" not in acme.signed_in().get("/console/deliveries").text
