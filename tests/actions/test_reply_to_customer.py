"""Replies to customers: to whom they go, how they are threaded, and what becomes of them."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.actions.test_erase_customer import erase
from tests.builders import (
    Workspace,
    add_customer,
    answer_survey,
    ask,
    set_rules,
)
from tests.following import (
    alerts,
    follow_ups,
    last_alert,
    notes,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from tests.replying import (
    HOME,
    INBOUND,
    MailServer,
    queued,
    reply,
    reply_again,
    send_replies,
    suppressed,
    written,
)
from tests.traces import send_requests
from widget.actions.delete_response import delete_response
from widget.actions.open_follow_up import open_by_hand
from widget.actions.receive_bounce import receive_bounce
from widget.actions.receive_reply import receive_reply
from widget.actions.reply_to_customer import reply_in_follow_up
from widget.actions.work_on_follow_up import resolve, set_status
from widget.domain.bounces import BounceReport
from widget.domain.errors import EraseLater, FollowUpRefused
from widget.domain.inbound.mails import InboundMail
from widget.domain.mail_addresses import (
    DeliveryName,
    ReplyAddress,
    ThreadName,
    address_digest,
    read_message_id,
)
from widget.extensions import db
from widget.outbound.mail.transport import MailRefused
from widget.storage.engine import writing
from widget.storage.messages import claim_messages
from widget.storage.models import Customer, Delivery, Event, Message, Response, User
from widget.storage.models import Workspace as WorkspaceRow
from widget.storage.suppressions import Why, reasons_against

KIM = "kim@shop.example"


def answered(acme: Workspace, score: int = 1, **details: object) -> str:
    said = {"customer_email": KIM, "customer_name": "Kim Larsen", "comment": "Too slow.\nAgain."}
    return answer_survey(acme, acme.survey(), score, **{**said, **details})


def body(mail: EmailMessage, subtype: str = "plain") -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_reply_is_mailed_with_what_it_answers_and_leads_back_into_its_thread(
    any_acme: Workspace,
) -> None:
    acme, server = any_acme, MailServer()
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(User, user_id(acme, acme.owner)).name = "Alice"
    follow_up = reply(acme, answered(acme), "Sorry, Kim.\n\nIt is on <its> way.")
    send_replies(acme, server)
    [(_sender, recipient, mail)] = server.taken
    assert recipient == KIM
    assert mail["From"].addresses[0].display_name == "Alice, Acme"
    assert mail["To"].addresses[0].display_name == "Kim Larsen"
    assert mail["Subject"] == "Your feedback for Acme"
    keys = acme.world.settings.secret_keys
    assert ReplyAddress(keys, INBOUND).read(str(mail["Reply-To"])) == ThreadName(acme.id, follow_up)
    assert mail["Auto-Submitted"] is None
    assert mail["List-Unsubscribe"] is None
    assert mail["In-Reply-To"] is None
    assert body(mail) == (
        "Sorry, Kim.\n\nIt is on <its> way.\n\nYou answered: 1 star\n> Too slow.\n> Again.\n"
    )
    html = body(mail, "html")
    assert "It is on &lt;its&gt; way." in html
    assert "Too slow.<br>" in html
    [message] = queued(acme)
    assert message.status == "sent"
    assert read_message_id(mail["Message-ID"]) == DeliveryName(acme.id, message.id)
    # The queue holds none of the words.
    assert "Sorry" not in str(message.content)


def test_the_mail_speaks_the_customers_language(acme: Workspace) -> None:
    server = MailServer()
    response = answered(acme)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(Response, (acme.id, UUID(response))).language = "de"
    reply(acme, response, "Tut uns leid.")
    send_replies(acme, server)
    [mail] = server.mails
    assert "> Too slow." in body(mail)
    assert "1 Stern" in body(mail)
    assert '<html lang="de" dir="ltr">' in body(mail, "html")


def test_the_first_reply_answers_the_mail_that_asked_and_later_ones_the_whole_thread(
    any_acme: Workspace,
) -> None:
    acme, server = any_acme, MailServer()
    survey = acme.survey()
    set_rules(acme, survey, suppression_days=0)
    request = ask(acme, survey, KIM)
    send_requests(acme)
    with acme.world.app.app_context():
        mail = db.session.scalars(select(Delivery)).one()
        asked = f"<sayso.{acme.id}.{mail.id.hex}@"
    answer_survey(acme, survey, 2, id=str(request), customer_email=KIM)
    follow_up = reply(acme, request)
    acme.world.clock.pass_time(minutes=1)
    reply_again(acme, follow_up)
    send_replies(acme, server)
    first, second = server.mails
    assert first["In-Reply-To"].startswith(asked)
    assert first["References"] == first["In-Reply-To"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [first["In-Reply-To"], first["Message-ID"]]
    assert first["Subject"] == second["Subject"] == "Re: Your feedback for Acme"


def test_a_reply_opens_a_follow_up_where_there_is_none_and_takes_one_that_is_nobodys(
    acme: Workspace,
) -> None:
    alice = user_id(acme, acme.owner)
    set_alerts(acme, assign="nobody")
    response = answered(acme)
    raise_alerts(acme)
    opened = the_follow_up(acme)
    assert opened.assignee_id is None
    assert reply(acme, response) == opened.id
    assert the_follow_up(acme).assignee_id == alice
    assert [note.data["to"] for note in notes(acme, "assignment")] == [alice]
    other = reply(acme, answered(acme, 5))
    assert other != opened.id
    with acme.world.app.app_context():
        names = db.session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names.count("follow_up.replied") == 2


def test_a_follow_up_waits_for_the_customer_once_they_were_replied_to(any_acme: Workspace) -> None:
    acme = any_acme
    follow_up = reply(acme, answered(acme))
    assert the_follow_up(acme).status == "waiting"
    assert notes(acme, "status")[-1].data == {"from": "new", "to": "waiting", "by_reply": True}
    about = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
    with acme.world.app.app_context():
        set_status(db.session(), acme.id, follow_up, "in_progress", **about)
    reply_again(acme, follow_up)
    assert the_follow_up(acme).status == "waiting"
    with acme.world.app.app_context():
        resolve(db.session(), acme.id, follow_up, "", asks_again=False, **about)
    reply_again(acme, follow_up)
    assert the_follow_up(acme).status == "resolved"


def test_thanking_a_content_customer_leaves_nothing_to_do_until_they_write_back(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    follow_up = reply(acme, answered(acme, 5), "Thank you!")
    found = the_follow_up(acme)
    assert (found.status, found.due_at, found.resolved_at) == ("resolved", None, found.opened_at)
    assert queued(acme)[0].status == "due"
    acme.world.clock.pass_time(hours=1)
    mail = InboundMail((), KIM, "Re: Hello", "<1@shop.example>", text="You are welcome.")
    with acme.world.app.app_context():
        name = ThreadName(acme.id, follow_up)
        receive_reply(db.session(), name, mail, home=HOME, at=acme.world.clock())
    found = the_follow_up(acme)
    assert (found.status, found.resolved_at) == ("new", None)
    assert found.due_at is not None


def test_the_same_form_pressed_twice_sends_one_reply(any_acme: Workspace) -> None:
    acme, server = any_acme, MailServer()
    follow_up = reply(acme, answered(acme))
    form = written(acme, "Hello")
    for _press in range(2):
        with acme.world.app.app_context():
            reply_in_follow_up(db.session(), acme.id, follow_up, form, at=acme.world.clock())
    send_replies(acme, server)
    assert len(server.taken) == 2
    assert len(notes(acme, "reply")) == 2


def test_another_text_or_thread_under_the_same_form_is_refused_and_not_lost_silently(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    first, other = reply(acme, answered(acme)), reply(acme, answered(acme))
    form = written(acme, "Hello")
    with acme.world.app.app_context():
        reply_in_follow_up(db.session(), acme.id, first, form, at=acme.world.clock())
    for follow_up, again in ((first, replace(form, text="And more")), (other, form)):
        with (
            acme.world.app.app_context(),
            pytest.raises(FollowUpRefused, match="sent already"),
        ):
            reply_in_follow_up(db.session(), acme.id, follow_up, again, at=acme.world.clock())
    assert len(notes(acme, "reply")) == len(queued(acme)) == 3


@pytest.mark.parametrize(
    ("why", "sentence"),
    [("hard_bounce", "does not exist"), ("complaint", "as spam")],
)
def test_whose_address_fails_or_who_complained_is_not_written_to(
    acme: Workspace, why: Why, sentence: str
) -> None:
    response = answered(acme, customer_email="Kim@Shop.example")
    suppressed(acme, why, KIM)
    with pytest.raises(FollowUpRefused, match=sentence):
        reply(acme, response)
    assert queued(acme) == []


def test_whoever_unsubscribed_from_requests_is_answered_all_the_same(acme: Workspace) -> None:
    server = MailServer()
    suppressed(acme, "unsubscribed", KIM)
    reply(acme, answered(acme))
    send_replies(acme, server)
    assert len(server.taken) == 1


def test_a_customer_without_an_address_is_reached_where_they_asked_to_be(acme: Workspace) -> None:
    server = MailServer()
    with pytest.raises(FollowUpRefused, match="No email address"):
        reply(acme, answered(acme, customer_email="", contact="+49 1234567"))
    reply(acme, answered(acme, customer_email="", contact="kim@home.example"))
    send_replies(acme, server)
    [(_sender, recipient, _mail)] = server.taken
    assert recipient == "kim@home.example"


def test_what_has_changed_until_a_reply_leaves_keeps_it_back(acme: Workspace) -> None:
    server = MailServer()
    reply(acme, answered(acme))
    suppressed(acme, "complaint", KIM)
    gone = answered(acme, customer_email="lee@shop.example")
    reply(acme, gone)
    with acme.world.app.app_context():
        delete_response(db.session(), acme.id, UUID(gone), at=acme.world.clock(), by=None)
    send_replies(acme, server)
    assert server.taken == []
    [message] = queued(acme)
    assert (message.status, "spam" in message.last_error) == ("failed", True)


@pytest.mark.parametrize(
    ("address", "why", "leaves"),
    [
        (KIM, "hard_bounce", False),
        (KIM, "complaint", False),
        ("kim@new.example", "hard_bounce", True),
        ("kim@new.example", "complaint", False),
    ],
)
def test_the_address_that_a_reply_goes_to_is_looked_at_though_the_customers_is_another_now(
    acme: Workspace, address: str, why: Why, leaves: bool
) -> None:
    server, survey = MailServer(), acme.survey()
    request = ask(acme, survey, KIM)
    answer_survey(acme, survey, 1, id=str(request), customer_email=KIM)
    reply(acme, request)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.scalars(select(Customer)).one().email = "kim@new.example"
    suppressed(acme, why, address)
    send_replies(acme, server)
    assert [recipient for _sender, recipient, _mail in server.taken] == ([KIM] if leaves else [])


def test_without_an_address_for_answers_they_go_to_whoever_wrote(acme: Workspace) -> None:
    server = MailServer()
    reply(acme, answered(acme))
    send_replies(acme, server, inbound="")
    assert str(server.mails[0]["Reply-To"]) == acme.owner


def test_in_test_mode_replies_go_to_the_address_for_tests(acme: Workspace) -> None:
    server, response = MailServer(), answered(acme)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(WorkspaceRow, acme.id).test_mail_to = "tests@acme.example"
    reply(acme, response)
    send_replies(acme, server)
    [(_sender, recipient, mail)] = server.taken
    assert recipient == "tests@acme.example"
    assert mail["Subject"] == f"[Test for {KIM}] Your feedback for Acme"


def test_an_address_that_a_mail_server_refuses_for_good_is_not_written_to_again(
    acme: Workspace,
) -> None:
    server = MailServer(refusal=MailRefused(550, "5.1.1 User unknown"))
    reply(acme, answered(acme))
    send_replies(acme, server)
    [message] = queued(acme)
    assert (message.status, message.last_error) == ("bounced", "550 5.1.1 User unknown")
    with pytest.raises(FollowUpRefused, match="does not exist"):
        reply(acme, answered(acme))


def test_a_reply_that_comes_back_is_told_and_its_address_kept(any_acme: Workspace) -> None:
    acme, server = any_acme, MailServer()
    reply(acme, answered(acme))
    send_replies(acme, server)
    [message] = queued(acme)
    report = BounceReport("hard", KIM, "550 no such user", DeliveryName(acme.id, message.id))
    key = acme.world.settings.address_key
    with acme.world.app.app_context():
        about = {"key": key, "reported_by": "dsn", "at": acme.world.clock()}
        assert receive_bounce(db.session(), report, workspace_id=acme.id, **about)
        digest = address_digest(key, KIM)
        assert reasons_against(db.session(), acme.id, digest) == {"hard_bounce"}
    [message] = queued(acme)
    assert (message.status, message.last_error) == ("bounced", "550 no such user")


def came_back(acme: Workspace, message: Message) -> None:
    report = BounceReport("hard", KIM, f"550 no <{KIM}>", DeliveryName(acme.id, message.id))
    about = {"key": acme.world.settings.address_key, "reported_by": "dsn"}
    with acme.world.app.app_context():
        at = acme.world.clock()
        receive_bounce(db.session(), report, workspace_id=acme.id, at=at, **about)


@pytest.mark.parametrize(("score", "stood"), [(1, "waiting"), (5, "resolved")])
@pytest.mark.parametrize("how", ["refused", "gone", "given up", "came back"])
def test_a_reply_that_reached_nobody_is_none_and_whoever_has_the_follow_up_hears_of_it(
    any_acme: Workspace, score: int, stood: str, how: str
) -> None:
    acme, server = any_acme, MailServer()
    reply(acme, answered(acme, score))
    assert the_follow_up(acme).status == stood
    if how in ("refused", "gone"):
        words = "5.1.1 User unknown" if how == "gone" else "5.7.1 Not today"
        server.refusal = MailRefused(550, words)
    if how == "given up":
        suppressed(acme, "complaint", KIM)
    send_replies(acme, server)
    if how == "came back":
        assert (the_follow_up(acme).status, alerts(acme, "unsent")) == (stood, [])
        for _report in range(2):
            came_back(acme, queued(acme)[0])
    [message] = queued(acme)
    assert message.status == ("bounced" if how in ("gone", "came back") else "failed")
    found = the_follow_up(acme)
    assert (found.status, found.resolved_at, found.first_reply_at) == ("in_progress", None, None)
    told = {"from": stood, "to": "in_progress", "by_unsent": True}
    assert [note.data for note in notes(acme, "status") if "by_unsent" in note.data] == [told]
    assert alerts(acme, "unsent") == [("mail", acme.owner)]
    content = last_alert(acme)
    assert content.subject == "Kim Larsen did not get a reply of your team"
    assert content.link == f"{HOME}/console/follow-ups/{found.id}"
    assert KIM not in str(content.to_json())


def test_an_earlier_reply_stays_the_first_and_work_goes_on_where_it_stands(
    any_acme: Workspace,
) -> None:
    acme, server = any_acme, MailServer()
    follow_up, began = reply(acme, answered(acme)), acme.world.clock()
    send_replies(acme, server)
    acme.world.clock.pass_time(hours=1)
    reply_again(acme, follow_up)
    about = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
    with acme.world.app.app_context():
        set_status(db.session(), acme.id, follow_up, "in_progress", **about)
    server.refusal = MailRefused(552, "Too large")
    send_replies(acme, server)
    found = the_follow_up(acme)
    assert (found.status, found.first_reply_at) == ("in_progress", began)
    assert notes(acme, "status")[-1].data == {
        "from": "in_progress",
        "to": "in_progress",
        "by_unsent": True,
    }
    assert len(alerts(acme, "unsent")) == 1


def test_what_came_back_is_told_in_the_follow_up_that_is_open_now(any_acme: Workspace) -> None:
    acme, server = any_acme, MailServer()
    response = answered(acme, 5)
    thanked = reply(acme, response)
    send_replies(acme, server)
    acme.world.clock.pass_time(hours=1)
    about = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
    with acme.world.app.app_context():
        newer = open_by_hand(db.session(), acme.id, UUID(response), **about).id
    came_back(acme, queued(acme)[0])
    stand = {row.id: row.status for row in follow_ups(acme)}
    assert stand == {thanked: "resolved", newer: "new"}
    [told] = [note for note in notes(acme, "status") if "by_unsent" in note.data]
    assert told.follow_up_id == newer


def test_nobody_is_erased_while_a_reply_to_them_is_being_sent(acme: Workspace) -> None:
    customer = add_customer(acme, KIM)
    reply(acme, answered(acme))
    with acme.world.app.app_context():
        db.session.remove()
        lease = timedelta(minutes=2)
        claim_messages(db.engine, acme.world.clock(), limit=1, lease=lease)
    with pytest.raises(EraseLater):
        erase(acme, customer)


def test_a_reply_to_somebody_who_was_erased_does_not_leave(any_acme: Workspace) -> None:
    acme, server = any_acme, MailServer()
    customer = add_customer(acme, KIM)
    response = answered(acme)
    follow_up = reply(acme, response)
    erase(acme, customer)
    send_replies(acme, server)
    assert server.taken == []
    [message] = queued(acme)
    assert (message.target, message.status) == ("", "failed")
    [note] = notes(acme, "reply")
    assert (note.text, note.data) == ("[erased]", {"erased": True})
    with pytest.raises(FollowUpRefused, match="erased"):
        reply_again(acme, follow_up)


def test_a_deleted_response_takes_the_address_of_its_replies_along(acme: Workspace) -> None:
    response = answered(acme)
    reply(acme, response)
    send_replies(acme, MailServer())
    with acme.world.app.app_context():
        delete_response(db.session(), acme.id, UUID(response), at=acme.world.clock(), by=None)
        assert db.session.scalars(select(Message.target)).all() == []
