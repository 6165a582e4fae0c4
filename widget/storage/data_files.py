"""Files in the data folder that may name somebody."""

from pathlib import Path

from widget.storage.erasing.person import Person
from widget.storage.export_files import ExportFiles


def erase_mail_files(data: Path, person: Person) -> int:
    """Remove mails to somebody, and alerts about them, that were written to files; returns how
    many files went."""
    removed = 0
    for id in person.files:
        for name in (f"{id.hex}.eml", f"{id.hex}.html"):
            for file in (data / "mail" / name, data / "mail" / f".{name}"):
                if file.exists():
                    file.unlink(missing_ok=True)
                    removed += 1
    return removed


def erase_exports(data: Path, person: Person) -> int:
    """Remove the workspace's files of responses: nobody can tell from outside which of them hold
    what somebody said. Returns how many went."""
    return ExportFiles(data / "exports").delete_of_workspace(person.workspace_id)
