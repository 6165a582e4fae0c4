"""Days in an address."""

from datetime import date
from typing import Any

from flask import request

from widget.domain.errors import MomentRefused
from widget.domain.moments import read_day


def asked_day(name: str, problems: dict[str, Any]) -> date | None:
    """The day that a parameter names; None for none. What is no day is told in `problems`."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return read_day(text)
    except MomentRefused as error:
        problems[name] = str(error)
        return None
