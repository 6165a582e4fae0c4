"""Where the folders that ship with the package lie: inside it (wheel) or beside it (checkout)."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset_folder(name: str) -> Path:
    """The folder of that name (`static`, `templates`, `embed`) that goes with this package."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
