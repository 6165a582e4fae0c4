"""The form of a reply on the pages of responses and follow-ups, and what a thread shows of it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.builders import Workspace, add_customer, answer_survey, post
from tests.following import follow_ups, notes, raise_alerts, the_follow_up
from tests.replying import HOME, MailServer, queued, reply, send_replies
from widget.actions.receive_reply import receive_reply
from widget.domain.inbound.mails import Attachment, InboundMail
from widget.domain.mail_addresses import ThreadName
from widget.domain.replies import REPLY_LIMIT
from widget.extensions import db
from widget.outbound.mail.transport import MailRefused
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import FollowUpNote

KIM = "kim@shop.example"


def answered(acme: Workspace, score: int = 1, **details: object) -> str:
    return answer_survey(acme, acme.survey(), score, **{"customer_email": KIM, **details})


def section(page: str, id: str) -> str:
    """A part of a page, by its id."""
    return page.partition(f'id="{id}"')[2].partition("</section>")[0]


def once(page: str) -> str:
    """What a form has for a reply to be sent once."""
    found = re.search(r'name="once" value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


def test_a_reply_from_a_responses_page_opens_a_follow_up_and_shows_in_its_thread(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    client, response = acme.signed_in(), answered(acme)
    path = f"/console/responses/{response}"
    page = client.get(path).text
    assert KIM in section(page, "reply")
    answer = post(client, f"{path}/reply", path, reply="We are sorry.", once=once(page))
    found = the_follow_up(acme)
    assert answer.status_code == 303
    assert answer.location == f"/console/follow-ups/{found.id}#thread"
    thread = section(client.get(answer.location).text, "thread")
    assert "We are sorry." in thread
    assert "Waiting" in thread
    send_replies(acme, MailServer())
    assert ">Sent</span>" in section(client.get(answer.location).text, "thread")


def test_a_form_sent_twice_makes_one_reply(acme: Workspace) -> None:
    client, response = acme.signed_in(), answered(acme)
    path = f"/console/responses/{response}"
    form = {"reply": "We are sorry.", "once": str(new_id())}
    for _press in range(2):
        assert post(client, f"{path}/reply", path, **form).status_code == 303
    assert len(notes(acme, "reply")) == 1
    assert len(queued(acme)) == 1
    assert len(follow_ups(acme)) == 1


def test_what_is_written_into_a_form_that_was_sent_is_kept_and_sent_when_pressed_again(
    acme: Workspace,
) -> None:
    client, path = acme.signed_in(), f"/console/responses/{answered(acme)}"
    used = once(client.get(path).text)
    post(client, f"{path}/reply", path, reply="We are sorry.", once=used)
    # As after the browser's Back.
    form = {"reply": "One thing more.", "once": used}
    answer = post(client, f"{path}/reply", path, **form)
    assert answer.status_code == 422
    shown = section(answer.text, "reply")
    assert "sent already" in shown
    assert "One thing more." in shown
    assert len(queued(acme)) == 1
    form["once"] = once(answer.text)
    assert post(client, f"{path}/reply", path, **form).status_code == 303
    assert [note.text for note in notes(acme, "reply")] == ["We are sorry.", "One thing more."]
    assert len(queued(acme)) == 2


@pytest.mark.parametrize("where", ["response", "follow-up"])
def test_what_cannot_be_sent_is_said_and_nothing_typed_is_lost(acme: Workspace, where: str) -> None:
    client, response = acme.signed_in(), answered(acme)
    path = f"/console/responses/{response}"
    if where == "follow-up":
        raise_alerts(acme)
        path = f"/console/follow-ups/{the_follow_up(acme).id}"
    long = "y" * (REPLY_LIMIT + 1)
    answer = post(client, f"{path}/reply", path, reply=long, once=str(new_id()))
    assert answer.status_code == 422
    assert f"{REPLY_LIMIT} characters" in section(answer.text, "reply")
    assert long in answer.text
    assert post(client, f"{path}/reply", path, reply="x", once="x").status_code == 422
    assert post(client, f"{path}/reply", path, reply=" ", once=str(new_id())).status_code == 422
    assert queued(acme) == []


def test_who_has_no_address_is_told_instead_of_a_form(acme: Workspace) -> None:
    client = acme.signed_in()
    response = answered(acme, customer_email="")
    path = f"/console/responses/{response}"
    form = section(client.get(path).text, "reply")
    assert "No email address of this customer is known" in form
    assert "<textarea" not in form
    answer = post(client, f"{path}/reply", path, reply="Hello", once=str(new_id()))
    assert answer.status_code == 422


def test_the_page_says_where_answers_go(acme: Workspace) -> None:
    client, path = acme.signed_in(), f"/console/responses/{answered(acme)}"
    assert f"The answer goes to {acme.owner} and does not come back here" in client.get(path).text
    settings = acme.world.app.extensions["sayso_settings"]
    object.__setattr__(settings, "inbound_address", "replies@sayso.example")
    assert "The answer comes back into the follow-up’s thread" in client.get(path).text


def test_a_reply_that_did_not_arrive_says_why(acme: Workspace) -> None:
    found = reply(acme, answered(acme))
    send_replies(acme, MailServer(refusal=MailRefused(552, "5.2.2 Mailbox full")))
    thread = section(acme.signed_in().get(f"/console/follow-ups/{found}").text, "thread")
    assert ">Not sent</span>" in thread
    assert "552 5.2.2 Mailbox full" in thread
    assert "Waits no longer: a reply did not reach the customer." in thread


def test_only_leads_reply_and_only_to_what_is_theirs(acme: Workspace) -> None:
    response = answered(acme)
    path = f"/console/responses/{response}"
    viewer = acme.person("vi@acme.example", "viewer")
    assert 'id="reply"' not in viewer.get(path).text
    form = {"reply": "Hello", "once": str(new_id())}
    assert post(viewer, f"{path}/reply", "/console/responses", **form).status_code == 403
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    assert post(sam, f"{path}/reply", "/console/follow-ups", **form).status_code == 404
    assert queued(acme) == []


def test_a_reply_shows_in_the_customers_timeline(acme: Workspace) -> None:
    customer = add_customer(acme, KIM)
    reply(acme, answered(acme), "A word from us.")
    timeline = acme.signed_in().get(f"/console/customers/{customer}").text
    assert "The team replied" in timeline
    assert "A word from us." in timeline


def test_what_came_from_another_address_is_said_to_be_nobody_known(acme: Workspace) -> None:
    customer = add_customer(acme, KIM)
    id = reply(acme, answered(acme))
    mail = InboundMail((), "boss@else.example", "Re: Hello", "<1@else.example>", text="Well")
    with acme.world.app.app_context():
        name = ThreadName(acme.id, id)
        receive_reply(db.session(), name, mail, home=HOME, at=acme.world.clock())
    client = acme.signed_in()
    thread = section(client.get(f"/console/follow-ups/{id}").text, "thread")
    assert "Somebody wrote back" in thread
    assert "Waits no longer: somebody wrote from another address." in thread
    assert "The customer wrote back" not in thread
    timeline = client.get(f"/console/customers/{customer}").text
    assert "Wrote back from another address" in timeline
    assert "From boss@else.example, which is not known to be theirs." in timeline


def test_a_size_that_was_kept_as_it_was_posted_breaks_no_page(acme: Workspace) -> None:
    follow_up = reply(acme, answered(acme))
    kept = {"attachments": [{"name": "bill.pdf", "size": 10**400}, {"name": "b", "size": -1}]}
    with acme.world.app.app_context(), writing(db.session):
        note = db.session.scalars(select(FollowUpNote).where(FollowUpNote.kind == "reply")).one()
        note.kind, note.data = "customer_mail", kept
    shown = section(acme.signed_in().get(f"/console/follow-ups/{follow_up}").text, "thread")
    assert "bill.pdf</span> (9.0 PB)" in shown
    assert "b</span> (0 Bytes)" in shown


def test_a_thread_shows_letters_in_the_order_in_which_they_were_written(acme: Workspace) -> None:
    client, response = acme.signed_in(), answered(acme)
    path = f"/console/responses/{response}"
    form = {"reply": "We are sorry.", "once": once(client.get(path).text)}
    follow_up = post(client, f"{path}/reply", path, **form).location
    acme.world.clock.pass_time(minutes=1)
    mail = InboundMail(
        *((), "someone@else.example", "Re: Hello", "<1@else.example>"),
        text="<b>Thanks</b>\n\n> We are sorry.",
        attachments=(Attachment("<bill>.pdf", 2000),),
        further_attachments=3,
    )
    holiday = replace(mail, message_id="<2@x.example>", headers={"auto-submitted": "auto-replied"})
    with acme.world.app.app_context():
        thread = ThreadName(acme.id, the_follow_up(acme).id)
        for one in (mail, holiday):
            receive_reply(db.session(), thread, one, home=HOME, at=acme.world.clock())
    shown = section(client.get(follow_up).text, "thread")
    in_order = (
        *("Opened by hand.", "We are sorry.", "Somebody wrote back", "From another address"),
        *("&lt;b&gt;Thanks&lt;/b&gt;", "The whole mail", "&lt;bill&gt;.pdf", "and 3 more"),
        "An automatic answer",
    )
    places = [shown.index(words) for words in in_order]
    assert places == sorted(places)
