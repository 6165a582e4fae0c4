"""How teams nest."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from widget.domain.errors import TeamRefused, TeamsCannotNest

NAME_LIMIT = 120
# Deeper than any company; it bounds every walk.
DEEPEST = 20


@dataclass(frozen=True)
class TeamPlace:
    """A team and the one that it is part of; None for one at the top."""

    id: int
    parent_id: int | None


def with_teams_below(teams: Iterable[TeamPlace], roots: Collection[int]) -> frozenset[int]:
    """Some teams with every team below them."""
    children: dict[int, list[int]] = defaultdict(list)
    for team in teams:
        if team.parent_id is not None:
            children[team.parent_id].append(team.id)
    found = set(roots)
    waiting = list(roots)
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def check_nesting(teams: Collection[TeamPlace], team_id: int, parent_id: int | None) -> None:
    """Raises TeamsCannotNest when a team cannot be put below another: it would stand below itself,
    or too deep."""
    if parent_id is None:
        return
    below = with_teams_below(teams, [team_id])
    if parent_id in below:
        raise TeamsCannotNest("A team cannot be part of itself or of a team below it.")
    by_id = {team.id: team for team in teams}
    if _depth(by_id, parent_id) + _height(by_id, below, team_id) > DEEPEST:
        raise TeamsCannotNest(f"Teams nest {DEEPEST} deep at most.")


def _depth(by_id: dict[int, TeamPlace], team_id: int | None) -> int:
    """How many teams stand on the way to the top, this one included."""
    depth = 0
    while team_id is not None and team_id in by_id and depth <= DEEPEST:
        depth, team_id = depth + 1, by_id[team_id].parent_id
    return depth


def _height(by_id: dict[int, TeamPlace], below: Collection[int], team_id: int) -> int:
    """How many levels a team has with those below it, itself included."""
    above = _depth(by_id, team_id) if team_id in by_id else 1
    return max((_depth(by_id, id) for id in below if id in by_id), default=above) - above + 1


@dataclass(frozen=True)
class TeamNode:
    """A team in the order of a tree: `path` has the names from the top, its own last."""

    id: int
    name: str
    parent_id: int | None
    path: tuple[str, ...]

    @property
    def depth(self) -> int:
        """0 for a team at the top."""
        return len(self.path) - 1

    @property
    def full_name(self) -> str:
        """`Support / Phone`."""
        return " / ".join(self.path)


def in_tree_order(teams: Iterable[tuple[int, str, int | None]]) -> list[TeamNode]:
    """Teams, given as id, name and parent, each right before those below it; beside one another by
    name. A team whose parent is not among them stands at the top."""
    rows = sorted(teams, key=lambda row: (row[1].casefold(), row[0]))
    known = {id for id, _name, _parent in rows}
    children: dict[int | None, list[tuple[int, str, int | None]]] = defaultdict(list)
    for row in rows:
        children[row[2] if row[2] in known else None].append(row)
    found: list[TeamNode] = []
    waiting: list[tuple[tuple[int, str, int | None], tuple[str, ...]]] = [
        (row, ()) for row in reversed(children[None])
    ]
    while waiting:
        (id, name, parent_id), above = waiting.pop()
        found.append(TeamNode(id, name, parent_id, (*above, name)))
        waiting += [(row, found[-1].path) for row in reversed(children[id])]
    return found


def tidy_team_name(name: str) -> str:
    """A team's name as it is kept. Raises TeamRefused.

    No slash, as it stands between the teams of a path.
    """
    tidy = " ".join(name.split())
    if not tidy:
        raise TeamRefused("Give the team a name.")
    if len(tidy) > NAME_LIMIT:
        raise TeamRefused(f"A team’s name has at most {NAME_LIMIT} characters.")
    if "/" in tidy:
        raise TeamRefused("A slash stands between teams of a path; leave it out of names.")
    return tidy


class TeamNames:
    """Finds teams by how files call them."""

    def __init__(self, teams: Iterable[TeamNode]) -> None:
        # By each end of a path: `Support / Phone` is also found as `Phone`.
        self._by_end: dict[tuple[str, ...], list[TeamNode]] = defaultdict(list)
        for team in teams:
            folded = _folded(team.path)
            for begin in range(len(folded)):
                self._by_end[folded[begin:]].append(team)

    def find(self, text: str) -> TeamNode | None:
        """The team that a name or a path such as `Support / Phone` means; None for one that is not
        there. Raises TeamRefused when a name is that of several, or of none that could be."""
        parts = _folded(team_path(text))
        fits = self._by_end.get(parts, [])
        whole = [team for team in fits if len(team.path) == len(parts)]
        if whole:
            return whole[0]
        if len(fits) > 1:
            raise TeamRefused(f"Several teams are called “{text.strip()}”; write the whole path.")
        return fits[0] if fits else None


def team_path(text: str) -> tuple[str, ...]:
    """`Support / Phone` as two names. Raises TeamRefused for one that cannot be a team's."""
    return tuple(tidy_team_name(part) for part in text.split("/"))


def _folded(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)
