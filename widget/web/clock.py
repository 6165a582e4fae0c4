"""The time, as routes are to ask for it: tests set the application's clock."""

from datetime import UTC, datetime

from flask import current_app


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time by the application's clock, aware, in UTC."""
    moment: datetime = current_app.config["SAYSO_CLOCK"]()
    return moment
