"""The names of what happens, as the events table and later listeners know them."""

from typing import Literal

EventName = Literal[
    "response.given",
    "response.changed",
    "response.finished",
    "response.hidden",
    "response.shown",
    "response.assigned",
    "response.marked",
    "response.noted",
    "response.tagged",
    "responses.exported",
    "survey.published",
    "survey.closed",
    "survey.opened",
    "grant.earned",
    "grant.withdrawn",
    "grant.approved",
    "grant.declined",
    "grant.handed_over",
    "request.created",
    "request.not_sent",
    "request.bounced",
    "request.cancelled",
    "follow_up.opened",
    "follow_up.closed",
    "customer.erased",
    "customer.exported",
    "customers.merged",
    "customers.imported",
]
