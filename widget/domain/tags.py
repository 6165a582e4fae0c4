"""Tags: how a team's own words for responses are written."""

import unicodedata

from widget.domain.errors import TagRefused

TAG_LIMIT = 50
# Of one response.
MOST_TAGS = 20
# Of a workspace: what anybody can still choose from.
MOST_IN_LIST = 1_000


def read_tag(text: str) -> str:
    """A tag as it is kept, in small letters with single spaces: `#Late  Shop` as `late shop`.

    Raises TagRefused with a sentence when nothing is left of it, or too much.
    """
    tag = written_in_tags(text).lstrip("#").strip()
    if not tag:
        raise TagRefused("Write a tag.")
    if len(tag) > TAG_LIMIT:
        raise TagRefused(f"A tag may be {TAG_LIMIT} characters long.")
    return tag


def written_in_tags(text: str) -> str:
    """What stands in a tag where somebody wrote a text: `Jörg  Strauß` as `jörg strauss`."""
    composed = unicodedata.normalize("NFC", text).casefold()
    readable = "".join(sign if sign.isprintable() else " " for sign in composed)
    return " ".join(readable.split())
