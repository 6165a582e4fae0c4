"""The pages kept in memory, while many threads want them and there is room for few."""

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import World
from widget.domain.flow import steps
from widget.domain.surveys import new_definition
from widget.web.face import pages
from widget.web.face.pages import FaceKey, Typed

DEFINITION = new_definition("stars")


@pytest.fixture
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So little room that every visitor takes another's, and threads that switch all the time."""
    for kept in (pages._faces, pages._pages, pages._steps):
        monkeypatch.setattr(kept, "limit", 2)
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(pause)


def key_of(number: int) -> FaceKey:
    return FaceKey(-1 - number, "en", "Acme", f"survey{number}")


@pytest.mark.usefixtures("room_for_two")
def test_no_visitor_loses_a_page_to_another_who_needs_the_room(world: World) -> None:
    step = steps(DEFINITION)[1]

    def visit(number: int) -> bool:
        chance = random.Random(number)
        with world.app.test_request_context():
            for _ in range(40):
                # As the frame's route does, …
                key = key_of(chance.randrange(6))
                pages.introduce(key, DEFINITION)
                opened = pages.ready_page(key, False).fill(key.face().values("T", "", ""))
                typed = Typed(main_score=chance.randrange(1, 6))
                after = pages.ready_step(key, step, typed, False)
                followed = after.fill(key.face().values("T", "", ""))
                assert key.public_id in opened
                assert key.public_id in followed
                # … and as the express lane does, which never introduces anything.
                key = key_of(chance.randrange(6))
                page = pages.known_page(key, False) or pages.known_step(key, step, typed, False)
                if page is not None:
                    assert key.public_id in page.fill(key.face().values("T", "", ""))
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(visit, range(8)))
    assert len(pages._faces) <= 2


def test_a_page_whose_face_was_dropped_is_not_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.app.test_request_context():
        pages.introduce(key_of(10), DEFINITION)
        key = key_of(10)
        pages.introduce(key, DEFINITION)
        pages.ready_page(key, False)
        assert pages.known_page(key_of(10), False) is not None
        monkeypatch.setattr(pages._faces, "limit", 1)
        pages.introduce(key_of(11), DEFINITION)
    assert pages.known_page(key_of(10), False) is None
    with pytest.raises(LookupError):
        key_of(10).face()
    assert key.face().public_id == "survey10"
