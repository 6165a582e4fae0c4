"""Changing campaigns: what two at once leave."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.builders import Workspace
from tests.campaigning import add_customers, launched, stored_campaign
from widget.actions import change_campaigns
from widget.actions.change_campaigns import mark_baseline
from widget.extensions import db


def test_two_baselines_at_once_leave_one(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customers(any_acme, 1)
    ids = [launched(any_acme, any_acme.survey("nps"), name=name) for name in ("One", "Two")]
    both, real = Barrier(2), change_campaigns.baseline_of

    def waits(*args: Any) -> object:
        found = real(*args)
        with suppress(BrokenBarrierError):
            both.wait(0.5)
        return found

    monkeypatch.setattr(change_campaigns, "baseline_of", waits)

    def mark(id: int) -> None:
        with any_acme.world.app.app_context(), Session(db.engine) as session:
            at = any_acme.world.clock()
            mark_baseline(session, any_acme.id, id, is_baseline=True, at=at)

    threads = [Thread(target=mark, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(stored_campaign(any_acme, id).is_baseline for id in ids) == 1
