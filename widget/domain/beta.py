"""The beta distribution: what is known of a share after some answers.

Nothing that Sayso depends on has it, and a library that does weighs more than all of Sayso.
"""

from math import exp, lgamma, log

_SMALL = 1e-300
_TERMS = 250
_STEPS = 100


def beta_cdf(x: float, a: float, b: float) -> float:
    """The probability that a share is at most `x`, from 0 to 1; `a` and `b` are above 0.

    The regularised incomplete beta function by its continued fraction (NIST DLMF 8.17.22), to
    about twelve digits.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    # The fraction converges fast on this side of the middle, and the other is its mirror.
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    return front / (a * _fraction(x, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The share below which the probability is `p`, between 0 and 1, to about ten digits.

    Newton's steps from the mean, each kept within what is known to hold the answer.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _ in range(_STEPS):
        beyond = beta_cdf(x, a, b) - p
        if beyond < 0:
            low = x
        else:
            high = x
        slope = exp(scale + (a - 1) * log(x) + (b - 1) * log(1 - x))
        step = x - beyond / slope if slope > 0 else low
        before, x = x, step if low < step < high else (low + high) / 2
        if abs(x - before) < 1e-11:
            break
    return x


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + …)), by Lentz's method (Numerical Recipes §5.2)."""
    value = above = 1.0
    below = 0.0
    for half in range(_TERMS):
        twice = a + 2 * half
        # Two terms at a time, an odd and an even one, written out: a table needs a thousand of
        # these fractions.
        for step in (
            -(a + half) * (a + b + half) * x / (twice * (twice + 1)),
            (half + 1) * (b - half - 1) * x / ((twice + 1) * (twice + 2)),
        ):
            below = 1 + step * below
            below = 1 / (below if abs(below) > _SMALL else _SMALL)
            above = 1 + step / above
            above = above if abs(above) > _SMALL else _SMALL
            change = above * below
            value *= change
        if abs(change - 1) < 1e-14:
            break
    return value
