"""Taking somebody out of the words that a team sorts and works by: tags, and guidance.

By their names alone, as out of rules. What names a tag goes on meaning the same one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.guidance import Guidance
from widget.domain.tags import TAG_LIMIT
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import Person
from widget.storage.guidance import guidance_of, set_guidance
from widget.storage.models import BulkChange, Export, Rule, SavedFilter, Tag

Rename = Callable[[str], str]


def redact_words(session: Session, person: Person, at: datetime) -> Counts:
    """Take their names out of the workspace's guidance, and out of its tags wherever those stand;
    what happened to responses is among what `mentions` changes. Comes before that: what is called
    by a tag is to have its new name.
    """
    _redact_guidance(session, person)
    renamed = _rename_tags(session, person)
    _rename_in_rules(session, person, renamed)
    if renamed:
        _rename_in_filters(session, person, renamed)
    return {}


def _redact_guidance(session: Session, person: Person) -> None:
    names, guidance = person.names_alone(), guidance_of(session, person.workspace_id)
    texts = {mood: names(text) for mood, text in guidance.texts.items()}
    if texts != guidance.texts:
        left = Guidance(texts, guidance.without_ours)
        set_guidance(session, person.workspace_id, left)


def _rename_tags(session: Session, person: Person) -> Mapping[str, str]:
    names = person.names_alone()
    renamed: dict[str, str] = {}
    for tag in session.scalars(select(Tag).where(Tag.workspace_id == person.workspace_id)):
        if (name := names(tag.name)) != tag.name:
            # No two of a workspace have one name.
            end = f" {tag.id}"
            renamed[tag.name] = name[: TAG_LIMIT - len(end)].rstrip() + end
            tag.name = renamed[tag.name]
    return renamed


def _rename_in_rules(session: Session, person: Person, renamed: Mapping[str, str]) -> None:
    names = person.names_alone()

    def rename(tag: str) -> str:
        # One that no response has been given yet is on no list.
        return renamed.get(tag) or names(tag)[:TAG_LIMIT]

    for rule in session.scalars(select(Rule).where(Rule.workspace_id == person.workspace_id)):
        rule.conditions = _with_conditions(rule.conditions, rename)
        rule.acts = _with_tags(rule.acts, rename)


def _with_conditions(group: dict[str, Any], rename: Rename) -> dict[str, Any]:
    items = []
    for item in group.get("items", ()):
        if "field" not in item:
            items.append(_with_conditions(item, rename))
        elif item["field"] == "tag" and item.get("value"):
            items.append({**item, "value": rename(item["value"])})
        else:
            items.append(item)
    return {**group, "items": items}


def _rename_in_filters(session: Session, person: Person, renamed: Mapping[str, str]) -> None:
    here = person.workspace_id

    def rename(tag: str) -> str:
        return renamed.get(tag.casefold(), tag)

    for kept in session.scalars(select(SavedFilter).where(SavedFilter.workspace_id == here)):
        asked = parse_qsl(kept.query, keep_blank_values=True)
        left = [(name, rename(value) if name == "tag" else value) for name, value in asked]
        if left != asked:
            kept.query = urlencode(left)
    for change in session.scalars(select(BulkChange).where(BulkChange.workspace_id == here)):
        change.change = _with_tags(change.change, rename)
    for export in session.scalars(select(Export).where(Export.workspace_id == here)):
        export.wanted = _with_tags(export.wanted, rename)
        export.asked = _with_tags(export.asked, rename)


def _with_tags(data: dict[str, Any], rename: Rename) -> dict[str, Any]:
    """The same with other tags in the fields that are of tags, one or a list."""
    left = dict(data)
    for name in ("tag", "tags"):
        if isinstance(value := data.get(name), str):
            left[name] = rename(value)
        elif isinstance(value, list):
            left[name] = list(dict.fromkeys(map(rename, value)))
    return left
