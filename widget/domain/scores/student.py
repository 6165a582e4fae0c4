"""Student's t distribution: how far from the truth a mean of few answers can be.

Nothing that Sayso depends on has it; it follows from the beta distribution (NIST DLMF 8.17; M.
Abramowitz and I. A. Stegun, 1964, Handbook of Mathematical Functions, 26.7.1).
"""

from math import exp, lgamma, log, pi, sqrt
from statistics import NormalDist

from widget.domain.beta import beta_cdf

_STEPS = 200
# From here on the first terms of the series are so near that a step or two is enough.
_ENOUGH_FREEDOM = 10
# From here on none is needed: what the series leaves out of the 0.975 quantile is below 1e-8.
_PLENTY_OF_FREEDOM = 50
_NOT_FAR_OUT = 0.9751


def t_two_sided(t: float, freedom: float) -> float:
    """The probability, 0 to 1, that a t-distributed number is at least as far from 0 as `t`.

    `freedom`: degrees of freedom, above 0 and not necessarily whole.
    """
    return beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5)


def t_quantile(p: float, freedom: float) -> float:
    """The number below which the probability is `p`, to about seven digits.

    `p` is above 0 and below 1, `freedom` above 0; ValueError otherwise.
    """
    if not 0 < p < 1 or freedom <= 0:
        raise ValueError(f"There is no t quantile at {p} with {freedom} degrees of freedom.")
    if p < 0.5:
        return -t_quantile(1 - p, freedom)
    t = _near(NormalDist().inv_cdf(p), freedom)
    if freedom >= _PLENTY_OF_FREEDOM and p <= _NOT_FAR_OUT:
        return t
    for _ in range(_STEPS):
        missing = t_two_sided(t, freedom) / 2 - (1 - p)
        step = missing / _density(t, freedom)
        t += step
        # What is left is about the square of the last step.
        if abs(step) < 1e-6 * (1 + t):
            break
    return t


def _near(z: float, freedom: float) -> float:
    """Where to look for the quantile, from the normal one (Abramowitz and Stegun, 26.7.5)."""
    if freedom < _ENOUGH_FREEDOM:
        # Always nearer to 0, and from there Newton's steps cannot overshoot, as the distribution
        # bends down from 0 on.
        return z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    terms = (first, second, third, fourth)
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def _density(t: float, freedom: float) -> float:
    scale = lgamma((freedom + 1) / 2) - lgamma(freedom / 2)
    return exp(scale - (freedom + 1) / 2 * log(1 + t * t / freedom)) / sqrt(freedom * pi)
