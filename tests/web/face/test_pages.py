"""The pages kept in memory, while many threads want them and there is room for few."""

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.builders import World
from widget.domain.flow import steps
from widget.domain.surveys import Reason, new_definition, with_text
from widget.web.face import pages
from widget.web.face.pages import FaceKey, Filling, Typed, make_face
from widget.web.face.speech import SLOTS

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


@pytest.mark.parametrize("name", SLOTS)
def test_no_text_of_a_team_or_a_customer_becomes_a_slot(world: World, name: str) -> None:
    evil = f"look: \x02{name}\x03\x02tok\x03"
    worded = DEFINITION
    for key in ("question.stars", "negative_prompt", "comment_prompt", "member_fallback"):
        worded = with_text(worded, key, "en", evil)
    worded = replace(worded, negative_reasons=(Reason("x", {"en": evil}),))
    first, follow_up = steps(worded)[:2]
    with world.app.test_request_context():
        face = make_face(worded, "en", evil, "abc")
        values = {**face.values("T", "", ""), name: "SECRET"}
        html = Filling.of(
            face.step_html(first, Typed())
            + face.step_html(follow_up, Typed(main_score=1, comment=evil))
        ).fill(values)
    # The form's own field holds the token, once in each step, and one field is hidden from whom we
    # know; nothing else is filled in.
    own = html.count('name="token" value="SECRET"') + html.count('class="reach"SECRET')
    assert html.count("SECRET") == own
    assert html.count(f"look: {name}tok") == 5


def test_a_mark_that_no_slot_has_stays_what_it_is() -> None:
    assert Filling.of("a\x02other\x03b").parts == ("a\x02other\x03b",)


def test_the_comment_box_takes_no_more_than_may_be_sent(world: World) -> None:
    with world.app.test_request_context():
        face = make_face(DEFINITION, "en", "Acme", "abc")
        html = face.step_html(steps(DEFINITION)[1], Typed(main_score=4))
    assert 'maxlength="5000"' in html
