"""The files of responses that were made, in one folder: all that there is of them outside the
database. A workspace's are in a folder of its own, so that they are found and deleted together.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

_UNFINISHED = ".part"
_OURS = re.compile(r"[0-9a-f]{32}(-\d+\.part)?")


class ExportFiles:
    """The files below a folder, which is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, workspace_id: int, id: UUID) -> Path:
        """Where a finished file is; its workspace's folder is there."""
        folder = self._folder / str(workspace_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / id.hex

    def unfinished(self, workspace_id: int, id: UUID, attempt: int) -> Path:
        """Where a file is written: nobody is ever given it under this name."""
        path = self.path(workspace_id, id)
        return path.with_name(f"{path.name}-{attempt}{_UNFINISHED}")

    def of_workspace(self, workspace_id: int) -> list[Path]:
        """All files of a workspace, unfinished ones too."""
        folder = self._folder / str(workspace_id)
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def delete_of_workspace(self, workspace_id: int) -> int:
        """Delete all files of a workspace; returns how many there were."""
        files = self.of_workspace(workspace_id)
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def delete(self, workspace_id: int, id: UUID) -> None:
        """Delete a file, and what was written of it."""
        for file in self.of_workspace(workspace_id):
            if file.name.startswith(id.hex):
                file.unlink(missing_ok=True)

    def delete_unfinished(self, workspace_id: int, id: UUID) -> None:
        """Delete what was written of a file by who gave it up or died."""
        for file in self.of_workspace(workspace_id):
            if file.name.startswith(id.hex) and file.name.endswith(_UNFINISHED):
                file.unlink(missing_ok=True)

    def used(self, workspace_id: int | None = None) -> int:
        """How many bytes the files of a workspace take; of all without one."""
        workspaces = self.workspaces() if workspace_id is None else [workspace_id]
        return sum(_size(file) for id in workspaces for file in self.of_workspace(id))

    def workspaces(self) -> list[int]:
        """The workspaces that have a folder."""
        if not self._folder.is_dir():
            return []
        return [int(entry.name) for entry in self._folder.iterdir() if entry.name.isdecimal()]

    def known(self) -> Iterator[tuple[int, UUID, Path]]:
        """Every file with its workspace and the id of what it belongs to."""
        for workspace_id in self.workspaces():
            for file in self.of_workspace(workspace_id):
                # Whatever else somebody has put here is theirs.
                if _OURS.fullmatch(file.name):
                    yield workspace_id, UUID(file.name[:32]), file


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        # Somebody deleted it meanwhile.
        return 0
