"""The loader's files: today's, and every one that was ever released."""

import base64
import gzip
import hashlib
from functools import cache
from typing import NamedTuple

from widget.paths import asset_folder


class Loader(NamedTuple):
    name: str
    plain: bytes
    packed: bytes


@cache
def loaders() -> dict[str, Loader]:
    """Every frozen loader by its name, read once."""
    return {
        path.stem: Loader(path.stem, plain, gzip.compress(plain, 9, mtime=0))
        for path in asset_folder("embed").glob("pinned/*.js")
        for plain in [path.read_bytes()]
    }


@cache
def current() -> Loader:
    """Today's loader."""
    return loaders()[(asset_folder("embed") / "current.txt").read_text(encoding="utf-8").strip()]


@cache
def testimonials_script() -> Loader:
    """The script that puts testimonials on a page, as it stands in the checkout."""
    plain = (asset_folder("embed") / "testimonials.js").read_bytes()
    name = hashlib.sha256(plain).hexdigest()[:16]
    return Loader(name, plain, gzip.compress(plain, 9, mtime=0))


def loader_url_path() -> str:
    """The path of today's loader that never changes, as in `/embed/0123456789abcdef.js`."""
    return f"/embed/{current().name}.js"


@cache
def loader_integrity() -> str:
    """What a page writes into `integrity` beside `loader_url_path()`: `sha384-…`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(current().plain).digest()).decode()
