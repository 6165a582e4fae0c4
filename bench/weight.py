"""How many bytes a page fetches to show a survey: `python -m bench.weight`."""

import gzip
import tempfile
from dataclasses import replace
from pathlib import Path

from widget import create_app
from widget.extensions import db
from widget.operate.demo import make_demo
from widget.paths import asset_folder
from widget.settings import load_settings
from widget.storage import migrate
from widget.web.loader import current


def weights() -> dict[str, int]:
    """Bytes after gzip -9, by part; the frame's page has its CSS in it."""
    static = asset_folder("static")
    return {
        "loader": _packed(current().plain),
        "frame page with CSS": _packed(_page()),
        "frame script": _packed((static / "frame" / "frame.js").read_bytes()),
        "htmx": _packed((static / "vendor" / "htmx-4.0.1.min.js").read_bytes()),
    }


def _packed(data: bytes) -> int:
    return len(gzip.compress(data, 9, mtime=0))


def _page() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(load_settings({"SAYSO_DATA": folder}), data=Path(folder))
        app = create_app(settings)
        with app.app_context():
            migrate.upgrade(db.engine)
            survey = make_demo(settings).surveys["nps"]
            page = app.test_client().get(f"/w/{survey}").data
            db.session.remove()
            db.engine.dispose()
        return page


def main() -> None:
    found = weights()
    for part, size in found.items():
        print(f"{part:20} {size:6}")
    print(f"{'together':20} {sum(found.values()):6}")


if __name__ == "__main__":
    main()
