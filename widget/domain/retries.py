"""When a mail that could not be handed over is tried again."""

from datetime import timedelta

# Soon first, for greylisting and short outages, then over most of a day.
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)


def retry_delay(attempts: int) -> timedelta | None:
    """How long to wait after the attempt with this number, from 1; None when it was the last."""
    return RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None
