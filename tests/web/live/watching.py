"""Watching a stream in a test: what is told, read as a browser reads it."""

import json
from dataclasses import dataclass
from typing import Any

from tests.builders import Workspace
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.stream import ANYTHING, StreamFilter
from widget.web.live.subscriptions import Look, Subscription


@dataclass(frozen=True)
class Told:
    """A server-sent event."""

    name: str
    id: str
    data: Any


def read(stream: bytes) -> list[Told]:
    """The events in what a stream sent; comments and retry times are left out."""
    found = []
    for block in stream.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append(Told(fields["event"], fields["id"], json.loads(fields["data"])))
    return found


def subscription(
    acme: Workspace,
    scope: Scope = EVERYTHING,
    wanted: StreamFilter = ANYTHING,
    *,
    names_members: bool = True,
) -> Subscription:
    return Subscription(acme.id, scope, wanted, Look("Acme", "UTC", names_members))
