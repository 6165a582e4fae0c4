"""Language tags: how one falls back to another."""

import re

_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")


def normal_tag(tag: str) -> str | None:
    """`fr_ca` and `FR-CA` as `fr-CA`; None when the text is no language tag.

    Language lower case, four-letter script titled, two-letter region upper case (RFC 5646 §2.1.1).
    """
    tag = tag.strip().replace("_", "-")
    if not _TAG.match(tag):
        return None
    first, *rest = tag.split("-")
    parts = [first.lower()]
    for part in rest:
        if len(part) == 4 and part.isalpha():
            parts.append(part.title())
        elif len(part) == 2:
            parts.append(part.upper())
        else:
            parts.append(part.lower())
    return "-".join(parts)


def fallbacks(tag: str) -> list[str]:
    """The tag and what it falls back to, most exact first: `fr-CA` gives `fr-CA`, `fr`."""
    parts = tag.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
