"""Addresses by which Amazon SNS wants a subscription confirmed: kept for a person to open.

One small file each in the data folder. What a workspace's API key posted is shown to the people who
manage that workspace. What the operator's token posted is for whoever reads the log and the folder.
"""

from datetime import datetime, timedelta
from pathlib import Path

# As long as SNS waits.
_KEPT = timedelta(days=3)


def keep_confirmation(folder: Path, workspace_id: int | None, url: str) -> None:
    """Keep an address for a workspace, or for the operator when it is None; the last one stays."""
    _file(folder, workspace_id).write_text(url + "\n")


def confirmation(folder: Path, workspace_id: int, now: datetime) -> str:
    """The address that a workspace is to open; "" for none, or one that is too old."""
    file = _file(folder, workspace_id)
    try:
        is_new = file.stat().st_mtime > (now - _KEPT).timestamp()
        return file.read_text().strip() if is_new else ""
    except FileNotFoundError:
        return ""


def _file(folder: Path, workspace_id: int | None) -> Path:
    whose = "operator" if workspace_id is None else str(int(workspace_id))
    return folder / f"sns-confirmation-{whose}.txt"
