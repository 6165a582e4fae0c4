"""A number with its interval, and the methods that intervals are made by.

Intervals are of 95 % throughout: made anew from ever new answers of the same customers, nineteen of
twenty would hold the true value.
"""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Literal

from widget.domain.score_summary import FEW

CONFIDENCE = 0.95
# How many standard errors an interval reaches to each side where its errors are normal.
Z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)

Method = Literal[
    "wilson",
    "adjusted_wald",
    "bootstrap",
    "student_t",
    "order_statistics",
    "newcombe",
    "welch",
    "poststratified",
    "beta_binomial",
    "normal_normal",
    "counted",
]


@dataclass(frozen=True)
class MethodNote:
    """What an interval's method is called, and where it is from (author, year, title)."""

    name: str
    source: str


METHODS: dict[Method, MethodNote] = {
    "wilson": MethodNote(
        "Wilson's score interval",
        "E. B. Wilson, 1927, Probable Inference, the Law of Succession, and Statistical Inference, "
        "Journal of the American Statistical Association 22, 209-212",
    ),
    "adjusted_wald": MethodNote(
        "Adjusted Wald: three further answers, ¾ promoter, 1½ passive and ¾ detractor",
        "B. Rocks, 2016, Interval Estimation for the Net Promoter Score, "
        "The American Statistician 70, 365-372",
    ),
    "bootstrap": MethodNote(
        "Bootstrap, exact, with one further answer spread evenly over the scale",
        "B. Efron, 1979, Bootstrap Methods: Another Look at the Jackknife, "
        "The Annals of Statistics 7, 1-26",
    ),
    "student_t": MethodNote(
        "Student's t, with one further answer spread evenly over the scale",
        "Student, 1908, The Probable Error of a Mean, Biometrika 6, 1-25",
    ),
    "order_statistics": MethodNote(
        "Order statistics: two of the times themselves",
        "W. R. Thompson, 1936, On Confidence Ranges for the Median and Other Expectation "
        "Distributions for Populations of Unknown Distribution Form, "
        "The Annals of Mathematical Statistics 7, 122-128",
    ),
    "newcombe": MethodNote(
        "Newcombe's hybrid score interval",
        "R. G. Newcombe, 1998, Interval Estimation for the Difference between Independent "
        "Proportions: Comparison of Eleven Methods, Statistics in Medicine 17, 873-890",
    ),
    "welch": MethodNote(
        "Welch's t, with one further answer on each side, spread evenly over the scale",
        "B. L. Welch, 1947, The Generalization of Student's Problem when Several Different "
        "Population Variances are Involved, Biometrika 34, 28-35",
    ),
    "poststratified": MethodNote(
        "Poststratification: each group weighs what it weighs among all customers",
        "D. Holt and T. M. F. Smith, 1979, Post Stratification, "
        "Journal of the Royal Statistical Society A 142, 33-46",
    ),
    "beta_binomial": MethodNote(
        "Empirical Bayes: drawn towards everybody's share",
        "J. C. Kleinman, 1973, Proportions with Extraneous Variance: Single and Independent "
        "Samples, Journal of the American Statistical Association 68, 46-54",
    ),
    "normal_normal": MethodNote(
        "Empirical Bayes: drawn towards everybody's mean",
        "R. DerSimonian and N. Laird, 1986, Meta-Analysis in Clinical Trials, "
        "Controlled Clinical Trials 7, 177-188",
    ),
    "counted": MethodNote("Counted, not estimated", ""),
}


@dataclass(frozen=True)
class Score:
    """A number in its metric's unit, the ends of its interval, and the number of answers behind it.

    `value` is None where there are no answers, which is another thing than 0. `low` and `high` are
    None too then, and where a number has no interval: a plain count, or a median of five times.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: Method

    @property
    def is_small(self) -> bool:
        """Whether so few answered that the number should be shown as uncertain."""
        return 0 < self.n < FEW


def no_score(method: Method) -> Score:
    """What there is to say when nobody answered."""
    return Score(None, None, None, 0, method)


def score_within(
    value: float, ends: tuple[float, float], n: int, method: Method, limits: tuple[float, float]
) -> Score:
    """A score whose interval stays on the scale, given by its `limits`, and holds its value.

    An interval is made from answers that were added to, so its middle is not quite the value: with
    one or two answers all alike it would miss it.
    """
    low, high = ends
    lowest, highest = limits
    return Score(value, max(lowest, min(low, value)), min(highest, max(high, value)), n, method)


def two_sided(z: float) -> float:
    """The probability, 0 to 1, that a standard normal number is at least as far from 0 as `z`."""
    return erfc(abs(z) / sqrt(2))
