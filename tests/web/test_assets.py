"""Static files, as browsers fetch them."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

from tests.builders import Workspace

STATIC = Path(__file__).parents[2] / "static"


def test_a_versioned_file_is_cached_forever_and_travels_packed(acme: Workspace) -> None:
    client = acme.world.client()
    page = client.get(f"/w/{acme.survey()}").text
    address = re.findall(r'<script src="([^"]+)"', page)[0]
    packed = client.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = client.get(address, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_file_without_its_version_is_asked_for_again_soon(acme: Workspace) -> None:
    answer = acme.world.client().get("/static/frame/frame.js", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_vendored_files_are_the_ones_we_checked() -> None:
    rows = re.findall(
        r"\| (\S+) \| .* \| ([0-9a-f]{64}) \|", (STATIC / "vendor/README.md").read_text()
    )
    listed = {name for name, _digest in rows}
    vendored = {path.name for path in (STATIC / "vendor").iterdir()}
    assert listed == {name for name in vendored if name.endswith((".js", ".css", ".ttf"))}
    for name, digest in rows:
        assert sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest
