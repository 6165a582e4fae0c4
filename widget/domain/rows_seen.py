"""Whom the rows of one file have named so far: two rows far apart may be about one customer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from widget.domain.customers import Details, tidied


@dataclass
class Seen:
    """The rows that named somebody first, by what they named them by. That is kept as numbers, for
    a file may have very many rows."""

    import_id: UUID | None = None
    rows: dict[int, int] = field(default_factory=dict)

    def begin(self, import_id: UUID, before: Iterable[tuple[int, Details]]) -> None:
        """Forget the file before, and note the rows of this one that were looked at already."""
        self.import_id, self.rows = import_id, {}
        for number, details in before:
            self.note(number, details)

    def note(self, number: int, details: Details) -> int | None:
        """Note whom a row names, and return the first row that named the same customer, if any.
        As in the directory, an id of the team's own tells more than an address."""
        keys = _keys(details)
        first = next((self.rows[key] for key in keys if key in self.rows), None)
        for key in keys:
            self.rows.setdefault(key, number if first is None else first)
        return first


def _keys(details: Details) -> list[int]:
    said = tidied(details)
    return [
        hash((name, text))
        for name, text in (("id", said.external_id), ("email", said.email))
        if text
    ]
