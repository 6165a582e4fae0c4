"""Student's t against scipy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from widget.domain.scores.student import t_quantile, t_two_sided

FREEDOM = st.floats(1, 1e6)


@given(st.floats(0.001, 0.999), FREEDOM)
def test_quantiles_agree_with_scipys(p: float, freedom: float) -> None:
    assert t_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-6, abs=1e-6)


@given(st.floats(-30, 30), FREEDOM)
def test_tails_agree_with_scipys(t: float, freedom: float) -> None:
    assert t_two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), rel=1e-6)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.706), (2, 4.303), (9, 2.262), (29, 2.045), (120, 1.980)]
)
def test_the_table_that_everybody_knows(freedom: int, quantile: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(quantile, abs=5e-4)


@pytest.mark.parametrize(("p", "freedom"), [(0, 5), (1, 5), (0.5, 0)])
def test_what_has_no_quantile_is_refused(p: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_quantile(p, freedom)
