"""Mails that come in for a thread: what they change, and what leaves them without effect."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, select

from tests.actions.test_erase_customer import erase
from tests.builders import Workspace, add_customer, answer_survey, messages_to
from tests.following import alerts, follow_ups, notes, raise_alerts, user_id
from tests.replying import HOME, MailServer, reply, reply_again, send_replies
from tests.ruling import add_rule
from tests.traces import left_in_rows
from widget.actions.export_customer import export_customer
from widget.actions.open_follow_up import open_by_hand
from widget.actions.receive_reply import MOST_IN_AN_HOUR, Kind, Outcome, receive_reply
from widget.actions.work_on_follow_up import assign, resolve, set_status
from widget.domain.follow_ups import Status
from widget.domain.inbound.mails import Attachment, InboundMail
from widget.domain.inbound.mime import read_mime
from widget.domain.mail_addresses import ThreadName
from widget.domain.rules.rule import Acts
from widget.extensions import db
from widget.storage.models import Event, FollowUpNote, Message

KIM = "kim@shop.example"
MIME = Path(__file__).parents[1] / "domain" / "inbound" / "mime"
QUOTED = "That helped.\n\nOn 11/23/26 10:12, Alice, Acme wrote:\n> Sorry."


def letter(text: str = QUOTED, **details: object) -> InboundMail:
    said = {
        "to": (),
        "sender": "Kim@Shop.example",
        "subject": "Re: Your feedback",
        "message_id": f"<{abs(hash(text))}@shop.example>",
        "text": text,
    }
    return InboundMail(**{**said, **details})  # type: ignore[arg-type]


def thread(acme: Workspace) -> UUID:
    """A follow-up in which the team has replied."""
    response = answer_survey(acme, acme.survey(), 1, customer_email=KIM, customer_name="Kim")
    return reply(acme, response)


def receive(acme: Workspace, follow_up: UUID, mail: InboundMail) -> Outcome:
    acme.world.clock.pass_time(seconds=1)
    with acme.world.app.app_context():
        name = ThreadName(acme.id, follow_up)
        return receive_reply(db.session(), name, mail, home=HOME, at=acme.world.clock())


def event_names(acme: Workspace) -> list[str]:
    with acme.world.app.app_context():
        return list(db.session.scalars(select(Event.name).order_by(Event.id)))


def test_what_a_customer_writes_back_lands_in_the_thread_and_is_told(any_acme: Workspace) -> None:
    acme = any_acme
    follow_up = thread(acme)
    mail = letter(attachments=(Attachment("bill.pdf", 3000),))
    assert receive(acme, follow_up, mail) == "written"
    [note] = notes(acme, "customer_mail")
    assert note.text == "That helped."
    assert note.data["whole"] == QUOTED
    assert note.data["is_other"] is False
    assert note.data["attachments"] == [{"name": "bill.pdf", "size": 3000}]
    [told] = messages_to(acme, acme.owner)
    assert (told.subject, told.quote) == ("Kim wrote back", "That helped.")
    assert told.link == f"{HOME}/console/follow-ups/{follow_up}"
    assert event_names(acme).count("follow_up.answered") == 1


@pytest.mark.parametrize(("stands", "then"), [("waiting", "in_progress"), ("resolved", "new")])
def test_a_follow_up_that_waits_or_is_resolved_is_taken_up_again(
    any_acme: Workspace, stands: Status, then: Status
) -> None:
    acme, owner = any_acme, user_id(any_acme, any_acme.owner)
    follow_up = thread(acme)
    about = {"user_id": owner, "at": acme.world.clock()}
    with acme.world.app.app_context():
        if stands == "resolved":
            resolve(db.session(), acme.id, follow_up, "Solved", asks_again=False, **about)
        else:
            set_status(db.session(), acme.id, follow_up, stands, **about)
    receive(acme, follow_up, letter())
    [row] = follow_ups(acme)
    assert (row.status, row.resolved_at) == (then, None)
    assert notes(acme, "status")[-1].data == {"from": stands, "to": then, "by_mail": True}


def test_a_mail_for_a_resolved_follow_up_goes_to_the_one_that_is_open(acme: Workspace) -> None:
    follow_up, owner = thread(acme), user_id(acme, acme.owner)
    response = follow_ups(acme)[0].response_id
    about = {"user_id": owner, "at": acme.world.clock()}
    with acme.world.app.app_context():
        resolve(db.session(), acme.id, follow_up, "Solved", asks_again=False, **about)
        other = open_by_hand(db.session(), acme.id, response, **about).id
    mail = letter()
    assert receive(acme, follow_up, mail) == "written"
    assert [note.follow_up_id for note in notes(acme, "customer_mail")] == [other]
    assert receive(acme, follow_up, mail) == "known"


def test_the_same_mail_twice_is_kept_once(any_acme: Workspace) -> None:
    acme = any_acme
    follow_up = thread(acme)
    for mail in (letter(), letter(message_id="")):
        assert receive(acme, follow_up, mail) == "written"
        assert receive(acme, follow_up, mail) == "known"
    assert len(notes(acme, "customer_mail")) == 2
    assert len(messages_to(acme, acme.owner)) == 2


@pytest.mark.parametrize(
    "name", ["auto-exchange-out-of-office", "auto-gmail-vacation", "auto-german-without-headers"]
)
def test_a_programs_answer_opens_nothing_again_and_is_told_to_nobody(
    acme: Workspace, name: str
) -> None:
    follow_up, owner = thread(acme), user_id(acme, acme.owner)
    with acme.world.app.app_context():
        about = {"user_id": owner, "at": acme.world.clock()}
        resolve(db.session(), acme.id, follow_up, "Solved", asks_again=False, **about)
    mail = read_mime((MIME / f"{name}.eml").read_bytes())
    assert receive(acme, follow_up, mail) == "automatic"
    [row] = follow_ups(acme)
    assert row.status == "resolved"
    assert messages_to(acme, acme.owner) == []
    assert "follow_up.answered" not in event_names(acme)
    assert len(notes(acme, "auto_reply")) == 1


def test_nothing_that_comes_in_is_ever_answered(acme: Workspace) -> None:
    server = MailServer()
    follow_up = thread(acme)
    send_replies(acme, server)
    receive(acme, follow_up, letter())
    send_replies(acme, server)
    assert len(server.taken) == 1
    assert {target for _channel, target in alerts(acme, "answered")} == {acme.owner}


def test_a_mail_from_another_address_is_kept_and_marked(acme: Workspace) -> None:
    follow_up = thread(acme)
    assert receive(acme, follow_up, letter(sender="boss@shop.example")) == "written"
    [note] = notes(acme, "customer_mail")
    assert (note.data["is_other"], note.data["from"]) == (True, "boss@shop.example")
    [told] = messages_to(acme, acme.owner)
    assert told.subject == "Somebody at boss@shop.example wrote back"
    assert told.text.startswith("Somebody at boss@shop.example answered")
    assert ("Customer", "Kim") in told.facts


def test_a_thread_that_gets_too_many_mails_takes_no_more_for_an_hour(acme: Workspace) -> None:
    follow_up = thread(acme)
    for number in range(MOST_IN_AN_HOUR["customer_mail"]):
        assert receive(acme, follow_up, letter(f"Number {number}")) == "written"
    assert receive(acme, follow_up, letter("One more")) == "too_many"
    acme.world.clock.pass_time(hours=2)
    assert receive(acme, follow_up, letter("One more")) == "written"


def test_a_flood_of_automatic_answers_leaves_room_for_what_a_person_writes(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up, programs = thread(acme), {"auto-submitted": "auto-replied"}
    few: dict[Kind, int] = {"customer_mail": 2, "auto_reply": 3}
    monkeypatch.setattr("widget.actions.receive_reply.MOST_IN_A_THREAD", few)
    outcomes = [
        receive(acme, follow_up, letter(f"Away {number}", headers=programs)) for number in range(4)
    ]
    assert outcomes == ["automatic"] * 3 + ["too_many"]
    assert receive(acme, follow_up, letter("Thank you")) == "written"
    assert receive(acme, follow_up, letter("One thing more")) == "written"
    assert receive(acme, follow_up, letter("And another")) == "too_many"


def test_automatic_answers_are_bounded_in_an_hour_too(acme: Workspace) -> None:
    follow_up, programs = thread(acme), {"auto-submitted": "auto-replied"}
    for number in range(MOST_IN_AN_HOUR["auto_reply"]):
        mail = letter(f"Away {number}", headers=programs)
        assert receive(acme, follow_up, mail) == "automatic"
    assert receive(acme, follow_up, letter("Away", headers=programs)) == "too_many"
    acme.world.clock.pass_time(hours=2)
    assert receive(acme, follow_up, letter("Away", headers=programs)) == "automatic"


def test_a_mail_for_no_thread_is_left_out(acme: Workspace) -> None:
    assert receive(acme, UUID(int=7), letter()) == "nobodys"


def test_a_reply_after_that_refers_to_what_the_customer_wrote(acme: Workspace) -> None:
    server = MailServer()
    follow_up = thread(acme)
    mail = letter()
    receive(acme, follow_up, mail)
    reply_again(acme, follow_up)
    send_replies(acme, server)
    first, second = server.mails
    assert second["In-Reply-To"] == mail.message_id
    assert second["References"].split() == [first["Message-ID"], mail.message_id]


def test_whoever_has_the_follow_up_hears_of_it(acme: Workspace) -> None:
    follow_up = thread(acme)
    acme.person("sam@acme.example", "manager", sees_all=True)
    with acme.world.app.app_context():
        sam = user_id(acme, "sam@acme.example")
        about = {"user_id": sam, "home": HOME, "at": acme.world.clock()}
        assign(db.session(), acme.id, follow_up, sam, **about)
    receive(acme, follow_up, letter())
    assert alerts(acme, "answered") == [("mail", "sam@acme.example")]


def test_one_persons_data_hold_their_letters_until_they_are_erased(any_acme: Workspace) -> None:
    acme = any_acme
    customer = add_customer(acme, KIM)
    follow_up = thread(acme)
    secret = "The xylophone is profusely vermilion.\n\nOn 11/23/26 10:12, x wrote:\n> saxifrage"
    receive(acme, follow_up, letter(secret))
    with acme.world.app.app_context():
        about = {"user_id": None, "at": acme.world.clock()}
        data = str(export_customer(db.session(), acme.id, customer, **about))
    assert "vermilion" in data
    assert "saxifrage" in data
    erase(acme, customer)
    assert {table for table in left_in_rows(acme) if "_words_index_" not in table} == set()
    assert receive(acme, follow_up, letter("Once more")) == "nobodys"


def test_a_mail_that_comes_again_after_weeks_is_known_by_its_message_id(acme: Workspace) -> None:
    follow_up = thread(acme)
    mail = letter()
    assert receive(acme, follow_up, mail) == "written"
    acme.world.clock.pass_time(days=40)
    assert receive(acme, follow_up, replace(mail, text="Changed on the way")) == "known"


def test_whoever_wrote_into_somebody_elses_thread_is_erased_from_it(any_acme: Workspace) -> None:
    acme = any_acme
    sam = add_customer(acme, "sam@shop.example", name="Sam Brockenhurst")
    follow_up = thread(acme)
    text = "I am Sam Brockenhurst of sam@shop.example.\n\nOn 11/23/26 10:12, x wrote:\n> So"
    receive(acme, follow_up, letter(text, sender="sam@shop.example"))
    erase(acme, sam)
    [note] = notes(acme, "customer_mail")
    [told] = messages_to(acme, acme.owner)
    for name in ("sam@shop", "Brockenhurst"):
        assert name not in note.text + str(note.data) + str(told)
    assert "I am" in note.text


def test_letters_of_others_are_not_read_to_erase_somebody(any_acme: Workspace) -> None:
    acme, read = any_acme, list[str]()
    sam = add_customer(acme, "sam@shop.example", name="Sam Brockenhurst")
    theirs, others = thread(acme), thread(acme)
    receive(acme, theirs, letter("I am SAM Brockenhurst.", sender="else@shop.example"))
    receive(acme, theirs, letter("Me", subject="From sam@SHOP.example"))
    receive(acme, others, letter("Somebody else’s words"))

    def note_read(note: FollowUpNote, _context: object) -> None:
        if note.kind != "reply":
            read.append(note.text)

    event.listen(FollowUpNote, "load", note_read)
    erase(acme, sam)
    event.remove(FollowUpNote, "load", note_read)
    assert sorted(read) == ["I am SAM Brockenhurst.", "Me"]
    assert {note.text: note.data["subject"] for note in notes(acme, "customer_mail")} == {
        "I am [erased].": "Re: Your feedback",
        "Me": "From [erased]",
        "Somebody else’s words": "Re: Your feedback",
    }


def test_what_a_letter_says_is_taken_out_of_nothing_that_others_wrote_or_are_sent(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    kim = add_customer(acme, KIM, name="Kim Larsen")
    add_rule(acme, acts=Acts(mail_to=("desk@acme.example",)))
    theirs = thread(acme)
    survey = acme.survey()
    pat = {"customer_email": "pat@shop.example", "customer_name": "Pat"}
    about_pat = answer_survey(acme, survey, 1, comment="Ask Kim Larsen.", **pat)
    others = reply(acme, about_pat)
    rule_mail = "A customer’s answer fits your rule “Late ones”."
    asked = "I would like to have my money back, please"
    receive(acme, theirs, letter(f"{rule_mail} {asked}"))
    receive(acme, others, letter(f"{asked}. Pat", sender="pat@shop.example"))
    raise_alerts(acme)
    erase(acme, kim)
    assert [note.text for note in notes(acme, "customer_mail")] == ["[erased]", f"{asked}. Pat"]
    with acme.world.app.app_context():
        queued = {
            about_pat in row.content["link"]: (
                row.status,
                row.content["text"],
                row.content["quote"],
            )
            for row in db.session.scalars(select(Message).where(Message.purpose == "rule"))
        }
    assert queued == {
        True: ("due", rule_mail, "Ask [erased]."),
        False: ("failed", "[erased]", ""),
    }
