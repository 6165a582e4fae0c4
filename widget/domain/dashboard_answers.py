"""Which responses are behind a number: what the list of responses is asked for."""

from collections.abc import Mapping
from types import MappingProxyType

from widget.domain.scores.metrics import METRICS, MetricId

# What narrows the answers of a metric's kind to those that the number is a share of.
_SHARES: Mapping[MetricId, Mapping[str, str]] = MappingProxyType(
    {
        "five_star": {"score": "5"},
        "positive": {"mood": "positive"},
        "negative": {"mood": "negative"},
        "csat": {"mood": "positive"},
        "comment_rate": {"comment": "yes"},
    }
)


def counted_by(metric: MetricId) -> dict[str, str] | None:
    """Parameters of the responses that a metric's number counts among all its answers; all of its
    kind where it is no share of them. None where it is not of responses that can be listed:
    requests, rewards and shares."""
    answers = answers_of(metric)
    return None if answers is None else {**answers, **_SHARES.get(metric, {})}


def answers_of(metric: MetricId) -> dict[str, str] | None:
    """Parameters of all the responses that a metric's n counts; None as above."""
    kind = METRICS[metric].kind
    if kind is not None:
        return {"kind": kind}
    return {} if metric == "comment_rate" else None
