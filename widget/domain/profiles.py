"""Profiles of members: what customers see of them, and what waits for somebody's approval."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from widget.domain.addresses import shown
from widget.domain.errors import ProfileRefused
from widget.domain.languages import normal_tag
from widget.domain.people_rules import ANSWER_LIMIT, ProfileQuestion

NAME_LIMIT = 120
TITLE_LIMIT = 120
BIO_LIMIT = 300
BIO_LINES = 2
LANGUAGES_LIMIT = 10
TAGS_LIMIT = 20
TAG_LIMIT = 40
EMPLOYEE_ID_LIMIT = 100
REASON_LIMIT = 500

Status = Literal["active", "pending", "unapproved", "archived"]
STATUSES: tuple[Status, ...] = get_args(Status)

_APART = re.compile(r"[,;|\n]")


@dataclass(frozen=True)
class Profile:
    """What a member may say about themselves. `photo` is an image's id, `languages` are tags such
    as `pt-BR`, `answers` are those to the workspace's questions by their ids."""

    name: str
    title: str = ""
    bio: str = ""
    photo: str | None = None
    languages: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "languages": list(self.languages)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Profile":
        """What `to_json` gave."""
        return cls(**{**data, "languages": tuple(data["languages"])})


@dataclass(frozen=True)
class Entry:
    """How a workspace knows a member: what only those who lead them decide. `email` is lower case;
    `tags` are the groups that they are in besides their team."""

    email: str | None = None
    employee_id: str | None = None
    team_id: int | None = None
    tags: tuple[str, ...] = ()


NO_ENTRY = Entry()


def tidy_profile(profile: Profile, questions: Iterable[ProfileQuestion]) -> Profile:
    """A profile as it is kept: spaces trimmed, the bio in two lines, answers to questions that are
    asked and no others. Raises ProfileRefused with a sentence for each field."""
    problems: dict[str, str] = {}
    name, title = " ".join(profile.name.split()), " ".join(profile.title.split())
    if not name:
        problems["name"] = "Customers see this name."
    elif len(name) > NAME_LIMIT:
        problems["name"] = f"A name has at most {NAME_LIMIT} characters."
    if len(title) > TITLE_LIMIT:
        problems["title"] = f"A title has at most {TITLE_LIMIT} characters."
    lines = [" ".join(line.split()) for line in profile.bio.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > BIO_LINES:
        problems["bio"] = f"Write {BIO_LINES} lines at most."
    bio = "\n".join(lines)
    if len(bio) > BIO_LIMIT:
        problems["bio"] = f"Write at most {BIO_LIMIT} characters."
    answers: dict[str, str] = {}
    for question in questions:
        answer = " ".join(profile.answers.get(question.id, "").split())
        if len(answer) > ANSWER_LIMIT:
            problems[f"answer.{question.id}"] = f"Write at most {ANSWER_LIMIT} characters."
        if answer:
            answers[question.id] = answer
    if problems:
        raise ProfileRefused(problems)
    return replace(profile, name=name, title=title, bio=bio, answers=answers)


def read_languages(text: str) -> tuple[str, ...]:
    """Tags from a list such as `en, pt-BR`, each once. Raises ProfileRefused."""
    found: dict[str, None] = {}
    for part in _parts(text):
        tag = normal_tag(part)
        if tag is None:
            said = shown(part, 40)
            raise ProfileRefused(
                {"languages": f"“{said}” is no language; write codes such as en, fr, pt-BR."}
            )
        found[tag] = None
    if len(found) > LANGUAGES_LIMIT:
        raise ProfileRefused({"languages": f"Name at most {LANGUAGES_LIMIT} languages."})
    return tuple(found)


def read_tags(text: str) -> tuple[str, ...]:
    """Tags from a list such as `billing, night shift`, each once in the case it came in first.

    Raises ProfileRefused.
    """
    found: dict[str, str] = {}
    for part in _parts(text):
        tag = " ".join(shown(part, TAG_LIMIT + 1).split())
        if len(tag) > TAG_LIMIT:
            raise ProfileRefused({"tags": f"A tag has at most {TAG_LIMIT} characters."})
        found.setdefault(tag.casefold(), tag)
    if len(found) > TAGS_LIMIT:
        raise ProfileRefused({"tags": f"Give at most {TAGS_LIMIT} tags."})
    return tuple(found.values())


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _APART.split(text) if part.strip()]


def status_of(*, is_archived: bool, is_approved: bool, is_pending: bool) -> Status:
    """How a member stands. Whoever waits for review may have an approved profile meanwhile."""
    if is_archived:
        return "archived"
    if is_pending:
        return "pending"
    return "active" if is_approved else "unapproved"
