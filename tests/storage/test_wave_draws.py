"""Drawing a sample shows every customer to the lot, however the database hands them over."""

import pytest
from sqlalchemy import select

from tests.builders import Workspace
from tests.campaigning import add_customers
from widget.domain.sampling import Lot
from widget.extensions import db
from widget.storage import wave_draws
from widget.storage.audiences import Frame
from widget.storage.models import Customer
from widget.storage.wave_draws import draw_bars

PEOPLE = 12


@pytest.mark.parametrize("piece", [1, 5, 12, 100])
def test_as_many_are_drawn_as_were_asked_for_whoever_comes_first(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(wave_draws, "_PIECE", piece)
    add_customers(any_acme, PEOPLE)
    with any_acme.world.app.app_context():
        session = db.session()
        ids = session.scalars(select(Customer.id).where(Customer.email.like("c%@c.example"))).all()
        frame = Frame(any_acme.id, None, None, any_acme.world.clock())
        # A customer who is not shown is missed by whatever seed draws them.
        for seed in map(str, range(8)):
            numbers = [Lot(seed).number(id.hex) for id in ids]
            for asked in range(1, PEOPLE):
                bars = draw_bars(
                    session, frame, (), seed, asked={(): asked}, population={(): PEOPLE}
                )
                assert sum(number <= bars[()] for number in numbers) == asked


def test_a_frame_without_customers_draws_nobody_and_fails_not(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        frame = Frame(any_acme.id, None, None, any_acme.world.clock())
        assert draw_bars(db.session(), frame, (), "seed", asked={}, population={}) == {}
