"""What customers see of a member: nobody's unapproved profile, and always their name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from widget.domain.people_rules import ProfileQuestion


@dataclass(frozen=True)
class MemberCard:
    """A member as customers see them. `photo` is an image's id; every text may be empty.

    `answers` are the workspace's questions that the member has answered, each with its answer.
    """

    name: str
    title: str = ""
    bio: str = ""
    photo: str | None = None
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def initials(self) -> str:
        return initials(self.name)


def initials(name: str) -> str:
    """One or two letters that stand where there is no photo; "" when a name has none."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def answered(
    questions: Iterable[ProfileQuestion], answers: Mapping[str, str] | None
) -> tuple[tuple[str, str], ...]:
    """The questions that have an answer, with it, in the workspace's order."""
    known = answers or {}
    return tuple((asked.text, known[asked.id]) for asked in questions if known.get(asked.id))
