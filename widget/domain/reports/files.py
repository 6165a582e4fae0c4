"""What a report's file is called."""

import re
from unicodedata import normalize

_LONGEST = 80


def file_name(title: str) -> str:
    """A title as the name of a PDF that every system takes: `Contoso-Ltd-Q3-2026.pdf`."""
    plain = normalize("NFKD", title).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', plain).strip('-')[:_LONGEST] or 'report'}.pdf"
