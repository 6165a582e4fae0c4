"""Which side a score is on, and how many points it counts."""

from widget.domain.scales import POSITIVE_FROM, Kind, Sentiment, sentiment

# NPS knows those in between, who are on neither side: its passives give 7 or 8.
_PASSIVE_FROM = 7


def side_of(kind: Kind, score: int, positive_from: int) -> Sentiment | None:
    """The side of a score: promoters and detractors for NPS, of which passives are neither."""
    if kind == "nps" and _PASSIVE_FROM <= score < positive_from:
        return None
    return sentiment(score, positive_from)


def points_of(kind: Kind, score: int) -> float:
    """What a score adds to its kind's mean: points of the scale, for NPS −100, 0 or 100."""
    if kind != "nps":
        return float(score)
    side = side_of("nps", score, POSITIVE_FROM["nps"])
    return 0.0 if side is None else 100.0 if side == "positive" else -100.0
