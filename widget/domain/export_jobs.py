"""Files of responses that take a while: who may have how many, and for how long."""

from datetime import timedelta
from typing import Literal, get_args

# `over`: its day has passed, or its owner threw it away; the file is gone.
ExportStatus = Literal["waiting", "making", "done", "failed", "cancelled", "over"]
# Why one failed: no room for the file; its owner may see no responses any more; something else.
ExportFailure = Literal["room", "seat", "error"]
FAILURES: tuple[ExportFailure, ...] = get_args(ExportFailure)

# A file of no more responses is sent at once.
AT_ONCE = 10_000
KEPT_FOR = timedelta(hours=24)
# How long a list tells of a file that is gone.
REMEMBERED_FOR = timedelta(days=7)
# How many somebody may have waiting or under way.
MOST_OPEN = 3
# How many somebody may ask for within an hour, also of those they cancel.
MOST_AN_HOUR = 20
# How many of somebody's files are listed on a page.
LISTED = 50
# An error may pass: after so many times it is said to have failed.
MOST_ATTEMPTS = 3
# The part of the room for all files that those of one workspace may take.
SHARE_OF_WORKSPACE = 4


def room_left(room: int, used: int, used_by_workspace: int) -> int:
    """How many bytes a workspace's next file may take; 0 or less where there is no room."""
    return min(room - used, room // SHARE_OF_WORKSPACE - used_by_workspace)
