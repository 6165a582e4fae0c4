"""Somebody is looked for before others have to wait; what is written meanwhile goes as well."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.actions.test_erase_customer import erase
from tests.builders import Workspace, add_customer, answer_survey
from tests.following import follow_ups, raise_alerts, user_id
from tests.replying import HOME
from tests.ruling import acted, add_rule
from tests.traces import EMAIL, leave_traces, left_in_rows
from widget.actions.note_follow_up import write_note
from widget.actions.note_response import Author, note_response
from widget.actions.work_on_follow_up import resolve, set_status
from widget.domain.rules.rule import Acts
from widget.extensions import db
from widget.storage import since as since_module
from widget.storage.engine import writing
from widget.storage.erasing import search
from widget.storage.erasing.found import Found
from widget.storage.erasing.person import Person
from widget.storage.events import append_event
from widget.storage.since import Since

NAME = "Quillon Zephyrine"


def left(acme: Workspace) -> set[str]:
    """Tables that still hold something of whom was erased; indexes of words are purged later."""
    return {table for table in left_in_rows(acme) if "_words_index_" not in table}


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens after each search before a transaction, the first one first."""
    find, happens = search.find, list[Callable[[], object]]()

    def finds(session: Session, person: Person, since: Since | None = None) -> Found:
        found = find(session, person, since)
        if since is None and happens:
            happens.pop(0)()
        return found

    monkeypatch.setattr(search, "find", finds)
    return happens


def answer(acme: Workspace, survey: str, name: str) -> None:
    answer_survey(acme, survey, 1, customer_email=EMAIL, customer_name=name)


def note_names(acme: Workspace, response: UUID) -> None:
    author = Author(user_id(acme, acme.owner), "Alice")
    said, at = f"@lea@acme.example Ask {NAME}.", acme.world.clock()
    with acme.world.app.app_context():
        note_response(db.session(), acme.id, response, author, said, link="", at=at)
        db.session.remove()


def write_of_them(acme: Workspace, followed: UUID, noted: UUID) -> None:
    """All that the team can write about others that names somebody."""
    at, owner = acme.world.clock(), user_id(acme, acme.owner)
    with acme.world.app.app_context():
        session = db.session()
        who = {"user_id": owner, "at": at}
        write_note(session, acme.id, followed, f"A friend of {EMAIL}.", home=HOME, **who)
        resolve(session, acme.id, followed, f"{NAME} called them.", asks_again=False, **who)
        set_status(session, acme.id, followed, "in_progress", **who)
        with writing(session):
            about = {"workspace_id": acme.id, "survey_id": None, "at": at}
            append_event(session, "responses.exported", data={"filter": {"q": [EMAIL]}}, **about)
        db.session.remove()
    note_names(acme, noted)


def test_what_others_write_of_them_while_they_are_looked_for_goes_as_well(
    any_acme: Workspace, searches: list[Callable[[], object]]
) -> None:
    acme, survey = any_acme, any_acme.survey()
    acme.person("lea@acme.example", "manager", sees_all=True)
    add_rule(acme, acts=Acts(mail_to=("desk@acme.example",)), name=f"Like {NAME}’s")
    quillon = add_customer(acme, EMAIL, name=NAME)
    followed, noted = (UUID(answer_survey(acme, survey, 1)) for _ in range(2))
    raise_alerts(acme)
    [thread] = [one.id for one in follow_ups(acme) if one.response_id == followed]
    late = []

    def happens() -> None:
        write_of_them(acme, thread, noted)
        late.append(answer_survey(acme, survey, 1, comment=f"So did {EMAIL}"))
        raise_alerts(acme)

    searches.append(happens)
    erase(acme, quillon)
    assert searches == []
    assert left(acme) == set()
    assert [one.name for one in acted(acme, late[0]) or ()] == ["Like [erased]’s"]
    assert {one.outcome for one in follow_ups(acme)} == {"", "[erased] called them."}


def test_what_was_found_before_is_not_looked_for_again(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced = leave_traces(any_acme)
    # Nothing of what is there is newer than the search.
    monkeypatch.setattr(since_module, "_MARGIN", timedelta(days=-365))
    erase(any_acme, traced.customer)
    assert left(any_acme) == set()


@pytest.mark.parametrize("times", [1, 3])
def test_whoever_says_who_they_are_while_they_are_looked_for_is_looked_for_again(
    any_acme: Workspace,
    searches: list[Callable[[], object]],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    acme, survey = any_acme, any_acme.survey()
    quillon = add_customer(acme, EMAIL)
    answer(acme, survey, "")
    note_names(acme, UUID(answer_survey(acme, survey, 1)))
    monkeypatch.setattr(since_module, "_MARGIN", timedelta(days=-365))
    searches += [lambda: answer(acme, survey, NAME)] * times
    erased = erase(acme, quillon)
    assert searches == []
    assert left(acme) == set()
    assert erased.counts["responses"] == times + 1
