"""How many customers a workspace has in each group, and whose scores it lays beside its own.

Both are stated by the workspace: nothing of it is known otherwise, and none is made up here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from widget.domain.addresses import storable
from widget.domain.errors import StrataRefused

Attribute = Literal["segment", "client"]
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)
Strata = Mapping[str, int]
"""How many customers each group has, by the value of the attribute."""

MOST_STRATA = 200
_NAME_LIMIT, _MOST_CUSTOMERS = 200, 2_000_000_000
# A name, which may have commas of its own, and a number whose thousands may be apart.
_LINE = re.compile(r"(.+?)\s*[,;:\t=]\s*([0-9][0-9 ’'.,\u00a0\u202f]*)")
_APART = re.compile(r"[^0-9]")
_EARLIEST_YEAR = 2000
_REFERENCE_NAME_LIMIT, _SOURCE_LIMIT = 100, 500
MOST_REFERENCES = 20


@dataclass(frozen=True)
class Reference:
    """Somebody else's published net promoter score, −100 to 100; `answers` is None where nobody
    says of how many it is."""

    name: str
    value: float
    source: str
    year: int
    answers: int | None


def read_strata(text: str) -> dict[str, int]:
    """Groups with their sizes from lines such as `Enterprise, 120`; empty lines are left out.

    Raises StrataRefused with a sentence that names the line.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(storable(text).splitlines(), 1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            raise StrataRefused(
                f"Line {number}: write a name, a comma, and how many customers there are, "
                "such as “Enterprise, 120”."
            )
        name, customers = parts[1], int(_APART.sub("", parts[2]))
        if len(name) > _NAME_LIMIT:
            raise StrataRefused(f"Line {number}: a name has at most {_NAME_LIMIT} characters.")
        if not 0 < customers <= _MOST_CUSTOMERS:
            raise StrataRefused(f"Line {number}: write a number of customers above 0.")
        if name in found:
            raise StrataRefused(f"Line {number}: “{name}” stands there twice.")
        found[name] = customers
    if len(found) > MOST_STRATA:
        raise StrataRefused(f"State at most {MOST_STRATA} groups; put small ones together.")
    return found


def strata_text(strata: Strata) -> str:
    """What `read_strata` reads."""
    return "\n".join(f"{name}, {customers}" for name, customers in strata.items())


def read_reference(fields: Mapping[str, str], today: date) -> tuple[Reference, dict[str, str]]:
    """A reference from the fields `name`, `value`, `source`, `year` and `answers` of a form, and
    what is wrong with it: sentences by field."""
    said = {name: storable(text).strip() for name, text in fields.items()}
    problems: dict[str, str] = {}
    value = _number(said.get("value", ""))
    year = _number(said.get("year", ""))
    answers = _number(said["answers"]) if said.get("answers") else None
    if not 0 < len(said.get("name", "")) <= _REFERENCE_NAME_LIMIT:
        problems["name"] = f"Write whose it is, in up to {_REFERENCE_NAME_LIMIT} characters."
    if value is None or not -100 <= value <= 100:
        problems["value"] = "An NPS is from −100 to 100."
    if not 0 < len(said.get("source", "")) <= _SOURCE_LIMIT:
        problems["source"] = "Write where it was published, so that others can look it up."
    if year is None or year != int(year) or not _EARLIEST_YEAR <= year <= today.year:
        problems["year"] = f"Write a year from {_EARLIEST_YEAR} to {today.year}."
    if said.get("answers") and (answers is None or answers != int(answers) or answers < 1):
        problems["answers"] = "Write of how many answers it is, or leave it empty."
    return (
        Reference(
            said.get("name", ""),
            value or 0.0,
            said.get("source", ""),
            int(year or 0),
            int(answers) if answers else None,
        ),
        problems,
    )


def _number(text: str) -> float | None:
    plain = text.replace("−", "-").replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?", plain) else None
