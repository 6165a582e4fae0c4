"""Finding whom a note mentions: `@` and a name or an address, as people write it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mentionable:
    """Somebody of the workspace. `names` are those they go by; an empty one counts for nothing."""

    user_id: int
    email: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a note; `user_id` is whom it mentions."""

    text: str
    user_id: int | None = None


def parts(text: str, people: Sequence[Mentionable]) -> tuple[Part, ...]:
    """A note cut where it mentions somebody. The parts' texts make up the whole note."""
    called = _called(people)
    found: list[Part] = []
    start = at = 0
    while (at := text.find("@", at)) >= 0:
        hit = _named_at(text, at, called)
        if hit is None:
            at += 1
            continue
        end, user_id = hit
        if at > start:
            found.append(Part(text[start:at]))
        found.append(Part(text[at:end], user_id))
        start = at = end
    if start < len(text):
        found.append(Part(text[start:]))
    return tuple(found)


def mentioned(text: str, people: Sequence[Mentionable]) -> tuple[int, ...]:
    """The user ids that a note mentions, each once, in the order of the note."""
    ids = (part.user_id for part in parts(text, people))
    return tuple(dict.fromkeys(id for id in ids if id is not None))


def _named_at(text: str, at: int, called: Sequence[tuple[str, int]]) -> tuple[int, int] | None:
    """Where the name behind an `@` ends, and whose it is; None for no mention."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "._-+"):
        # The middle of an address.
        return None
    for name, user_id in called:
        end = at + 1 + len(name)
        if text[at + 1 : end].casefold() == name and not text[end : end + 1].isalnum():
            return end, user_id
    return None


def _called(people: Sequence[Mentionable]) -> list[tuple[str, int]]:
    """Everything that means one person, and nobody else; longest first."""
    whose = dict(_ways(people))
    meant = Counter(name for name, _ in {*_ways(people)})
    sure = [(name, id) for name, id in whose.items() if meant[name] == 1]
    return sorted(sure, key=lambda pair: -len(pair[0]))


def _ways(people: Sequence[Mentionable]) -> Iterator[tuple[str, int]]:
    for person in people:
        yield person.email.casefold(), person.user_id
        for name in person.names:
            if name.strip():
                yield name.strip().casefold(), person.user_id
                yield name.split()[0].casefold(), person.user_id
