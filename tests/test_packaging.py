"""The wheel: everything the checkout has, serving a widget from an empty environment."""

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.servers import free_port, wait_until

ROOT = Path(__file__).parent.parent
SHIPPED = ("widget", "templates", "static", "embed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def tracked_files() -> set[str]:
    """What the repository ships, as the wheel names it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SHIPPED],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    names = {name for name in listed if name and (ROOT / name).exists()}
    return {name if name.startswith("widget/") else f"widget/{name}" for name in names}


def test_the_wheel_has_every_file_of_the_tree_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == tracked_files()


def test_an_empty_environment_serves_a_widget_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    sayso, port = environment / "bin" / "sayso", free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "SAYSO_DATA": str(tmp_path / "data"),
        "SAYSO_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    # Not from the checkout: nothing of it may be found by accident.
    demo = json.loads(
        subprocess.check_output([sayso, "demo", "--json"], env=environ, cwd=tmp_path, text=True)
    )
    process = subprocess.Popen(
        [sayso, "serve", "--port", str(port)], env=environ, cwd=tmp_path, start_new_session=True
    )

    def fetch(path: str) -> bytes:
        with urllib.request.urlopen(demo["url"] + path, timeout=5) as answer:
            body: bytes = answer.read()
            return body

    def answers() -> bool:
        try:
            return fetch("/readyz") != b""
        except OSError:
            return False

    try:
        wait_until(answers, "the wheel's server")
        assert b"Brightwater Bicycles" in fetch(f"/w/{demo['surveys']['nps']}")
        assert b"sayso-survey" in fetch("/embed.js")
        assert b"ResizeObserver" in fetch("/static/frame/frame.js")
        assert b"csrf_token" in fetch("/console/account/sign-in")
    finally:
        process.terminate()
        process.wait(20)
