"""Making one customer of two: which of the two each field is taken from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from widget.domain.customers import FIELDS, Field

Side = Literal["kept", "other"]


@dataclass(frozen=True)
class Difference:
    """A field, or an attribute, in which two customers differ. `taken` is what is proposed."""

    name: str
    kept: str
    other: str
    taken: Side
    is_attribute: bool = False

    @property
    def key(self) -> str:
        """How a form names the choice."""
        return f"attribute:{self.name}" if self.is_attribute else self.name


@dataclass(frozen=True)
class Known:
    """What is known of a customer."""

    fields: Mapping[Field, str]
    attributes: Mapping[str, str]


def differences(kept: Known, other: Known) -> list[Difference]:
    """What has to be chosen; what only one of them has is taken from that one."""
    found = [
        _difference(name, kept.fields.get(name, ""), other.fields.get(name, "")) for name in FIELDS
    ]
    names = dict.fromkeys([*kept.attributes, *other.attributes])
    found += [
        _difference(name, kept.attributes.get(name, ""), other.attributes.get(name, ""), True)
        for name in names
    ]
    return [one for one in found if one.kept != one.other]


def merged(kept: Known, other: Known, chosen: Mapping[str, Side]) -> Known:
    """The one customer; `chosen` says by `Difference.key` where other than what is proposed."""
    fields, attributes = dict(kept.fields), dict(kept.attributes)
    for one in differences(kept, other):
        value = one.other if chosen.get(one.key, one.taken) == "other" else one.kept
        if one.is_attribute:
            attributes[one.name] = value
        else:
            fields[next(name for name in FIELDS if name == one.name)] = value
    return Known(fields, {name: value for name, value in attributes.items() if value})


def _difference(name: str, kept: str, other: str, is_attribute: bool = False) -> Difference:
    return Difference(name, kept, other, "kept" if kept else "other", is_attribute)
