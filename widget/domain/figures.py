"""How figures are written: with their unit, “–” for none, and never more exact than they are.

Pages and mails write them alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from babel.numbers import format_decimal

from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId

NO_DATA = "–"
_MOST_MORE = 3
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Figures:
    """Writes figures as a language does. `say` translates the English words between them."""

    locale: str = "en"
    say: Callable[[str], str] = str

    def value(self, value: float | None, metric: MetricId) -> str:
        """A number of a metric in its unit; an en dash for no data."""
        if value is None:
            return NO_DATA
        unit = METRICS[metric].unit
        if unit == "seconds":
            return self._duration(value)
        text = self.decimal(value, METRICS[metric].decimals)
        return self._said("%(number)s %%", number=text) if unit == "percent" else text

    def interval(self, score: Score, metric: MetricId) -> str:
        """The ends of a number's interval, "" where it has none."""
        if score.low is None or score.high is None:
            return ""
        if METRICS[metric].unit == "seconds":
            return f"{self._duration(score.low)} – {self._duration(score.high)}"
        decimals = METRICS[metric].decimals
        low, high = self.decimal(score.low, decimals), self.decimal(score.high, decimals)
        return self._said("%(low)s to %(high)s", low=low, high=high)

    def change(self, change: Comparison, metric: MetricId) -> str:
        """By how much a number changed, with a sign; "" where one side has no answers."""
        if change.difference is None:
            return ""
        if METRICS[metric].unit == "seconds":
            return f"{_sign(change.difference)}{self._duration(abs(change.difference))}"
        return self.signed(change.difference, _telling(METRICS[metric].decimals, change.difference))

    def change_interval(self, change: Comparison, metric: MetricId) -> str:
        """The ends of a change's interval, "" where it has none."""
        if change.low is None or change.high is None:
            return ""
        decimals = _telling(METRICS[metric].decimals, change.low, change.high)
        low, high = self.signed(change.low, decimals), self.signed(change.high, decimals)
        return self._said("%(low)s to %(high)s", low=low, high=high)

    def verdict(self, change: Comparison) -> str:
        """Whether a difference is more than chance, in words; "" of what is not tested."""
        if change.verdict == "unclear":
            return self._said("may be chance")
        if change.verdict:
            return self._said("more than chance")
        if change.difference is not None and change.is_too_few:
            return self._said("too few answers to tell")
        return ""

    def count(self, number: int) -> str:
        """A count with its thousands apart."""
        return self.decimal(number, 0)

    def _said(self, words: str, **values: str) -> str:
        said = str(self.say(words))
        return said % values if values else said

    def decimal(self, value: float, decimals: int) -> str:
        """A number with so many decimals."""
        # Adding nothing makes minus nothing nothing.
        return _written(round(value, decimals) + 0.0, decimals, self.locale)

    def signed(self, value: float, decimals: int) -> str:
        """The same with its sign, ± for nothing."""
        return f"{_sign(round(value, decimals))}{self.decimal(abs(value), decimals)}"

    def _duration(self, seconds: float) -> str:
        """Whole minutes below two hours, hours below two days, else days."""
        if seconds < 2 * _HOUR:
            return self._said("%(minutes)s min", minutes=str(round(seconds / _MINUTE)))
        if seconds < 2 * _DAY:
            return self._said("%(hours)s h", hours=str(round(seconds / _HOUR)))
        return self._said("%(days)s days", days=self.decimal(seconds / _DAY, 1))


def _telling(decimals: int, *values: float) -> int:
    """So many decimals that none of the values is written as nothing without being nothing, up to
    three more: “±0” would say that a difference may be none."""
    more = range(decimals, decimals + _MOST_MORE)
    return next(
        (enough for enough in more if all(round(one, enough) or not one for one in values)),
        decimals + _MOST_MORE,
    )


@lru_cache(maxsize=20_000)
def _written(rounded: float, decimals: int, locale: str) -> str:
    """A page has a thousand numbers, and many of them are alike."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, format=pattern, locale=locale).replace("-", "−")


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"
