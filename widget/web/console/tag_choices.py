"""Which tags a filter offers."""

from widget.extensions import db
from widget.storage.tags import tags_by_id, tags_within
from widget.web.console.access import seat


def tag_choices() -> dict[int, str]:
    """The tags by their ids, in order of their names. Whoever reads nothing but what customers said
    of them is offered the tags of that, and not what the team calls the rest."""
    if seat().may("read_responses"):
        return tags_by_id(db.session(), seat().workspace_id)
    return tags_within(db.session(), seat().workspace_id, seat().scope)
