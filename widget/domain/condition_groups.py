"""Conditions in groups: all, any or none of them hold. A tree, kept as JSON.

What a condition is, each use says for itself: of a customer, of a response.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, get_args

from widget.domain.errors import RulesRefused

Match = Literal["all", "any", "none"]
MATCHES: tuple[Match, ...] = get_args(Match)

# Groups within groups, the outermost counted; conditions and groups in all.
MOST_DEPTH = 3
MOST_ITEMS = 50

Item = TypeVar("Item")


@dataclass(frozen=True)
class Group(Generic[Item]):
    """All, any or none of some items, each a condition or a group. All of none hold always, any of
    none never."""

    match: Match = "all"
    items: "tuple[Item | Group[Item], ...]" = ()


def group_to_json(group: Group[Item], to_json: Callable[[Item], Mapping[str, Any]]) -> Any:
    """The tree as it is stored; `to_json` gives one condition."""
    items = [
        group_to_json(item, to_json) if isinstance(item, Group) else to_json(item)
        for item in group.items
    ]
    return {"match": group.match, "items": items}


def group_from_json(
    data: object, read: Callable[[Mapping[Any, Any]], Item], too_many: str
) -> Group[Item]:
    """The tree from its stored form, in which whatever has a `field` is a condition; `read` reads
    one. Raises RulesRefused for wrong types and words, for groups that go too deep, and with the
    sentence `too_many` for too many items.
    """
    group = _group(data, 1, read, too_many)
    if number_of_items(group) > MOST_ITEMS:
        raise RulesRefused(too_many)
    return group


def _group(
    data: object, depth: int, read: Callable[[Mapping[Any, Any]], Item], too_many: str
) -> Group[Item]:
    if not isinstance(data, Mapping) or not isinstance(items := data.get("items", []), Sequence):
        raise RulesRefused("A group of rules has a match and items.")
    if depth > MOST_DEPTH:
        raise RulesRefused(f"Groups of rules go {MOST_DEPTH} deep at most.")
    if len(items) > MOST_ITEMS:
        raise RulesRefused(too_many)
    match = one_of(MATCHES, data.get("match", "all"), "match")
    return Group(
        match,
        tuple(
            read(item)
            if isinstance(item, Mapping) and "field" in item
            else _group(item, depth + 1, read, too_many)
            for item in items
        ),
    )


def one_of(known: Sequence[Any], value: object, name: str) -> Any:
    """The value, where it is a known one. Raises RulesRefused."""
    if value not in known:
        raise RulesRefused(f"Unknown {name} of a rule: {str(value)[:50]!r}.")
    return value


def walk(group: Group[Item], path: str = "") -> Iterator[tuple[str, Item | Group[Item]]]:
    """Every item of a group with its path, such as `1.0`: the first item of the second group."""
    for place, item in enumerate(group.items):
        at = f"{path}.{place}" if path else str(place)
        yield at, item
        if isinstance(item, Group):
            yield from walk(item, at)


def number_of_items(group: Group[Item]) -> int:
    """How many conditions and groups there are in it."""
    return sum(1 for _item in walk(group))


def problems_of(group: Group[Item], problem: Callable[[Item], str]) -> dict[str, str]:
    """What is not filled in, or not rightly, by the path of the item; `problem` judges one
    condition and answers "" for one that is right."""
    found: dict[str, str] = {}
    for path, item in walk(group):
        wrong = _empty_group(item) if isinstance(item, Group) else problem(item)
        if wrong:
            found[path] = wrong
    return found


def _empty_group(group: Group[Any]) -> str:
    return "" if group.items else "Add a rule to this group, or remove it."


def with_item(group: Group[Item], path: str, item: Item | Group[Item]) -> Group[Item]:
    """The same group with an item added at the end of the group at a path ("" is itself).

    Raises RulesRefused when the path names no group.
    """
    return _changed(group, path, lambda found: Group(found.match, (*found.items, item)))


def without_item(group: Group[Item], path: str) -> Group[Item]:
    """The same group without the item at a path. Raises RulesRefused when there is none."""
    parent, _dot, place = path.rpartition(".")

    def remove(found: Group[Item]) -> Group[Item]:
        if not place.isdigit() or int(place) >= len(found.items):
            raise RulesRefused("There is no such rule.")
        return Group(found.match, found.items[: int(place)] + found.items[int(place) + 1 :])

    return _changed(group, parent, remove)


def _changed(
    group: Group[Item], path: str, change: Callable[[Group[Item]], Group[Item]]
) -> Group[Item]:
    if not path:
        return change(group)
    first, _dot, rest = path.partition(".")
    place = int(first) if first.isdigit() else len(group.items)
    inner = group.items[place] if place < len(group.items) else None
    if not isinstance(inner, Group):
        raise RulesRefused("There is no such group of rules.")
    items = (*group.items[:place], _changed(inner, rest, change), *group.items[place + 1 :])
    return Group(group.match, items)
