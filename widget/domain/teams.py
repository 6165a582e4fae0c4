"""How teams nest."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from widget.domain.errors import TeamsCannotNest

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
class TeamChoice:
    """A team in a list to choose from. `path` names it and those above it: `Support / Phone`."""

    id: int
    path: str


def team_choices(teams: Iterable[tuple[int, int | None, str]]) -> list[TeamChoice]:
    """Teams, each given as id, parent's id and name, in the order of a tree, by name."""
    by_id = {id: (parent_id, name) for id, parent_id, name in teams}
    paths: list[tuple[tuple[str, ...], tuple[str, ...], int]] = []
    for id in by_id:
        path: list[str] = []
        above: int | None = id
        while above is not None and above in by_id and len(path) <= DEEPEST:
            above, name = by_id[above]
            path.insert(0, name)
        paths.append((tuple(name.casefold() for name in path), tuple(path), id))
    return [TeamChoice(id, " / ".join(path)) for _key, path, id in sorted(paths)]
