"""What each row of a file of members does to those who are there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from widget.domain.addresses import email_problem, normal_email, shown
from widget.domain.errors import ProfileRefused, TeamRefused
from widget.domain.member_files import LONGEST_CELL, NOTHING, MemberLine
from widget.domain.people_rules import ProfileQuestion
from widget.domain.profiles import (
    EMPLOYEE_ID_LIMIT,
    NO_ENTRY,
    Entry,
    Profile,
    read_languages,
    read_tags,
    tidy_profile,
)
from widget.domain.teams import DEEPEST, TeamNames, TeamNode, team_path

Outcome = Literal["create", "change", "archive", "bring_back", "same", "wrong"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


_YES = {"1", "true", "yes", "y", "x", "active"}
_NO = {"0", "false", "no", "n", "inactive"}


@dataclass(frozen=True)
class StoredMember:
    """A member as files find them."""

    id: int
    public_id: str
    profile: Profile
    entry: Entry
    is_archived: bool


@dataclass(frozen=True)
class PlannedMember:
    """What a row does. `member_id` is None for a new member; `new_team` the path of a team that is
    to be made. `changes` are (field, before, after) in words; `problem` is why a row is wrong."""

    number: int
    cells: Mapping[str, str]
    outcome: Outcome
    member_id: int | None = None
    profile: Profile | None = None
    entry: Entry = NO_ENTRY
    is_archived: bool = False
    new_team: tuple[str, ...] | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""


def plan_members(
    rows: Iterable[MemberLine],
    known: Sequence[StoredMember],
    teams: Sequence[TeamNode],
    *,
    makes_teams: bool,
) -> list[PlannedMember]:
    """What each row does to the members who are there, in the order of the file."""
    plan = _Plan(known, teams, makes_teams)
    return [plan.row(line) for line in rows]


class _Wrong(Exception):
    """A row cannot be used; says why."""


class _Plan:
    """Who is known by what, while rows are planned one after the other."""

    def __init__(
        self, known: Sequence[StoredMember], teams: Sequence[TeamNode], makes_teams: bool
    ) -> None:
        self._by_email = {one.entry.email: one for one in known if one.entry.email}
        self._by_employee_id = {
            one.entry.employee_id: one for one in known if one.entry.employee_id
        }
        # Who has a name: a member's id, or below 0 the row of somebody whom the file makes.
        self._taken: dict[str, int] = {}
        for one in known:
            for name in (one.entry.email, one.entry.employee_id, one.public_id):
                if name:
                    self._taken[name] = one.id
        self._teams, self._makes_teams = TeamNames(teams), makes_teams
        self._paths = {team.id: team.full_name for team in teams}
        self._rows_of: dict[int, int] = {}

    def row(self, line: MemberLine) -> PlannedMember:
        try:
            return self._planned(line)
        except _Wrong as wrong:
            return PlannedMember(line.number, line.cells, "wrong", problem=str(wrong))
        except ProfileRefused as refused:
            return PlannedMember(line.number, line.cells, "wrong", problem=str(refused))
        except TeamRefused as refused:
            return PlannedMember(line.number, line.cells, "wrong", problem=str(refused))

    def _planned(self, line: MemberLine) -> PlannedMember:
        cells = line.cells
        email, employee_id = _email(cells), _employee_id(cells)
        found = self._found(email, employee_id)
        if found is not None and found.id in self._rows_of:
            raise _Wrong(f"Row {self._rows_of[found.id]} is about {found.profile.name} already.")
        is_active = _is_active(cells)
        if found is None and is_active is False:
            return PlannedMember(line.number, cells, "same")
        old_profile = found.profile if found else Profile(name="")
        old_entry = found.entry if found else Entry()
        profile = _profile(old_profile, cells)
        team_id, new_team = self._team(cells, old_entry.team_id)
        entry = Entry(
            _value(cells, "email", email, old_entry.email),
            _value(cells, "employee_id", employee_id, old_entry.employee_id),
            team_id,
            read_tags(_text(cells["tags"])) if "tags" in cells else old_entry.tags,
        )
        if entry.email is None and entry.employee_id is None:
            raise _Wrong("A member keeps an email or an employee id, or nothing could name them.")
        self._take(entry, found.id if found else -line.number, line.number)
        was_archived = found.is_archived if found else False
        is_archived = was_archived if is_active is None else not is_active
        changes = self._changes((old_profile, old_entry), (profile, entry), new_team)
        return PlannedMember(
            number=line.number,
            cells=cells,
            outcome=_outcome(found, was_archived, is_archived, changes),
            member_id=found.id if found else None,
            profile=profile,
            entry=entry,
            is_archived=is_archived,
            new_team=new_team,
            changes=changes,
        )

    def _found(self, email: str | None, employee_id: str | None) -> StoredMember | None:
        if email is None and employee_id is None:
            raise _Wrong("Say who this is by email or employee id.")
        by_email = self._by_email.get(email) if email else None
        by_id = self._by_employee_id.get(employee_id) if employee_id else None
        if by_email and by_id and by_email.id != by_id.id:
            raise _Wrong(
                f"The email is that of {by_email.profile.name}, the employee id that of "
                f"{by_id.profile.name}."
            )
        return by_email or by_id

    def _take(self, entry: Entry, who: int, number: int) -> None:
        """Let a member be known by the names of an entry, and by no others."""
        names = [name for name in (entry.email, entry.employee_id) if name]
        for name in names:
            other = self._taken.get(name, who)
            if other != who:
                by = f"row {-other}" if other < 0 else "somebody"
                raise _Wrong(f"“{shown(name, 60)}” is how {by} is known already.")
        self._rows_of[who] = number
        for name in names:
            self._taken[name] = who

    def _team(
        self, cells: Mapping[str, str], old: int | None
    ) -> tuple[int | None, tuple[str, ...] | None]:
        """The team that a row puts its member in, or the path of one that is to be made."""
        text = cells.get("team")
        if text is None:
            return old, None
        if text == NOTHING:
            return None, None
        team = self._teams.find(text)
        if team is not None:
            return team.id, None
        path = team_path(text)
        if not self._makes_teams:
            raise _Wrong(f"There is no team “{shown(text, 60)}”.")
        if len(path) > DEEPEST:
            raise _Wrong(f"Teams nest {DEEPEST} deep at most.")
        return None, path

    def _changes(
        self,
        old: tuple[Profile, Entry],
        new: tuple[Profile, Entry],
        new_team: tuple[str, ...] | None,
    ) -> tuple[tuple[str, str, str], ...]:
        before, after = self._words(*old), self._words(*new)
        if new_team:
            after["team"] = " / ".join(new_team)
        return tuple(
            (name, before[name], after[name]) for name in before if before[name] != after[name]
        )

    def _words(self, profile: Profile, entry: Entry) -> dict[str, str]:
        return {
            "name": profile.name,
            "email": entry.email or "",
            "employee_id": entry.employee_id or "",
            "title": profile.title,
            "bio": profile.bio,
            "team": self._paths.get(entry.team_id, "") if entry.team_id else "",
            "tags": ", ".join(entry.tags),
            "languages": ", ".join(profile.languages),
        }


def _outcome(
    found: StoredMember | None, was_archived: bool, is_archived: bool, changes: Sequence[object]
) -> Outcome:
    if found is None:
        return "create"
    if was_archived != is_archived:
        return "archive" if is_archived else "bring_back"
    return "change" if changes else "same"


def _profile(old: Profile, cells: Mapping[str, str]) -> Profile:
    languages = old.languages
    if "languages" in cells:
        languages = read_languages(_text(cells["languages"]))
    wanted = replace(
        old,
        name=_text(cells.get("name", old.name)),
        title=_text(cells.get("title", old.title)),
        bio=_text(cells.get("bio", old.bio)),
        languages=languages,
    )
    if not wanted.name:
        raise _Wrong("A member needs a name, which customers see.")
    # Files say nothing about answers, whatever is asked.
    asked = [ProfileQuestion(id, "") for id in old.answers]
    return tidy_profile(wanted, asked)


def _text(cell: str) -> str:
    return "" if cell == NOTHING else _printable(cell)


def _printable(cell: str) -> str:
    return "\n".join(shown(line, LONGEST_CELL) for line in cell.splitlines())


def _value(cells: Mapping[str, str], column: str, read: str | None, old: str | None) -> str | None:
    return read if column in cells else old


def _email(cells: Mapping[str, str]) -> str | None:
    text = cells.get("email", NOTHING)
    if text == NOTHING:
        return None
    email = normal_email(text)
    problem = email_problem(email)
    if problem:
        raise _Wrong(problem)
    return email


def _employee_id(cells: Mapping[str, str]) -> str | None:
    text = cells.get("employee_id", NOTHING)
    if text == NOTHING:
        return None
    tidy = shown(text, EMPLOYEE_ID_LIMIT + 1)
    if len(tidy) > EMPLOYEE_ID_LIMIT:
        raise _Wrong(f"An employee id has at most {EMPLOYEE_ID_LIMIT} characters.")
    return tidy or None


def _is_active(cells: Mapping[str, str]) -> bool | None:
    word = cells.get("active", "").strip().lower()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise _Wrong("Write yes or no in the column “active”.")
