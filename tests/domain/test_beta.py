"""The beta distribution against plain counting, summing and integrating."""

from math import comb, exp, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.beta import beta_cdf, beta_quantile


def by_binomial(x: float, a: int, b: int) -> float:
    """For whole numbers: the chance of at least `a` hits in `a + b - 1` tries."""
    tries = a + b - 1
    return sum(
        comb(tries, hits) * x**hits * (1 - x) ** (tries - hits) for hits in range(a, tries + 1)
    )


def by_integration(x: float, a: float, b: float, parts: int = 20_000) -> float:
    """Simpson's rule on the density; good where neither parameter is below 1."""
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)

    def density(t: float) -> float:
        return exp(scale + (a - 1) * log(t) + (b - 1) * log(1 - t)) if 0 < t < 1 else 0.0

    step = x / parts
    inner = sum((4 if part % 2 else 2) * density(part * step) for part in range(1, parts))
    return step / 3 * (density(0.0) + inner + density(x))


@given(st.floats(0.001, 0.999), st.integers(1, 60), st.integers(1, 60))
def test_it_agrees_with_counting_hits(x: float, a: int, b: int) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(by_binomial(x, a, b), abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(2.5, 3.5), (9.3, 1.7), (120.4, 8.2), (1.5, 40.0)])
@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
def test_it_agrees_with_integrating(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(by_integration(x, a, b), abs=1e-5)


@given(st.floats(0.01, 0.99), st.floats(0.6, 500), st.floats(0.6, 500))
def test_a_quantile_is_where_the_probability_is_reached(p: float, a: float, b: float) -> None:
    assert beta_cdf(beta_quantile(p, a, b), a, b) == pytest.approx(p, abs=1e-6)


def test_the_ends_are_certain() -> None:
    assert beta_cdf(0.0, 2, 3) == 0.0
    assert beta_cdf(1.0, 2, 3) == 1.0
