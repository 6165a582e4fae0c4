"""CSV files of members, read row by row."""

from collections.abc import Mapping
from dataclasses import dataclass

from widget.domain.csv_files import bare_header, read_lines
from widget.domain.errors import FileRefused

MOST_ROWS = 10_000
# Empties a field; an empty cell leaves what is there.
NOTHING = "-"
LONGEST_CELL = 2_000

# What a column may be called: lower case, without spaces and punctuation.
COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "workemail"),
    "employee_id": ("employeeid", "employee", "customid", "externalid", "staffid", "agentid"),
    "name": ("name", "fullname", "displayname", "membername"),
    "title": ("title", "jobtitle", "position"),
    "bio": ("bio", "about", "description"),
    "team": ("team", "teamname", "department"),
    "tags": ("tags", "tag", "groups", "group"),
    "languages": ("languages", "language", "lang"),
    "active": ("active", "isactive", "enabled"),
}
TEMPLATE: tuple[tuple[str, ...], ...] = (
    tuple(COLUMNS),
    (
        *("ana@company.example", "E-100", "Ana Silva", "Customer support"),
        *("Ten years on the phone, and never bored.", "Support / Phone", "billing, nights"),
        *("en, pt", "yes"),
    ),
)
_BY_ALIAS = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}


@dataclass(frozen=True)
class MemberLine:
    """A row. `number` is its line in a spreadsheet; `cells` are those that hold something, by
    column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class MemberFile:
    """A file that was read. `columns` are (header, what it is taken for); "" is not read."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[MemberLine, ...]


def read_member_file(text: str) -> MemberFile:
    """The rows of a CSV text. Raises FileRefused when nobody could be found by its columns."""
    headers, lines = read_lines(text, MOST_ROWS)
    columns: list[str] = []
    for header in headers:
        name = _BY_ALIAS.get(bare_header(header), "")
        columns.append("" if name in columns else name)
    if "email" not in columns and "employee_id" not in columns:
        raise FileRefused(
            "There is no column that says who is who. Name one “email” or “employee id” in the "
            "first line."
        )
    rows = tuple(
        MemberLine(
            number,
            {
                name: cell.strip()[:LONGEST_CELL]
                for name, cell in zip(columns, cells, strict=False)
                if name and cell.strip()
            },
        )
        for number, cells in lines
    )
    return MemberFile(tuple(zip(headers, columns, strict=True)), rows)
