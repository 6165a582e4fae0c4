"""Campaigns on their way: waves, samples, requests, and what pausing and stopping do to them."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import Workspace, deliveries, set_rules
from tests.campaigning import (
    add_customer,
    add_customers,
    answer,
    audience,
    campaign,
    customer_list,
    emails_asked,
    launch,
    launched,
    requests_of,
    run,
    send,
    steer,
    stored_campaign,
    stored_waves,
)
from widget.actions import run_campaigns as module
from widget.actions.change_audiences import save_audience, save_list
from widget.actions.note_delivery import note_sent
from widget.actions.run_campaigns import campaign_backoff, run_campaigns
from widget.actions.steer_campaign import (
    pause_campaign,
    resume_campaign,
    stop_campaign,
)
from widget.domain.audiences import Rule
from widget.domain.condition_groups import Group
from widget.domain.errors import AudienceRefused, CampaignRefused
from widget.domain.sampling import Lot
from widget.extensions import db
from widget.storage.addresses import digest_addresses_with
from widget.storage.asking import WorkspaceAsking, put_workspace_asking, workspace_asking
from widget.storage.audiences import StoredAudience
from widget.storage.deliveries import claim
from widget.storage.engine import writing
from widget.storage.held_campaigns import MOST_WAITING
from widget.storage.models import Customer, Event, Survey
from widget.storage.suppressions import suppress as suppress_address


def mail_all(acme: Workspace) -> int:
    """Let every mail that may be claimed be taken by a server; returns how many."""
    taken = 0
    with acme.world.app.app_context():
        now = acme.world.clock()
        while batch := claim(db.engine, acme.id, now, limit=100, lease=timedelta(minutes=5)):
            for mail in batch:
                note_sent(db.session(), acme.id, mail.id, now)
            taken += len(batch)
    return taken


def statuses(acme: Workspace, id: int) -> Counter[str]:
    return Counter(f"{row.status} {row.why}".strip() for row in requests_of(acme, id))


def test_a_campaign_asks_everybody_of_its_audience_once(any_acme: Workspace) -> None:
    add_customers(any_acme, 3, "gold", segment="Gold")
    add_customers(any_acme, 2, "tin", segment="Tin")
    add_customer(any_acme, None, segment="Gold")
    gold = audience(any_acme, Rule("segment", "is", "Gold"))
    id = launched(any_acme, any_acme.survey("nps"), audience=gold)
    assert emails_asked(any_acme, id) == [f"gold{n}@c.example" for n in range(3)]
    run(any_acme)
    assert len(requests_of(any_acme, id)) == 3
    [wave] = stored_waves(any_acme, id)
    assert (wave.status, wave.population, wave.size, wave.made) == ("made", 3, 3, 3)
    assert send(any_acme) == 3
    assert [mail.campaign_id for mail in deliveries(any_acme)] == [id] * 3


def test_requests_carry_what_is_known_of_the_customer(any_acme: Workspace) -> None:
    known = {"client": "Acme", "segment": "Gold", "attributes": {"plan": "pro"}}
    add_customer(any_acme, "a@c.example", **known)
    add_customer(any_acme, "b@c.example")
    row, bare = requests_of(any_acme, launched(any_acme, any_acme.survey("nps")))
    assert row.properties == {"plan": "pro", "client": "Acme", "segment": "Gold"}
    assert (row.client, row.segment) == ("Acme", "Gold")
    assert (row.made_by, row.status, row.is_test) == ("campaign", "scheduled", False)
    assert (bare.properties, bare.client, bare.segment, bare.tags) == (None, "", "", [])
    assert (bare.member_id, bare.channel, bare.reminders_sent, bare.sent_at) == (None, "", 0, None)


def test_each_request_is_told_of_by_an_event(any_acme: Workspace) -> None:
    add_customers(any_acme, 3)
    rows = requests_of(any_acme, launched(any_acme, any_acme.survey("nps")))
    with any_acme.world.app.app_context():
        events = db.session.scalars(select(Event).where(Event.name == "request.created")).all()
    assert {event.response_id for event in events} == {row.id for row in rows}
    assert [event.data for event in events] == [{"status": "scheduled", "why": ""}] * 3
    assert {event.at for event in events} == {row.created_at for row in rows}


def test_nobody_who_is_left_out_is_asked(any_acme: Workspace) -> None:
    add_customers(any_acme, 4)
    excluded = customer_list(any_acme, ["c1@c.example", "c3@c.example"])
    id = launched(any_acme, any_acme.survey("nps"), excluded=excluded)
    assert emails_asked(any_acme, id) == ["c0@c.example", "c2@c.example"]


def test_a_sample_is_proportional_and_can_be_drawn_again_from_its_seed(
    any_acme: Workspace,
) -> None:
    add_customers(any_acme, 60, "gold", segment="Gold")
    add_customers(any_acme, 29, "tin", segment="Tin")
    add_customers(any_acme, 1, "one", segment="Lone")
    id = launched(
        any_acme,
        any_acme.survey("nps"),
        who="sample",
        sized_by="number",
        number=30,
        traits=("segment",),
    )
    [wave] = stored_waves(any_acme, id)
    assert [(one.values, one.population, one.asked) for one in wave.strata] == [
        (("Gold",), 60, 20),
        (("Lone",), 1, 1),
        (("Tin",), 29, 9),
    ]
    rows = requests_of(any_acme, id)
    assert Counter(row.stratum for row in rows) == {0: 20, 1: 1, 2: 9}
    with any_acme.world.app.app_context():
        customers = db.session.query(Customer).all()
        lot = Lot(f"{stored_campaign(any_acme, id).seed}:1")
        drawn = []
        for segment, wanted in (("Gold", 20), ("Lone", 1), ("Tin", 9)):
            ids = [one.id for one in customers if one.segment == segment]
            drawn += sorted(ids, key=lambda one: lot.number(one.hex))[:wanted]
    assert sorted(drawn) == [row.customer_id for row in rows]


def test_a_worker_that_dies_in_the_middle_asks_nobody_twice(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(any_acme, 25)
    monkeypatch.setattr(module, "_BATCH", 10)
    id = campaign(any_acme, any_acme.survey("nps"))
    launch(any_acme, id)
    with any_acme.world.app.app_context():
        real, batches = module.add_wave_requests, []

        def dies(*args: object) -> None:
            real(*args)
            batches.append(args)
            if len(batches) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(module, "add_wave_requests", dies)
        with pytest.raises(KeyboardInterrupt):
            run_campaigns(db.engine, any_acme.world.clock())
    assert len(requests_of(any_acme, id)) == 10
    run(any_acme)
    assert len(emails_asked(any_acme, id)) == len(set(emails_asked(any_acme, id))) == 25
    assert stored_waves(any_acme, id)[0].made == 25


def test_two_workers_at_once_ask_everybody_once(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(any_acme, 25)
    monkeypatch.setattr(module, "_BATCH", 10)
    id = campaign(any_acme, any_acme.survey("nps"))
    launch(any_acme, id)
    real, is_other = module.drawn_after, []

    def overtaken(*args: object) -> object:
        found = real(*args)
        if not is_other:
            is_other.append(True)
            # Another worker makes this batch while this one holds what it has read.
            moments = iter([0.0, 0.0, 10.0])
            run_campaigns(db.engine, any_acme.world.clock(), 5.0, lambda: next(moments))
            assert len(requests_of(any_acme, id)) == 10
        return found

    monkeypatch.setattr(module, "drawn_after", overtaken)
    run(any_acme)
    assert len(emails_asked(any_acme, id)) == len(set(emails_asked(any_acme, id))) == 25


def test_one_campaign_that_fails_does_not_keep_another_back(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(acme, 2)
    survey = acme.survey("nps")
    bad, good = campaign(acme, survey, name="Bad"), campaign(acme, survey, name="Good")
    launch(acme, bad)
    launch(acme, good)
    real = module.drawn_after

    def fails(*args: Any) -> object:
        if args[3].campaign_id == bad:
            raise RuntimeError("broken")
        return real(*args)

    monkeypatch.setattr(module, "drawn_after", fails)
    with acme.world.app.app_context():
        backoff = campaign_backoff()
        run_campaigns(db.engine, acme.world.clock(), backoff=backoff)
        assert list(backoff.waiting(acme.world.clock())) == [bad]
    assert len(requests_of(acme, good)) == 2
    monkeypatch.setattr(module, "drawn_after", real)
    run(acme)
    assert len(requests_of(acme, bad)) == 2


def test_a_paused_campaign_sends_nothing_and_goes_on_when_resumed(any_acme: Workspace) -> None:
    add_customers(any_acme, 5)
    id = launched(any_acme, any_acme.survey("nps"))
    send(any_acme)
    steer(any_acme, pause_campaign, id)
    assert mail_all(any_acme) == 0
    assert statuses(any_acme, id) == {"scheduled": 5}
    # Longer than a customer has for answering.
    any_acme.world.clock.pass_time(days=45)
    assert send(any_acme) == 0
    steer(any_acme, resume_campaign, id)
    assert stored_campaign(any_acme, id).status == "running"
    assert send(any_acme) == 5
    assert mail_all(any_acme) == 5


def test_requests_of_a_paused_campaign_wait_and_keep_their_time_for_answering(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, expires_days=10)
    add_customers(any_acme, 2)
    id = launched(any_acme, survey)
    steer(any_acme, pause_campaign, id)
    any_acme.world.clock.pass_time(days=45)
    assert send(any_acme) == 0
    steer(any_acme, resume_campaign, id)
    assert send(any_acme) == 2
    later = any_acme.world.clock() + timedelta(days=10)
    assert [row.expires_at for row in requests_of(any_acme, id)] == [later, later]


def test_others_are_asked_while_a_campaign_is_paused(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 2)
    paused = launched(acme, survey)
    steer(acme, pause_campaign, paused)
    other = launched(acme, survey, name="Other", quiet_days=0)
    assert send(acme) == 2
    assert mail_all(acme) == 2
    assert statuses(acme, other) == {"sent": 2}


def test_a_stopped_campaign_sends_nothing_more_and_says_why(any_acme: Workspace) -> None:
    add_customers(any_acme, 4)
    id = launched(any_acme, any_acme.survey("nps"))
    send(any_acme)
    with any_acme.world.app.app_context():
        now = any_acme.world.clock()
        [first] = claim(db.engine, any_acme.id, now, limit=1, lease=timedelta(minutes=5))
        stop_campaign(db.session(), any_acme.id, id, at=now)
        assert mail_all(any_acme) == 0
        run(any_acme)
        # Whoever had it in hand may have sent it.
        note_sent(db.session(), any_acme.id, first.id, now)
    assert statuses(any_acme, id) == {"sent": 1, "not_sent campaign_stopped": 3}
    assert Counter(mail.status for mail in deliveries(any_acme)) == {"sent": 1, "not_sent": 3}
    assert stored_campaign(any_acme, id).finished_at is not None


def test_a_campaign_that_is_stopped_while_its_requests_are_made_makes_no_more(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(any_acme, 25)
    monkeypatch.setattr(module, "_BATCH", 10)
    id = campaign(any_acme, any_acme.survey("nps"))
    launch(any_acme, id)
    real, calls = module.drawn_after, []

    def stopped_meanwhile(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            steer(any_acme, stop_campaign, id)
        return real(*args)

    monkeypatch.setattr(module, "drawn_after", stopped_meanwhile)
    run(any_acme)
    assert statuses(any_acme, id) == {"not_sent campaign_stopped": 10}


def test_a_stopped_campaign_reminds_nobody_and_its_requests_expire(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, expires_days=20)
    add_customers(any_acme, 2)
    id = launched(any_acme, survey, reminders=2, reminder_days=3)
    send(any_acme)
    mail_all(any_acme)
    any_acme.world.clock.pass_time(days=4)
    assert send(any_acme) == 2
    steer(any_acme, stop_campaign, id)
    run(any_acme)
    assert mail_all(any_acme) == 0
    any_acme.world.clock.pass_time(days=20)
    send(any_acme)
    assert statuses(any_acme, id) == {"expired unanswered": 2}


def test_a_campaign_reminds_by_its_own_rules(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, reminders=0)
    add_customers(any_acme, 1)
    id = launched(any_acme, survey, reminders=1, reminder_days=2)
    send(any_acme)
    mail_all(any_acme)
    [row] = requests_of(any_acme, id)
    assert row.due_at == any_acme.world.clock() + timedelta(days=2)
    any_acme.world.clock.pass_time(days=2)
    send(any_acme)
    assert mail_all(any_acme) == 1
    [row] = requests_of(any_acme, id)
    assert row.reminders_sent == 1
    assert row.due_at == row.expires_at


def test_whoever_was_asked_for_anything_lately_is_not_asked_and_the_reason_is_kept(
    any_acme: Workspace,
) -> None:
    add_customers(any_acme, 3)
    launched(any_acme, any_acme.survey("csat"), audience=customer_list(any_acme, ["c1@c.example"]))
    send(any_acme)
    mail_all(any_acme)
    any_acme.world.clock.pass_time(days=20)
    id = launched(any_acme, any_acme.survey("nps"), name="Next", quiet_days=30)
    send(any_acme)
    assert statuses(any_acme, id) == {"scheduled": 2, "not_sent asked_recently": 1}
    any_acme.world.clock.pass_time(days=11)
    third = launched(any_acme, any_acme.survey("nps"), name="Third", quiet_days=30)
    send(any_acme)
    assert statuses(any_acme, third) == {"not_sent asked_recently": 2, "scheduled": 1}


def test_rules_are_asked_when_a_mail_leaves_not_when_it_is_planned(any_acme: Workspace) -> None:
    add_customers(any_acme, 2)
    id = launched(any_acme, any_acme.survey("nps"))
    with any_acme.world.app.app_context():
        digest_addresses_with(db.engine, lambda email: (f"digest of {email}",))
        with writing(db.session) as session:
            suppress_address(
                session,
                any_acme.id,
                "digest of c0@c.example",
                "unsubscribed",
                any_acme.world.clock(),
            )
    send(any_acme)
    assert statuses(any_acme, id) == {"scheduled": 1, "not_sent unsubscribed": 1}


def test_a_repeated_campaign_asks_again_and_draws_another_sample(any_acme: Workspace) -> None:
    add_customers(any_acme, 200)
    id = launched(
        any_acme,
        any_acme.survey("nps"),
        who="sample",
        sized_by="number",
        number=20,
        every="week",
        repeat=2,
        quiet_days=0,
    )
    any_acme.world.clock.pass_time(days=13)
    run(any_acme)
    assert len(stored_waves(any_acme, id)) == 1
    any_acme.world.clock.pass_time(days=1)
    run(any_acme)
    first, second = stored_waves(any_acme, id)
    assert (first.number, second.number, second.made) == (1, 2, 20)
    rows = requests_of(any_acme, id)
    asked = [{row.customer_id for row in rows if row.wave_id == w.id} for w in (first, second)]
    assert asked[0] != asked[1]


def test_a_wave_that_was_missed_by_more_than_a_day_is_left_out(any_acme: Workspace) -> None:
    add_customers(any_acme, 1)
    id = launched(any_acme, any_acme.survey("nps"), every="week", repeat=1, quiet_days=0)
    any_acme.world.clock.pass_time(days=24)
    run(any_acme)
    assert [wave.number for wave in stored_waves(any_acme, id)] == [1]
    found = stored_campaign(any_acme, id)
    assert found.next_wave_at == found.first_wave_at + timedelta(weeks=4)
    any_acme.world.clock.pass_time(days=4, hours=20)
    run(any_acme)
    assert [wave.number for wave in stored_waves(any_acme, id)] == [1, 5]


def test_resuming_the_day_before_the_next_wave_does_not_ask_twice(any_acme: Workspace) -> None:
    add_customers(any_acme, 2)
    id = launched(any_acme, any_acme.survey("nps"), every="week", repeat=2, quiet_days=0)
    send(any_acme)
    mail_all(any_acme)
    steer(any_acme, pause_campaign, id)
    any_acme.world.clock.pass_time(days=27)
    steer(any_acme, resume_campaign, id)
    run(any_acme)
    assert len(stored_waves(any_acme, id)) == 1
    any_acme.world.clock.pass_time(days=1)
    run(any_acme)
    assert [wave.number for wave in stored_waves(any_acme, id)] == [1, 3]


def test_a_campaign_that_is_sent_once_begins_however_late_it_is_resumed(
    any_acme: Workspace,
) -> None:
    add_customers(any_acme, 2)
    start = any_acme.world.clock() + timedelta(days=2)
    id = launched(any_acme, any_acme.survey("nps"), starts_on=start.date(), starts_hour=9)
    steer(any_acme, pause_campaign, id)
    any_acme.world.clock.pass_time(days=30)
    steer(any_acme, resume_campaign, id)
    run(any_acme)
    assert len(requests_of(any_acme, id)) == 2


def test_an_audience_stays_as_it_is_while_a_wave_is_made_for_it(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(any_acme, 10, "g", segment="Gold")
    add_customers(any_acme, 10, "t", segment="Tin")
    asked = audience(any_acme, Rule("segment", "is", "Gold"), name="Asked")
    left_out = customer_list(any_acme, ["g9@c.example"], name="Left out")
    id = campaign(any_acme, any_acme.survey("nps"), audience=asked, excluded=left_out)
    launch(any_acme, id)
    monkeypatch.setattr(module, "_BATCH", 4)
    real, refused = module.drawn_after, []

    def changed_meanwhile(*args: object) -> object:
        tin = StoredAudience(asked, "Asked", Group("all", (Rule("segment", "is", "Tin"),)))
        listed = StoredAudience(left_out, "Left out", None)
        at = any_acme.world.clock()
        with Session(db.engine) as session:
            with pytest.raises(AudienceRefused) as rules:
                save_audience(session, any_acme.id, tin, at=at)
            with pytest.raises(AudienceRefused) as names:
                save_list(session, any_acme.id, listed, ["g1@c.example"], replaces=True, at=at)
        refused.extend([rules.value.problems, names.value.problems])
        return real(*args)

    monkeypatch.setattr(module, "drawn_after", changed_meanwhile)
    run(any_acme)
    assert emails_asked(any_acme, id) == [f"g{place}@c.example" for place in range(9)]
    assert "“Autumn” are being made" in refused[0]["rules"]
    assert "“Autumn” are being made" in refused[1]["names"]
    monkeypatch.undo()
    with any_acme.world.app.app_context():
        tin = StoredAudience(asked, "Asked", Group("all", (Rule("segment", "is", "Tin"),)))
        save_audience(db.session(), any_acme.id, tin, at=any_acme.world.clock())


def test_a_campaign_is_done_when_nothing_more_can_come_of_it(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    add_customers(any_acme, 2)
    id = launched(any_acme, survey)
    send(any_acme)
    mail_all(any_acme)
    run(any_acme)
    assert stored_campaign(any_acme, id).status == "running"
    answer(any_acme, survey, requests_of(any_acme, id)[0].id, 9)
    any_acme.world.clock.pass_time(days=31)
    send(any_acme)
    run(any_acme)
    assert stored_campaign(any_acme, id).status == "done"
    assert statuses(any_acme, id) == {"answered": 1, "expired unanswered": 1}


def test_a_wave_is_spread_over_days(any_acme: Workspace) -> None:
    add_customers(any_acme, 200)
    id = launched(any_acme, any_acme.survey("nps"), spread_days=4)
    begun = any_acme.world.clock()
    days = Counter((row.due_at - begun).days for row in requests_of(any_acme, id))
    assert len(days) == 4
    assert all(20 < number < 80 for number in days.values())


def test_a_campaign_begins_on_its_day(any_acme: Workspace) -> None:
    add_customers(any_acme, 1)
    start = any_acme.world.clock() + timedelta(days=2)
    id = launched(any_acme, any_acme.survey("nps"), starts_on=start.date(), starts_hour=9)
    assert stored_campaign(any_acme, id).status == "scheduled"
    assert requests_of(any_acme, id) == []
    any_acme.world.clock.pass_time(days=2)
    run(any_acme)
    assert len(requests_of(any_acme, id)) == 1


def test_mails_of_a_campaign_are_made_only_so_far_ahead(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.storage.held_campaigns.MOST_WAITING", 3)
    monkeypatch.setattr("widget.actions.send_due_requests._BATCH", 3)
    assert MOST_WAITING > 200
    add_customers(acme, 8)
    id = launched(acme, acme.survey("nps"))
    send(acme)
    assert len(deliveries(acme)) == 3
    mail_all(acme)
    send(acme)
    assert statuses(acme, id) == {"sent": 3, "scheduled": 5}
    assert len(deliveries(acme)) == 6


def test_what_cannot_be_launched_is_refused_in_words(acme: Workspace) -> None:
    survey = acme.survey("nps")
    id = campaign(acme, survey)
    with pytest.raises(CampaignRefused, match="Nobody"):
        launch(acme, id)
    add_customers(acme, 1)
    launch(acme, id)
    with pytest.raises(CampaignRefused, match="already"):
        launch(acme, id)
    with pytest.raises(CampaignRefused, match="paused"):
        steer(acme, resume_campaign, id)
    steer(acme, stop_campaign, id)
    with pytest.raises(CampaignRefused, match="over"):
        steer(acme, stop_campaign, id)


def test_more_strata_than_can_be_told_are_refused_and_later_ones_left_together(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.actions.steer_campaign.MOST_STRATA", 2)
    monkeypatch.setattr(module, "MOST_STRATA", 2)
    for place in range(2):
        add_customer(acme, f"c{place}@c.example", client=f"Client {place}")
    id = campaign(acme, acme.survey("nps"), traits=("client",))
    launch(acme, id)
    add_customer(acme, "c3@c.example", client="Client 3")
    run(acme)
    [wave] = stored_waves(acme, id)
    assert [(one.values, one.population) for one in wave.strata] == [((), 3)]
    assert len(requests_of(acme, id)) == 3
    other = campaign(acme, acme.survey("nps"), name="Other", traits=("client",))
    with pytest.raises(CampaignRefused, match="strata"):
        launch(acme, other)


def test_a_campaign_in_test_mode_is_a_test(acme: Workspace) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        policy = workspace_asking(session, acme.id).policy
        put_workspace_asking(session, acme.id, WorkspaceAsking(policy, "me@acme.example"))
    add_customers(acme, 1)
    [row] = requests_of(acme, launched(acme, acme.survey("nps")))
    assert row.is_test


def test_a_campaign_of_a_survey_that_closed_since_says_so(acme: Workspace) -> None:
    add_customers(acme, 1)
    id = launched(acme, acme.survey("nps"))
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Survey).values(closed_at=acme.world.clock()))
    send(acme)
    assert statuses(acme, id) == {"not_sent survey_closed": 1}
