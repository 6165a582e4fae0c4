"""The names of what happens, as the events table and later listeners know them."""

from typing import Literal

EventName = Literal[
    "response.given",
    "response.changed",
    "response.finished",
    "response.hidden",
    "response.shown",
    "response.marked",
    "response.noted",
    "survey.published",
    "survey.closed",
    "survey.opened",
    "request.created",
    "request.not_sent",
    "request.bounced",
    "request.cancelled",
]
