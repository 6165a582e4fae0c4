"""Two presses make one page, on either database."""

from threading import Thread
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey, make_workspace
from widget.actions.share_response import share_response, withdraw_share
from widget.domain.errors import CannotShare
from widget.extensions import db
from widget.storage.models import Share
from widget.storage.shares import MadeShare, shared_page


def share(acme: Workspace, response: str) -> MadeShare:
    with acme.world.app.app_context():
        try:
            return share_response(db.session(), acme.id, UUID(response), at=acme.world.clock())
        finally:
            db.session.remove()


def test_pressing_many_times_at_once_makes_one_page(any_acme: Workspace) -> None:
    response = answer_survey(any_acme, any_acme.survey(), 5)
    made: list[MadeShare] = []
    pressing = [Thread(target=lambda: made.append(share(any_acme, response))) for _ in range(8)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    assert len(made) == 8
    assert len({one.public_id for one in made}) == 1
    assert [one.is_new for one in made].count(True) == 1
    with any_acme.world.app.app_context():
        assert db.session.query(Share).count() == 1


def test_a_withdrawn_page_stays_so_and_the_next_is_another(any_acme: Workspace) -> None:
    acme = any_acme
    response = answer_survey(acme, acme.survey(), 4)
    first = share(acme, response)
    with acme.world.app.app_context():
        for _ in range(2):
            withdraw_share(db.session(), acme.id, first.id, at=acme.world.clock())
        page = shared_page(db.session(), acme.id, share_id=first.id)
        assert page is not None
        assert not page.is_open
        db.session.remove()
    second = share(acme, response)
    assert second.is_new
    assert second.public_id != first.public_id


def test_nothing_is_shared_of_what_is_not_good_or_not_there(any_acme: Workspace) -> None:
    acme = any_acme
    for response in (answer_survey(acme, acme.survey(), 3), str(UUID(int=1))):
        with pytest.raises(CannotShare):
            share(acme, response)


def test_another_workspace_shares_withdraws_and_sees_nothing(any_acme: Workspace) -> None:
    acme = any_acme
    response = answer_survey(acme, acme.survey(), 5)
    made = share(acme, response)
    other = make_workspace(acme.world, "Other", "olga@other.example")
    with pytest.raises(CannotShare):
        share(other, response)
    with acme.world.app.app_context():
        withdraw_share(db.session(), other.id, made.id, at=acme.world.clock())
        assert shared_page(db.session(), other.id, share_id=made.id) is None
        page = shared_page(db.session(), acme.id, share_id=made.id)
        assert page is not None
        assert page.is_open
