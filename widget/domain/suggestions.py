"""What is said of a filter's text that no answer has."""

from collections.abc import Sequence


def meant_by(text: str, known: Sequence[str]) -> str | None:
    """The known value that differs from a text in nothing but case and blanks around it."""
    plain = text.strip().casefold()
    return next((one for one in known if one.strip().casefold() == plain), None)
