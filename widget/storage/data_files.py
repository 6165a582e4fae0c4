"""Files in the data folder that may name somebody."""

from pathlib import Path

from widget.storage.erasing.person import Person


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
