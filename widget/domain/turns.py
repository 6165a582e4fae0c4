"""Whose turn it is, where workspaces take turns."""

from dataclasses import dataclass


@dataclass
class Turns:
    """Remembers, within one process, the id of the workspace that had its turn last."""

    last: int = 0
