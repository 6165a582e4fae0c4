import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import ScoreOutOfRange
from widget.domain.scales import KINDS, POSITIVE_FROM, STYLES, scale, sentiment


@pytest.mark.parametrize(
    ("kind", "style", "scores"),
    [
        ("stars", "stars", (1, 2, 3, 4, 5)),
        ("csat", "faces5", (1, 2, 3, 4, 5)),
        ("csat", "faces3", (1, 3, 5)),
        ("csat", "thumbs", (1, 5)),
        ("nps", "numbers", tuple(range(11))),
        ("ces", "numbers", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_each_kind_offers_its_points(kind, style, scores) -> None:
    assert scale(kind, style).scores == scores


def test_a_kind_has_only_its_own_styles() -> None:
    with pytest.raises(ValueError, match="no style"):
        scale("nps", "thumbs")


@given(st.integers())
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    nps = scale("nps", "numbers")
    if 0 <= score <= 10:
        assert nps.point(score).score == score
    else:
        with pytest.raises(ScoreOutOfRange):
            nps.point(score)


@pytest.mark.parametrize(
    ("kind", "first_positive"), [("stars", 4), ("csat", 4), ("nps", 9), ("ces", 5)]
)
def test_positive_begins_where_the_field_says(kind, first_positive) -> None:
    threshold = POSITIVE_FROM[kind]
    assert sentiment(first_positive, threshold) == "positive"
    assert sentiment(first_positive - 1, threshold) == "negative"


def test_every_style_can_be_positive_and_not() -> None:
    for kind in KINDS:
        for style in STYLES[kind]:
            found = {sentiment(s, POSITIVE_FROM[kind]) for s in scale(kind, style).scores}
            assert found == {"positive", "negative"}


def test_points_are_named_by_words_or_by_their_number() -> None:
    assert scale("stars", "stars").point(1).name == "1 star"
    assert scale("stars", "stars").point(4).name == "4 stars"
    assert scale("nps", "numbers").point(9).name == "9"
    assert scale("csat", "faces5").point(4).name == "Satisfied"
