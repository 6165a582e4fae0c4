"""Which rows may name somebody: on each database all that do, and few others."""

import pytest
from sqlalchemy import select

from tests.builders import Workspace
from widget.domain.messages import Content
from widget.domain.redaction import Redaction
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.erasing.naming import may_hold
from widget.storage.messages import add_message
from widget.storage.models import Message

NAMES = (
    *("kim@shop.example", "Kim Larsen", "İpek Şahin", "Zoë Löwe", "Иван Петров", "田中 花子"),
    *("מירי כהן", "CRM_10%!", 'Jo "Ace" O\\Neil', "Sis Kiki", "😀 Smith"),
)


def cases(name: str) -> set[str]:
    """A name as somebody may write it."""
    return {
        *(name, name.upper(), name.lower(), name.title(), name.swapcase()),
        *(name.replace("i", "ı"), name.replace("i", "İ"), name.replace("s", "ſ")),
        name.replace("K", "\u212a"),
    }


def chosen(acme: Workspace, said: str, names: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether a text is chosen that stands in JSON, and one that stands by itself."""
    with acme.world.app.app_context(), writing(db.session):
        id = add_message(
            *(db.session(), acme.id, "mail", said, Content("", said)),
            purpose="alert",
            at=acme.world.clock(),
        )
        db.session.flush()
        in_json, alone = (
            db.session.scalar(select(Message.id).where(Message.id == id, may_hold(column, names)))
            is not None
            for column in (Message.content, Message.target)
        )
    return in_json, alone


def test_whatever_holds_a_name_in_any_case_is_chosen(any_acme: Workspace) -> None:
    for name in NAMES:
        takes_out = Redaction((name,))
        written = [f"I am {said}." for said in cases(name)]
        named = [text for text in written if takes_out(text) != text]
        assert named, name
        for text in named:
            assert chosen(any_acme, text, ("nobody else", name)) == (True, True), (name, text)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("Иван Петров", "Sis Kiki")]
)
def test_what_holds_another_name_is_not(any_acme: Workspace, name: str) -> None:
    others = "We are Pat and Quentin of quentin@fjord.example, 大阪 דוד 10."
    assert chosen(any_acme, others, (name,)) == (False, False)
    assert chosen(any_acme, others, ()) == (False, False)
