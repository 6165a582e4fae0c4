"""Files of customers from upload to the directory, on each database, and after a worker's end."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import Workspace, add_customer
from tests.domain.test_customer_files import spreadsheet
from widget.actions import run_customer_imports as running
from widget.actions.erase_customer import erase_customer
from widget.actions.import_customers import (
    discard_customers,
    map_customers,
    start_customers,
    upload_customers,
)
from widget.actions.run_customer_imports import forget_customer_files, run_customer_imports
from widget.domain.errors import EraseLater, FileRefused
from widget.extensions import db
from widget.storage import customer_imports
from widget.storage.customer_imports import ImportRow, customer_import, rows_of_import
from widget.storage.erasing import files_of_others
from widget.storage.erasing.person import PartsNaming, Person
from widget.storage.models import Customer, CustomerImportPart, Event


def upload(acme: Workspace, content: bytes | str, name: str = "list.csv") -> UUID:
    data = content.encode() if isinstance(content, str) else content
    with acme.world.app.app_context():
        at = acme.world.clock()
        details = {"file_name": name, "content": data, "user_id": None, "at": at}
        return upload_customers(db.session, acme.id, **details)


def work(acme: Workspace, **options: Any) -> int:
    with acme.world.app.app_context():
        db.session.remove()
        return run_customer_imports(db.engine, acme.world.clock(), **options)


def stand(acme: Workspace, id: UUID) -> ImportRow:
    with acme.world.app.app_context():
        db.session.rollback()
        return customer_import(db.session(), acme.id, id)


def check(acme: Workspace, id: UUID, *mapping: str) -> ImportRow:
    """Let a file be read, its columns be taken for what is guessed, or said, and be checked."""
    work(acme)
    with acme.world.app.app_context():
        found = stand(acme, id)
        map_customers(db.session, acme.id, id, mapping or found.mapping)
    work(acme)
    return stand(acme, id)


def start(acme: Workspace, id: UUID) -> ImportRow:
    with acme.world.app.app_context():
        start_customers(db.session, acme.id, id)
    work(acme)
    return stand(acme, id)


def count(acme: Workspace) -> int:
    with acme.world.app.app_context():
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Customer)) or 0


def rows(acme: Workspace, id: UUID) -> list[tuple[int, str, str]]:
    with acme.world.app.app_context():
        found = rows_of_import(db.session(), acme.id, id)
        return [(row.number, row.outcome, row.problem) for row in found]


LIST = """email,name,Company,Plan,language
kim@c.example,Kim,Initech,S,da
lee@c.example,Lee,,,
KIM@c.example,Kim,Initech,S,
broken@nowhere,Bo,,,
zoe@c.example,Zoë,,,Klingon!
known@c.example,Known,,,
"""


def test_each_row_says_beforehand_what_it_will_do_and_then_does_it(any_acme: Workspace) -> None:
    add_customer(any_acme, "known@c.example", name="Known")
    id = upload(any_acme, LIST)
    checked = check(any_acme, id)
    assert checked.status == "checked"
    assert checked.counts == {"new": 3, "same": 1, "repeated": 1, "error": 1, "noted": 1}
    assert [(number, outcome) for number, outcome, _problem in rows(any_acme, id)] == [
        (2, "new"),
        (3, "new"),
        (4, "repeated"),
        (5, "error"),
        (6, "new"),
        (7, "same"),
    ]
    assert count(any_acme) == 1
    done = start(any_acme, id)
    assert (done.status, done.done, done.counts) == ("done", 6, checked.counts)
    assert count(any_acme) == 4
    with any_acme.world.app.app_context():
        kim = db.session.scalars(select(Customer).where(Customer.name == "Kim")).one()
        assert (kim.client, kim.attributes, kim.language) == ("Initech", {"Plan": "S"}, "da")
        event = db.session.scalars(select(Event).where(Event.name == "customers.imported")).one()
        assert event.data["counts"] == done.counts
    assert rows(any_acme, id) == [
        (5, "error", "The part after the @ is no mail domain."),
        (
            6,
            "new",
            "The language “Klingon!” is left out."
            " This is no language tag; write it like en or pt-BR.",
        ),
    ]


def test_what_cannot_be_kept_beside_who_somebody_is_keeps_nobody_out(any_acme: Workspace) -> None:
    add_customer(any_acme, "kim@c.example", country="DK", time_zone="Europe/Copenhagen")
    rows_of_file = "email,client,country,time zone\nkim@c.example,Initech,Germany,Mars/Base\n"
    id = upload(any_acme, rows_of_file + "broken,,Germany,\n")
    assert check(any_acme, id).counts == {"changed": 1, "error": 1, "noted": 1}
    note = (
        "The country “Germany” is left out. Write the country with two letters, like PT."
        " The time zone “Mars/Base” is left out."
        " There is no such time zone; write it like Europe/Lisbon."
    )
    assert rows(any_acme, id)[0] == (2, "changed", note)
    assert start(any_acme, id).counts == {"changed": 1, "error": 1, "noted": 1}
    assert [row[:2] for row in rows(any_acme, id)] == [(2, "changed"), (3, "error")]
    with any_acme.world.app.app_context():
        kim = db.session.scalars(select(Customer)).one()
        assert (kim.client, kim.country, kim.time_zone) == ("Initech", "DK", "Europe/Copenhagen")


def test_a_spreadsheet_is_imported_like_a_csv_file(acme: Workspace) -> None:
    content = spreadsheet(("E-Mail", "Kundennummer"), ("kim@c.example", 1042))
    assert start(acme, _checked(acme, content, "list.xlsx")).counts == {"new": 1}
    with acme.world.app.app_context():
        assert db.session.scalars(select(Customer.external_id)).one() == "1042"


def _checked(acme: Workspace, content: bytes | str, name: str = "list.csv") -> UUID:
    id = upload(acme, content, name)
    assert check(acme, id).status == "checked"
    return id


def test_the_columns_are_taken_the_next_time_for_what_was_said(acme: Workspace) -> None:
    id = upload(acme, "Login,Adr\n7,kim@c.example\n")
    check(acme, id, "external_id", "email")
    again = upload(acme, "Adr,Login,New\nlee@c.example,8,x\n")
    work(acme)
    assert stand(acme, again).mapping == ["email", "external_id", "attribute:New"]


def test_columns_may_be_taken_for_something_else_until_it_is_started(acme: Workspace) -> None:
    id = _checked(acme, LIST)
    check(acme, id, "email", "", "", "", "")
    assert stand(acme, id).counts == {"new": 4, "repeated": 1, "error": 1}
    with acme.world.app.app_context(), pytest.raises(FileRefused, match="Two columns"):
        map_customers(db.session, acme.id, id, ["email", "email", "", "", ""])
    with acme.world.app.app_context(), pytest.raises(FileRefused, match="each column"):
        map_customers(db.session, acme.id, id, ["email"])
    start(acme, id)
    with acme.world.app.app_context(), pytest.raises(FileRefused, match="not here any more"):
        map_customers(db.session, acme.id, id, ["email", "", "", "", ""])


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three rows, for a file of several."""
    monkeypatch.setattr(customer_imports, "PART", 3)
    monkeypatch.setattr(running, "PART", 3)


@pytest.mark.usefixtures("small_parts")
def test_a_worker_that_ends_in_the_middle_leaves_nothing_twice_and_nothing_out(
    any_acme: Workspace,
) -> None:
    many = "email\n" + "".join(f"c{number}@c.example\n" for number in range(10))
    id = upload(any_acme, many + "c0@c.example\n")
    # The clock lets each call do one part and no more.
    one_part = {"budget_s": 1.5, "clock": iter(range(10_000)).__next__}
    work(any_acme, **one_part)
    with any_acme.world.app.app_context():
        map_customers(db.session, any_acme.id, id, ["email"])
    for expected in (3, 6, 9):
        work(any_acme, **one_part)
        assert stand(any_acme, id).done == expected
    work(any_acme)
    assert stand(any_acme, id).counts == {"new": 10, "repeated": 1}
    with any_acme.world.app.app_context():
        start_customers(db.session, any_acme.id, id)
    work(any_acme, **one_part)
    assert (stand(any_acme, id).status, count(any_acme)) == ("running", 3)
    work(any_acme)
    assert (stand(any_acme, id).counts, count(any_acme)) == ({"new": 10, "repeated": 1}, 10)


def test_a_row_tells_what_it_changes_and_forgets_that_when_it_is_imported(
    any_acme: Workspace,
) -> None:
    add_customer(any_acme, "kim@c.example", client="Initech", attributes={"Plan": "S"})
    content = "email,name,Company,Plan,country\nkim@c.example,Kim,Hooli,S,Nowhere\n"
    id = upload(any_acme, content + "kim@c.example,Kim,Hooli,L,\nlee@c.example,Lee,Hooli,S,\n")
    check(any_acme, id)
    assert _changes(any_acme, id) == {
        2: [["name", "", "Kim"], ["client", "Initech", "Hooli"]],
        3: [["attribute:Plan", "S", "L"]],
        4: [],
    }
    start(any_acme, id)
    assert _changes(any_acme, id) == {2: []}


def _changes(acme: Workspace, id: UUID) -> dict[int, list[Any]]:
    with acme.world.app.app_context():
        db.session.rollback()
        found = rows_of_import(db.session(), acme.id, id)
        return {row.number: list(row.changes) for row in found}


@pytest.mark.usefixtures("small_parts")
def test_a_row_tells_which_earlier_one_is_about_the_same_customer(any_acme: Workspace) -> None:
    add_customer(any_acme, "known@c.example")
    people = ("kim", "known", "broken@", "lee", "kim", "known", "zoe", "lee", "broken")
    content = "".join(f"{one}@c.example,{place}\n" for place, one in enumerate(people))
    id = upload(any_acme, "email,Place\n" + content)
    assert check(any_acme, id).counts == {"new": 4, "changed": 1, "repeated": 3, "error": 1}
    with any_acme.world.app.app_context():
        found = rows_of_import(db.session(), any_acme.id, id)
        assert {row.number: row.repeats for row in found if row.outcome == "repeated"} == {
            6: 2,
            7: 3,
            9: 5,
        }
    assert start(any_acme, id).counts == {"new": 4, "changed": 1, "repeated": 3, "error": 1}


@pytest.mark.usefixtures("small_parts")
def test_a_file_whose_reading_was_cut_off_is_read_anew(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = upload(any_acme, "email\n" + "".join(f"c{number}@c.example\n" for number in range(7)))
    original = running._keep_part

    def dies(session: Any, workspace_id: int, id: UUID, number: int, *rest: Any) -> bool:
        if number == 2:
            raise KeyboardInterrupt
        return original(session, workspace_id, id, number, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(running, "_keep_part", dies)
        with pytest.raises(KeyboardInterrupt):
            work(any_acme)
    assert (stand(any_acme, id).status, stand(any_acme, id).rows) == ("reading", 6)
    work(any_acme)
    assert stand(any_acme, id).rows == 6
    any_acme.world.clock.pass_time(minutes=16)
    work(any_acme)
    assert (stand(any_acme, id).status, stand(any_acme, id).rows) == ("mapping", 7)


def test_what_cannot_be_read_says_so_and_is_not_kept(acme: Workspace) -> None:
    id = upload(acme, "email\n")
    work(acme)
    found = stand(acme, id)
    assert (found.status, found.problem) == (
        "failed",
        "The file needs a line of headers and at least one row below it.",
    )


def test_a_file_that_is_thrown_away_or_left_waiting_is_emptied(acme: Workspace) -> None:
    thrown, left, done = (_checked(acme, LIST) for _file in range(3))
    start(acme, done)
    with acme.world.app.app_context():
        discard_customers(db.session, acme.id, thrown)
    assert stand(acme, thrown).status == "cancelled"
    acme.world.clock.pass_time(days=2)
    with acme.world.app.app_context():
        db.session.remove()
        forget_customer_files(db.engine, acme.world.clock())
        kept = db.session.scalars(select(CustomerImportPart.import_id)).all()
    assert (stand(acme, left).status, kept) == ("cancelled", [done])
    acme.world.clock.pass_time(days=6)
    with acme.world.app.app_context():
        db.session.remove()
        forget_customer_files(db.engine, acme.world.clock())
        assert db.session.scalars(select(CustomerImportPart)).all() == []


def _erase(acme: Workspace, customer: UUID) -> None:
    with acme.world.app.app_context():
        db.session.rollback()
        erase_customer(
            db.session,
            acme.id,
            customer,
            data=acme.world.settings.data,
            asked_by="api",
            user_id=None,
            at=acme.world.clock(),
        )


def test_files_are_looked_through_while_others_may_write(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = add_customer(any_acme, "kim@c.example")
    first, look, later = _checked(any_acme, LIST), files_of_others.parts_naming, []

    def looks(session: Session, person: Person) -> PartsNaming:
        found = look(session, person)
        # Nothing else could be written within a write transaction.
        later.append(_checked(any_acme, LIST))
        return found

    monkeypatch.setattr(files_of_others, "parts_naming", looks)
    _erase(any_acme, kim)
    assert [stand(any_acme, id).status for id in (first, *later)] == ["cancelled", "cancelled"]
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(CustomerImportPart)).all() == []


def test_whoever_is_erased_is_in_no_file_that_waits(any_acme: Workspace) -> None:
    kim = add_customer(any_acme, "kim@c.example")
    waiting, other = _checked(any_acme, LIST), _checked(any_acme, "email\nlee@c.example\n")
    reading = upload(any_acme, LIST)
    with pytest.raises(EraseLater, match="being imported"):
        _erase(any_acme, kim)
    work(any_acme)
    _erase(any_acme, kim)
    assert [stand(any_acme, id).status for id in (waiting, reading, other)] == [
        "cancelled",
        "cancelled",
        "checked",
    ]


def test_a_file_names_also_who_would_have_another_address_by_it(any_acme: Workspace) -> None:
    kim = add_customer(any_acme, "kim@c.example", external_id="7")
    waiting = _checked(any_acme, "id,email\n7,other@c.example\n")
    _erase(any_acme, kim)
    assert stand(any_acme, waiting).status == "cancelled"
