"""Two entries become one customer while a wave that asks them is still being made."""

from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.builders import Workspace
from tests.campaigning import (
    add_customer,
    audience,
    campaign,
    customer_list,
    launch,
    requests_of,
    run,
    stored_campaign,
    stored_waves,
)
from widget.actions import run_campaigns as module
from widget.actions.merge_customers import merge_customers
from widget.domain.audiences import Rule
from widget.domain.sampling import Lot
from widget.extensions import db


def merge(acme: Workspace, kept: UUID, other: UUID) -> None:
    with acme.world.app.app_context(), Session(db.engine) as session:
        at = acme.world.clock()
        merge_customers(session, acme.id, kept, other, {}, user_id=None, at=at)


def made_with_a_merge(
    acme: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    kept: UUID,
    other: UUID,
    *,
    before_batch: int,
    **plan: Any,
) -> list[UUID]:
    """Whom a campaign asks, one customer a batch, whose two entries become one when whom its batch
    of this number asks has been read already; in order of ids."""
    monkeypatch.setattr(module, "_BATCH", 1)
    real, batches = module.drawn_after, []

    def merged_meanwhile(session: Session, *args: Any) -> object:
        found = real(session, *args)
        batches.append(found)
        if len(batches) == before_batch:
            session.rollback()
            merge(acme, kept, other)
        return found

    monkeypatch.setattr(module, "drawn_after", merged_meanwhile)
    id = campaign(acme, acme.survey("nps"), **plan)
    launch(acme, id)
    run(acme)
    [wave] = stored_waves(acme, id)
    rows = requests_of(acme, id)
    assert (wave.status, wave.made) == ("made", len(rows))
    return sorted(row.customer_id for row in rows)


@pytest.mark.parametrize("before_batch", [1, 2, 3])
def test_whoever_was_asked_by_their_other_entry_is_not_asked_again(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, before_batch: int
) -> None:
    other = add_customer(any_acme, "kim@old.example")
    lee = add_customer(any_acme, "lee@c.example")
    kept = add_customer(any_acme, "kim@c.example")
    asked = made_with_a_merge(any_acme, monkeypatch, kept, other, before_batch=before_batch)
    assert asked == [lee, kept]


@pytest.mark.parametrize("before_batch", [1, 2])
def test_whoever_comes_into_the_audience_by_their_other_entry_is_asked(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, before_batch: int
) -> None:
    kept = add_customer(any_acme, "kim@c.example")
    lee = add_customer(any_acme, "lee@c.example", segment="Gold")
    other = add_customer(any_acme, "kim@old.example", segment="Gold")
    gold = audience(any_acme, Rule("segment", "is", "Gold"))
    asked = made_with_a_merge(
        any_acme, monkeypatch, kept, other, before_batch=before_batch, audience=gold
    )
    assert asked == [kept, lee]


def test_whoever_is_left_out_is_not_asked_for_their_other_entry(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = add_customer(any_acme, "kim@c.example")
    lee = add_customer(any_acme, "lee@c.example")
    other = add_customer(any_acme, "kim@old.example")
    excluded = customer_list(any_acme, ["kim@c.example"])
    asked = made_with_a_merge(any_acme, monkeypatch, kept, other, before_batch=2, excluded=excluded)
    assert asked == [lee]


def test_who_merges_while_requests_are_stored_waits_and_one_of_two_is_called_off(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = add_customer(any_acme, "kim@c.example")
    other = add_customer(any_acme, "kim@old.example")
    id = campaign(any_acme, any_acme.survey("nps"))
    launch(any_acme, id)
    real = module.add_wave_requests
    merging = Thread(target=merge, args=(any_acme, kept, other))

    def meanwhile(*args: Any) -> None:
        # Both are locked by now.
        merging.start()
        real(*args)

    monkeypatch.setattr(module, "add_wave_requests", meanwhile)
    run(any_acme)
    merging.join()
    asked = sorted((row.status, row.why, row.customer_id) for row in requests_of(any_acme, id))
    assert asked == [("not_sent", "asked_recently", kept), ("scheduled", "", kept)]


def sample_of_one(acme: Workspace) -> tuple[int, list[UUID]]:
    """A campaign that draws one of four customers; and these, the one that it would draw first."""
    ids = [add_customer(acme, f"c{n}@c.example") for n in range(4)]
    id = campaign(acme, acme.survey("nps"), who="sample", sized_by="number", number=1)
    lot = Lot(f"{stored_campaign(acme, id).seed}:1")
    return id, sorted(ids, key=lambda one: lot.number(one.hex))


@pytest.mark.parametrize("place", [0, 1])
def test_a_sample_has_whoever_was_drawn_by_either_entry(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    id, by_number = sample_of_one(acme)
    other, kept = by_number[place], by_number[place + 2]
    real = module.drawn_after

    def merged_meanwhile(session: Session, *args: Any) -> object:
        found = real(session, *args)
        session.rollback()
        merge(acme, kept, other)
        monkeypatch.setattr(module, "drawn_after", real)
        return found

    monkeypatch.setattr(module, "drawn_after", merged_meanwhile)
    launch(acme, id)
    run(acme)
    drawn = kept if place == 0 else by_number[0]
    assert [row.customer_id for row in requests_of(acme, id)] == [drawn]


def test_who_was_merged_long_before_a_wave_is_drawn_by_the_entry_that_stayed(
    acme: Workspace,
) -> None:
    id, by_number = sample_of_one(acme)
    merge(acme, by_number[2], by_number[0])
    acme.world.clock.pass_time(days=1)
    launch(acme, id)
    run(acme)
    assert [row.customer_id for row in requests_of(acme, id)] == [by_number[1]]
