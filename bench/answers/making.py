"""Made-up responses: what customers of three surveys said in two years, day after day.

Members differ in skill and clients in mood; both move everything that a customer says at once, so
that stars, CSAT and NPS go together and comments fit them. Business is brisk before Christmas, slow
in August and at week-ends, and grows from year to year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.answers.comments import LANGUAGES, MOODS, comments
from widget.domain.scales import Kind

DAYS = 730
SURVEYS: tuple[Kind, ...] = ("stars", "csat", "nps")
RARE_CHANNEL, RARE_CLIENT = "fax", "Rare Ltd"
# One response in so many has the rare channel, and as many the rare client.
RARE = 20_000
TAGS = tuple(f"tag {number}" for number in range(12))
CLIENTS, CUSTOMERS = 200, 100_000
COLUMNS = (
    *("workspace_id", "id", "survey_id", "version_id", "kind", "score", "stars", "csat", "nps"),
    *("comment", "language", "source", "member_id", "member_given", "ref", "channel"),
    *("customer_email", "customer_name", "customer_id", "page", "attributes", "is_test"),
    *("is_recovery", "day", "answered_at", "updated_at", "finished_at", "hidden_at"),
)

_MONTHS = (0.9, 0.9, 1.0, 1.0, 1.0, 0.95, 0.85, 0.7, 1.0, 1.1, 1.4, 1.6)
_WEEKDAYS = (1.2, 1.15, 1.1, 1.1, 1.0, 0.5, 0.4)
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 18, 14, 16, 18, 18, 16, 12, 9, 8, 7, 5, 3, 2)
_SURVEY_SHARES = (0.85, 0.10, 0.05)
_LANGUAGE_SHARES = (0.45, 0.25, 0.12, 0.10, 0.08)
_CHANNELS, _CHANNEL_SHARES = ("email", "chat", "phone", "web"), (0.4, 0.3, 0.2, 0.1)
_SOURCES, _SOURCE_SHARES = ("widget", "link", "email"), (0.6, 0.25, 0.15)
# Where the latent mood, of mean 0 and deviation about 1, passes from one score to the next.
_CUTS = {
    "stars": (-2.2, -1.6, -1.0, -0.1),
    "csat": (-2.2, -1.6, -0.9, 0.1),
    "nps": (-2.6, -2.4, -2.2, -2.0, -1.8, -1.5, -1.2, -0.8, -0.2, 0.5),
}
_LOWEST = {"stars": 1, "csat": 1, "nps": 0}
_OF_EACH_COMMENT = 400
_CLOCK = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]

Numbers = NDArray[Any]
# A response's columns, in the order of `COLUMNS`, in the words of a CSV file; None is NULL.
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Company:
    """Who is rated, and where: ids of ours, the surveys in the order of `SURVEYS`."""

    workspace_id: int
    surveys: Sequence[tuple[int, int]]
    members: Sequence[int]


def days_of(number: int, last: date) -> list[tuple[date, int]]:
    """How many responses each of two years' days has, `number` in all."""
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    weights = np.array(
        [
            _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * (1 + index / DAYS)
            for index, day in enumerate(days)
        ]
    )
    counts = np.random.default_rng(1).multinomial(number, weights / weights.sum())
    return list(zip(days, (int(count) for count in counts), strict=True))


def made_days(company: Company, number: int, until: datetime) -> Iterator[list[Row]]:
    """Each day's responses in the order of time, oldest day first; none is after `until`."""
    chance, maker = np.random.default_rng(2), _Maker(company)
    for day, count in days_of(number, until.date()):
        if count:
            latest = 86_400
            if day == until.date():
                latest = max(1, until.hour * 3600 + until.minute * 60 + until.second)
            yield maker.rows(day, count, latest, chance)


class _Maker:
    """Draws what does not change from day to day once."""

    def __init__(self, company: Company) -> None:
        chance = np.random.default_rng(3)
        self._company = company
        self._members = np.array(company.members)
        self._skill = chance.normal(0, 0.35, len(company.members))
        self._moods = chance.normal(0, 0.25, CLIENTS)
        self._work = chance.gamma(4, 1, len(company.members))
        self._work /= self._work.sum()
        self._hours = np.array(_HOURS) / sum(_HOURS)
        words = Random(4)
        self._comments = {
            (language, mood): comments(language, mood, _OF_EACH_COMMENT, words)
            for language in LANGUAGES
            for mood in MOODS
        }

    def rows(self, day: date, count: int, latest: int, chance: np.random.Generator) -> list[Row]:
        seconds = chance.choice(24, count, p=self._hours) * 3600 + chance.integers(0, 3600, count)
        seconds = np.sort(seconds % latest)
        who = chance.choice(len(self._members), count, p=self._work)
        client = (chance.beta(0.6, 3, count) * CLIENTS).astype(int)
        mood = self._skill[who] + self._moods[client] + chance.normal(0, 0.85, count)
        survey = chance.choice(3, count, p=_SURVEY_SHARES)
        drawn = {
            "ms": chance.integers(0, 1000, count),
            "random": chance.integers(0, 1 << 60, count),
            "scores": self._scores(survey, mood, chance),
            "language": chance.choice(5, count, p=_LANGUAGE_SHARES),
            "channel": chance.choice(4, count, p=_CHANNEL_SHARES),
            "source": chance.choice(3, count, p=_SOURCE_SHARES),
            "customer": chance.integers(0, CUSTOMERS, count),
            "says": chance.random(count) < np.where(mood < -1, 0.45, 0.2),
            "words": chance.integers(0, _OF_EACH_COMMENT, count),
            "of_nobody": chance.random(count) < 0.01,
            "fate": chance.integers(0, 1000, count),
            "rare": chance.integers(0, RARE, count),
        }
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
        columns = {name: list(values.tolist()) for name, values in drawn.items()}
        return [
            self._row(day.isoformat(), midnight, *parts)
            for parts in zip(
                seconds.tolist(),
                *(self._members[who].tolist(), client.tolist(), mood.tolist(), survey.tolist()),
                *columns.values(),
                strict=True,
            )
        ]

    @staticmethod
    def _scores(survey: Numbers, mood: Numbers, chance: np.random.Generator) -> Numbers:
        """By response its stars, CSAT and NPS; -1 where it was not asked or not answered."""
        count = len(survey)
        scores = np.full((count, 3), -1)
        for index, kind in enumerate(SURVEYS):
            felt = mood + chance.normal(0, 0.3, count)
            said = np.searchsorted(_CUTS[kind], felt) + _LOWEST[kind]
            # One in ten who rate with stars or faces say as well how likely they recommend.
            asked = survey == index
            if kind == "nps":
                asked |= chance.random(count) < 0.1
            scores[:, index] = np.where(asked, said, -1)
        return scores

    def _row(
        self,
        day: str,
        midnight: int,
        second: int,
        member: int,
        client: int,
        mood: float,
        survey: int,
        ms: int,
        random: int,
        scores: list[int],
        language: int,
        channel: int,
        source: int,
        customer: int,
        says: bool,
        words: int,
        of_nobody: bool,
        fate: int,
        rare: int,
    ) -> Row:
        company = self._company
        survey_id, version_id = company.surveys[survey]
        moment = f"{day} {_CLOCK[second]}.{ms:03d}000"
        spoken, kind_of_mood = LANGUAGES[language], 0 if mood < -1 else 1 if mood < -0.3 else 2
        email = f"customer{customer}@client{client}.example" if source else ""
        name = RARE_CLIENT if rare == 1 else f"Client {client}"
        return (
            company.workspace_id,
            f"{midnight + second * 1000 + ms:012x}7{words:03x}8{random:015x}",
            survey_id,
            version_id,
            SURVEYS[survey],
            scores[survey],
            *(None if score < 0 else score for score in scores),
            self._comments[spoken, kind_of_mood][words] if says else None,
            spoken,
            _SOURCES[source],
            None if of_nobody else member,
            "",
            f"T-{random % 1_000_000}" if source else "",
            RARE_CHANNEL if rare == 0 else _CHANNELS[channel],
            email,
            f"Customer {customer}" if source else "",
            *("", ""),
            f'{{"client": "{name}", "segment": "{"Small" if client % 3 else "Large"}"}}',
            fate == 0,
            False,
            *(day, moment, moment, moment),
            moment if fate == 1 else None,
        )
