"""A dashboard's filter in words, for whoever reads its numbers elsewhere."""

from collections.abc import Mapping, Sequence

from widget.domain.dashboard_queries import NAMES, NOBODY, NONE, Chosen

_LABELS = {
    "survey": "Survey",
    "version": "Version",
    "team": "Team",
    "member": "Member",
    "channel": "Channel",
    "language": "Language",
    "source": "Source",
    "client": "Client",
    "segment": "Segment",
    "tag": "Tag",
}


def filter_words(
    chosen: Chosen, names: Mapping[str, Mapping[str, str]]
) -> Sequence[tuple[str, str]]:
    """What each parameter of a filter is called, and what it narrows the answers to: `Client`,
    `Acme or Globex`. `names` are words for values, by parameter; other values stand for themselves.
    """
    return [
        (
            _LABELS.get(name, name),
            " or ".join(_word(value, names.get(name, {})) for value in values),
        )
        for name in NAMES
        if (values := chosen.get(name, ()))
    ]


def _word(value: str, names: Mapping[str, str]) -> str:
    if value in names:
        return names[value]
    return {NOBODY: "nobody", NONE: "none"}.get(value, value)
