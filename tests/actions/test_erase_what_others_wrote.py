"""Whoever is erased stands in nothing that others wrote, from before they were a customer too."""

import json

from sqlalchemy import select

from tests.actions.test_erase_customer import erase
from tests.actions.test_receive_reply import letter, receive, thread
from tests.builders import Workspace, add_customer, messages_to
from widget.actions.export_customer import export_customer
from widget.extensions import db
from widget.storage.models import Message

BOB = "bob.zapp@c.example"
SAID = "Bob Zapp here, my phone is 0123"


def texts_of_messages(acme: Workspace) -> list[str]:
    with acme.world.app.app_context():
        db.session.rollback()
        return [json.dumps(one).lower() for one in db.session.scalars(select(Message.content))]


def test_messages_that_are_older_than_the_customer_lose_their_names(any_acme: Workspace) -> None:
    acme = any_acme
    follow_up = thread(acme)
    receive(acme, follow_up, letter(SAID, sender=BOB))
    [told] = messages_to(acme, acme.owner)
    assert (told.subject, told.quote) == (f"Somebody at {BOB} wrote back", SAID)
    acme.world.clock.pass_time(days=2)
    bob = add_customer(acme, BOB, name="Bob Zapp")
    with acme.world.app.app_context():
        about = {"user_id": None, "at": acme.world.clock()}
        data = export_customer(db.session(), acme.id, bob, **about)
    assert [one["purpose"] for one in data["messages_about_them"]] == ["answered"]
    acme.world.clock.pass_time(days=1)
    erase(acme, bob)
    [told] = messages_to(acme, acme.owner)
    assert told.subject == "Somebody at [erased] wrote back"
    assert told.quote == "[erased] here, my phone is 0123"
    assert [text for text in texts_of_messages(acme) if "zapp" in text] == []
