"""What is told of a response outside: the columns of files, and what the API's responses hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

# How a column's values are given: str, int, bool, a moment in UTC as its ISO 8601 text, a sequence
# of str, and an object as its JSON text. Any may be None. Moments are texts since most files want
# those, and to make them is what takes longest.
ColumnKind = Literal["text", "number", "yes_no", "moment", "list", "object"]


@dataclass(frozen=True)
class Column:
    """One column. `is_in_files`: the API alone tells the others; `is_in_api`: only files do."""

    name: str
    kind: ColumnKind = "text"
    is_in_files: bool = True
    is_in_api: bool = True


COLUMNS = (
    Column("id"),
    Column("survey"),
    Column("survey_name"),
    Column("version", "number"),
    Column("kind"),
    Column("score", "number"),
    Column("stars", "number"),
    Column("csat", "number"),
    Column("nps", "number"),
    Column("ces", "number"),
    Column("reasons", "list"),
    # The same in the words of the survey's main language.
    Column("areas", "list", is_in_api=False),
    Column("comment"),
    Column("comment_hidden", "yes_no"),
    Column("wants_contact", "yes_no"),
    Column("contact"),
    Column("may_publish", "yes_no"),
    Column("reward"),
    Column("reward_id", is_in_files=False),
    Column("member"),
    Column("member_name"),
    Column("member_email"),
    Column("member_given"),
    Column("ref"),
    Column("channel"),
    Column("source"),
    Column("language"),
    Column("customer_email"),
    Column("customer_name"),
    Column("customer_id"),
    Column("page"),
    Column("tags", "list"),
    # Those of the attributes that numbers are broken down by.
    Column("client", is_in_api=False),
    Column("segment", is_in_api=False),
    Column("attributes", "object"),
    Column("problems", "object", is_in_files=False),
    Column("test", "yes_no"),
    Column("recovery", "yes_no"),
    Column("hidden", "yes_no"),
    Column("created_at", "moment"),
    Column("updated_at", "moment"),
    Column("finished_at", "moment"),
)
FILE_COLUMNS = tuple(column for column in COLUMNS if column.is_in_files)
API_COLUMNS = tuple(column for column in COLUMNS if column.is_in_api)
FILE_NAMES = tuple(column.name for column in FILE_COLUMNS)

Batch = Mapping[str, Sequence[Any]]
"""Some responses: for each column's name its values, of all columns in the same order. Handling
them column by column is what makes files quick."""


def length(batch: Batch) -> int:
    """How many responses a batch holds."""
    return len(next(iter(batch.values()), ()))
