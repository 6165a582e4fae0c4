"""All that one response counts for in one number, so that the columnar copy counts by one column.

Counting by eight columns that may each be NULL takes three times as long as by one. The number has
four bits for each kind of score, a bit each for a comment and a reward, and the survey's id above.
"""

from widget.domain.facts import COMMENT, REWARD
from widget.domain.scales import KINDS

_BITS: dict[str, int] = {**dict.fromkeys(KINDS, 4), COMMENT: 1, REWARD: 1}
_SURVEY_FROM = sum(_BITS.values())


def packed() -> str:
    """The number, in SQL, of columns named as the facts are, NULL where there is none, and of
    `survey_id`. A score is at most 14."""
    parts, place = [f"(survey_id::BIGINT << {_SURVEY_FROM})"], 0
    for fact, bits in _BITS.items():
        # One more than the score, which may be 0. Of the others there is but 1.
        value = f"{fact}::BIGINT + 1" if bits > 1 else f"{fact}::BIGINT"
        parts.append(f"(coalesce({value}, 0) << {place})")
        place += bits
    return " + ".join(parts)


def unpacked(column: str) -> dict[str, str]:
    """By fact its value, in SQL, of such a number; NULL where there is none."""
    found, place = {}, 0
    for fact, bits in _BITS.items():
        value = f"nullif(({column} >> {place}) & {2**bits - 1}, 0)"
        found[fact] = f"{value} - 1" if bits > 1 else value
        place += bits
    return found


def survey_of(column: str) -> str:
    """The survey's id, in SQL, of such a number."""
    return f"{column} >> {_SURVEY_FROM}"
