"""Files of members: read whatever a spreadsheet saved, and planned row by row."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widget.domain.csv_files import write_lines
from widget.domain.errors import FileRefused
from widget.domain.member_files import MOST_ROWS, TEMPLATE, read_member_file
from widget.domain.member_plans import PlannedMember, StoredMember, plan_members
from widget.domain.profiles import Entry, Profile
from widget.domain.request_files import decode
from widget.domain.teams import in_tree_order

ANA = StoredMember(
    1, "ana4public", Profile("Ana", "Support"), Entry("ana@a.example", "E-1", 11, ("x",)), False
)
BO = StoredMember(2, "bo4public", Profile("Bo"), Entry("bo@a.example", "E-2"), True)
TEAMS = in_tree_order([(10, "Support", None), (11, "Phone", 10), (12, "Phone", None)])


def plan(text: str, makes_teams: bool = False) -> list[PlannedMember]:
    rows = read_member_file(text).rows
    return plan_members(rows, [ANA, BO], TEAMS, makes_teams=makes_teams)


def one(text: str, makes_teams: bool = False) -> PlannedMember:
    rows = plan(text, makes_teams)
    assert len(rows) == 1
    return rows[0]


def test_a_row_finds_its_member_by_email_or_employee_id() -> None:
    by_email = one("E-Mail;Title\nANA@a.example;Lead\n")
    assert (by_email.outcome, by_email.member_id) == ("change", 1)
    assert by_email.changes == (("title", "Support", "Lead"),)
    assert one("employee id,name\nE-1,Anna\n").member_id == 1


def test_an_empty_cell_leaves_what_is_there_and_a_dash_empties_it() -> None:
    row = one("email,title,team,tags\nana@a.example,,,\n")
    assert row.outcome == "same"
    row = one("email,title,team,tags,employee id\nana@a.example,-,-,-,-\n")
    assert row.profile == Profile("Ana")
    assert row.entry == Entry("ana@a.example")


def test_somebody_new_needs_a_name() -> None:
    assert "needs a name" in one("email\nnew@a.example\n").problem
    row = one('email,name,languages,tags\nnew@a.example,New,"en, PT","b, a"\n')
    assert (row.outcome, row.member_id) == ("create", None)
    assert row.profile == Profile("New", languages=("en", "pt"))
    assert row.entry == Entry("new@a.example", tags=("b", "a"))


def test_active_archives_and_brings_back() -> None:
    assert one("email,active\nana@a.example,no\n").outcome == "archive"
    assert one("email,active\nbo@a.example,yes\n").outcome == "bring_back"
    # Archived stays archived when nothing is said.
    row = one("email,title\nbo@a.example,X\n")
    assert (row.outcome, row.is_archived) == ("change", True)
    assert one("email,active\nnobody@a.example,no\n").outcome == "same"
    assert "yes or no" in one("email,active\nana@a.example,maybe\n").problem


def test_teams_are_found_by_name_or_path_and_made_only_when_told() -> None:
    assert one("email,team\nana@a.example,Support\n").entry.team_id == 10
    assert one("email,team\nana@a.example,support/phone\n").outcome == "same"
    # A whole path is surer than the end of another.
    assert one("email,team\nana@a.example,Phone\n").entry.team_id == 12
    assert "no team “Night”" in one("email,team\nana@a.example,Night\n").problem
    made = one("email,team\nana@a.example,Support / Night\n", makes_teams=True)
    assert made.new_team == ("Support", "Night")
    assert made.changes == (("team", "Support / Phone", "Support / Night"),)
    deep = "/".join(f"T{number}" for number in range(21))
    assert "20 deep" in one(f"email,team\nana@a.example,{deep}\n", makes_teams=True).problem


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("email,name\nnobody,X\n", "no email address"),
        ("email,employee id\nana@a.example,E-2\n", "the employee id that of Bo"),
        ("email,employee id\nana@a.example,bo4public\n", "known already"),
        ("email,employee id,name\nnew@a.example,ana4public,New\n", "known already"),
        ("email,name\n-,X\n", "by email or employee id"),
        ("email,name\n,X\n", "by email or employee id"),
        (f"email,employee id\nana@a.example,{'x' * 101}\n", "100 characters"),
        ('email,bio\nana@a.example,"1\n2\n3"\n', "2 lines"),
        ("email,languages\nana@a.example,English!\n", "no language"),
        ("email,team\nana@a.example, / \n", "a name"),
    ],
)
def test_a_row_that_is_wrong_says_why(text: str, says: str) -> None:
    row = one(text)
    assert row.outcome == "wrong"
    assert says in row.problem


def test_a_second_row_about_the_same_member_is_refused() -> None:
    rows = plan("email,employee id,title\nana@a.example,,A\n,E-1,B\nbo@a.example,,C\n")
    assert [row.outcome for row in rows] == ["change", "wrong", "change"]
    assert "Row 2 is about Ana already" in rows[1].problem


def test_two_new_members_cannot_have_one_name() -> None:
    rows = plan("email,employee id,name\nn@a.example,E-9,N\nm@a.example,E-9,M\nn@a.example,,N\n")
    assert [row.outcome for row in rows] == ["create", "wrong", "wrong"]
    assert "row 2" in rows[1].problem


def test_a_wrong_row_takes_no_names() -> None:
    rows = plan("email,employee id,name\nn@a.example,E-2,N\nn@a.example,,N\n")
    # The first changes Bo's email; the second is about the same address.
    assert [row.outcome for row in rows] == ["change", "wrong"]
    rows = plan("email,name,team\nn@a.example,N,Nowhere\nn@a.example,N,\n")
    assert [row.outcome for row in rows] == ["wrong", "create"]


def test_the_template_can_be_uploaded() -> None:
    row = one(write_lines(TEMPLATE), makes_teams=True)
    assert (row.outcome, row.problem) == ("create", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line of headers"),
        ("name\nAna\n", "who is who"),
        ("email\n" + "a@a.example\n" * (MOST_ROWS + 1), "more than 10,000 rows"),
        ("email\n" + "x" * 1_000_001, "longer than"),
        ("x" * 1_000_001, "longer than"),
        ('email\n"' + "x" * 200_000 + '"\n', "cannot be read"),
    ],
    ids=["empty", "no names", "rows", "long line", "long header", "long field"],
)
def test_a_file_that_cannot_be_used_is_refused(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_member_file(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_whatever_the_bytes_a_file_is_planned_or_refused(content: bytes) -> None:
    for head in (b"", b"email,name,team,tags,languages,active,bio\n"):
        try:
            plan(decode(head + content), makes_teams=True)
        except FileRefused:
            continue
