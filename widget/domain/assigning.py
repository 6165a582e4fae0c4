"""Who is to follow up on a response."""

from collections.abc import Collection, Mapping, Sequence

from widget.domain.teams import DEEPEST, TeamPlace


def leaders_above(
    team_id: int | None,
    teams: Collection[TeamPlace],
    leaders: Mapping[int, Collection[int]],
    *,
    but: int | None = None,
) -> frozenset[int]:
    """The leaders of a team, or of the nearest team above that has any; empty when none has.

    `leaders` are users by team. `but` is a user who is passed over: nobody follows up on what was
    said of themselves.
    """
    by_id = {team.id: team for team in teams}
    for _level in range(DEEPEST + 1):
        if team_id is None:
            break
        found = frozenset(leaders.get(team_id, ())) - {but}
        if found:
            return found
        place = by_id.get(team_id)
        team_id = place.parent_id if place else None
    return frozenset()


def least_busy(people: Collection[int], open_follow_ups: Mapping[int, int]) -> int | None:
    """Of some people the one with the fewest open follow-ups; None of nobody."""
    return min(people, key=lambda id: (open_follow_ups.get(id, 0), id), default=None)


def next_in_turn(people: Sequence[int], last: int | None) -> int | None:
    """Whose turn it is after `last`, in ascending order of their ids and from the start again.

    Whoever has left since is passed over, and whoever came has their turn. None of nobody.
    """
    ordered = sorted(set(people))
    after = [id for id in ordered if last is not None and id > last]
    return next(iter(after or ordered), None)
