"""Which survey a page is about when nobody says so."""

from collections.abc import Mapping

from widget.domain.scales import Kind


def likely_survey(
    kinds: Mapping[int, Kind], answers: Mapping[int, int], first: Kind | None = None
) -> int | None:
    """The survey with most answers, by id; None where there is no survey.

    `kinds` are those of the surveys by id, in the order that decides between equal ones. Surveys of
    the kind `first` go before the others, if any of them has answers.
    """
    if not kinds:
        return None
    return max(
        kinds, key=lambda id: (_is_first(kinds[id], answers.get(id, 0), first), answers.get(id, 0))
    )


def _is_first(kind: Kind, answers: int, first: Kind | None) -> bool:
    return kind == first and answers > 0
