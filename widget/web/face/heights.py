"""How much room a survey needs on a page before it has said so itself."""

from widget.domain.scales import Kind

HEIGHTS: dict[Kind, int] = {"stars": 134, "csat": 142, "nps": 157, "ces": 134}
"""CSS pixels of each kind's first step with its built-in English words, where it has 600 of width.

Snippets reserve it by `data-height`, so that nothing jumps when the frame arrives.
"""

MEMBER_HEIGHT = 90
"""CSS pixels that whoever is rated adds to it: name, title, and a bio of up to two lines."""

PROFILE_ANSWER_HEIGHT = 19
"""CSS pixels that each answer to one of the workspace's profile questions adds to that."""
