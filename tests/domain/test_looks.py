import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.looks import (
    DEFAULT_LOOKS,
    SURFACES,
    Looks,
    accent_contrast,
    accent_for,
    contrast,
    nearest_accent,
    text_on,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


# Measured independently when the traps of this field were collected.
@pytest.mark.parametrize(
    ("colour", "against_white"),
    [("#FFD700", 1.40), ("#FFC107", 1.63), ("#D98C00", 2.73), ("#C77700", 3.46), ("#B45309", 5.02)],
)
def test_contrast_agrees_with_an_independent_measurement(colour, against_white) -> None:
    assert contrast(colour, "#ffffff") == pytest.approx(against_white, abs=0.006)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(colours, colours)
def test_contrast_is_symmetric_and_in_range(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


@given(colours)
def test_text_on_any_colour_can_be_read(colour: str) -> None:
    assert contrast(colour, text_on(colour)) >= 4.5


@given(colours, st.sampled_from(sorted(SURFACES)))
def test_the_nearest_accent_always_passes(colour: str, background) -> None:
    nearest = nearest_accent(colour, background)
    assert accent_contrast(nearest, background) >= 3
    if accent_contrast(colour, background) >= 3:
        assert nearest == colour.lower()


@given(colours)
def test_where_auto_turns_dark_the_accent_can_be_seen(colour: str) -> None:
    looks = Looks(accent=colour, scheme="auto")
    assert accent_contrast(accent_for(looks, "dark"), "dark") >= 3
    assert accent_for(looks, "light") == colour


def test_a_fixed_scheme_draws_the_accent_as_it_was_chosen() -> None:
    assert accent_for(Looks(accent="#000000", scheme="dark"), "dark") == "#000000"


def test_our_own_accent_passes_everywhere() -> None:
    for background in SURFACES:
        assert accent_contrast(DEFAULT_LOOKS.accent, background) >= 3
