"""How long answers are kept."""

from calendar import monthrange
from datetime import datetime

# What a workspace can choose, in months; 0 keeps answers for ever.
MONTHS = (0, 6, 12, 24, 36, 60)


def kept_since(now: datetime, months: int) -> datetime:
    """The moment before which answers are kept no longer: so many calendar months ago, on the
    month's last day where it has no such day. `months` is 1 or more."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
