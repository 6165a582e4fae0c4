"""Whoever is erased stands in nothing that others wrote, from before they were a customer too."""

from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from sqlalchemy import select

from tests.actions.test_erase_customer import erase
from tests.actions.test_receive_reply import letter, receive, thread
from tests.builders import Workspace, add_customer, answer_survey, messages_to
from tests.following import raise_alerts, user_id
from tests.guiding import stored_guidance
from tests.ruling import acted, add_rule, stored_rules
from tests.traces import left_in_rows
from widget.actions.change_guidance import change_guidance
from widget.actions.export_customer import export_customer
from widget.actions.keep_filter import keep_filter
from widget.actions.tag_response import set_tag
from widget.domain.bulk_changes import BulkChange
from widget.domain.condition_groups import Group
from widget.domain.rules.conditions import Condition
from widget.domain.rules.rule import Acts
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import BulkChange as StoredChange
from widget.storage.models import SavedFilter, Tag
from widget.storage.tags import tags_of

BOB = "bob.zapp@c.example"
SAID = "Bob Zapp here, my phone is 0123"


def stands_in(acme: Workspace, *needles: str) -> set[str]:
    """The tables of which some column holds one of some words, without SQLite's own indexes."""
    return {table for table in left_in_rows(acme, needles) if "_words_index_" not in table}


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
    assert stands_in(acme, "zapp") == set()


def test_tags_lose_their_names_and_go_on_meaning_the_same(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    bob = add_customer(acme, BOB, name="Bob  Strauß")
    # A tag has ss for ß, and single spaces.
    named, addressed = "ask bob strauss", f"{'x' * 30} {BOB}"
    add_rule(
        acme,
        Group("any", (Condition("tag", "is", named), Condition("score", "at_most", "2", "stars"))),
        acts=Acts(tags=(named, "late", "bob strauss")),
    )
    id = answer_survey(acme, survey, 1, customer_email="kim@c.example")
    raise_alerts(acme)
    with acme.world.app.app_context():
        owner = user_id(acme, acme.owner)
        about: dict[str, Any] = {"by": owner, "at": acme.world.clock()}
        set_tag(db.session(), acme.id, UUID(id), addressed, given=True, **about)
        set_tag(db.session(), acme.id, UUID(id), "bob strauss", given=False, **about)
        kept = {"is_shared": True, "at": acme.world.clock()}
        query = "tag=ask+bob+strauss&tag=late"
        keep_filter(db.session(), acme.id, owner, "responses", "Those", query, **kept)
        with writing(db.session) as session:
            session.add(
                StoredChange(
                    workspace_id=acme.id,
                    id=new_id(),
                    user_id=owner,
                    change=BulkChange("untag", tag=named).to_json(),
                    response_ids=[UUID(id).hex],
                    total=1,
                    created_at=acme.world.clock(),
                )
            )
    before = stands_in(acme, "strauss", "strauß", "zapp")
    assert before >= {"tags", "rules", "rule_runs", "events", "response_notes", "saved_filters"}
    erase(acme, bob)
    assert stands_in(acme, "strauss", "strauß", "zapp") == set()
    with acme.world.app.app_context():
        ids = {name: id for id, name in db.session.execute(select(Tag.id, Tag.name))}
        of_response = tags_of(db.session(), acme.id, [UUID(id)])[UUID(id)]
        [kept_query] = db.session.scalars(select(SavedFilter.query))
        [change] = db.session.scalars(select(StoredChange.change))
    ask, alone, long = (
        next(name for name in ids if name.startswith(start))
        for start in ("ask [erased] ", "[erased] ", "x" * 30)
    )
    assert [ask, alone] == [f"ask [erased] {ids[ask]}", f"[erased] {ids[alone]}"]
    assert long == f"{'x' * 30} [erased] {ids[long]}"
    assert set(of_response) == {ask, "late", long}
    [rule] = stored_rules(acme)
    assert rule.acts.tags == (ask, "late", alone)
    [group] = rule.conditions.items
    assert isinstance(group, Group)
    assert group.items[0] == Condition("tag", "is", ask)
    assert parse_qs(kept_query) == {"tag": [ask, "late"]}
    assert BulkChange.from_json(change) == BulkChange("untag", tag=ask)
    [run] = acted(acme, id) or ()
    assert [one.text for one in run.did] == ["ask [erased]", "late", "[erased]"]
    # What is found by it is not made anew.
    answer_survey(acme, survey, 1, customer_email="lee@c.example")
    raise_alerts(acme)
    with acme.world.app.app_context():
        assert set(db.session.scalars(select(Tag.name))) == set(ids)


def test_guidance_loses_their_names_and_stays_the_teams_own(any_acme: Workspace) -> None:
    acme = any_acme
    bob = add_customer(acme, BOB, name="Bob Zapp")
    with acme.world.app.app_context():
        about: dict[str, Any] = {"by": user_id(acme, acme.owner), "at": acme.world.clock()}
        said = f"Not as with BOB ZAPP ({BOB}): call first."
        change_guidance(db.session(), acme.id, "negative", said, offers_ours=False, **about)
        change_guidance(db.session(), acme.id, "positive", "Thank Bob.", offers_ours=True, **about)
    assert "workspaces" in stands_in(acme, "zapp")
    erase(acme, bob)
    assert stands_in(acme, "zapp") == set()
    left = stored_guidance(acme)
    # Others are called Bob as well.
    assert left.texts == {
        "negative": "Not as with [erased] ([erased]): call first.",
        "positive": "Thank Bob.",
    }
    assert left.without_ours == {"negative"}
