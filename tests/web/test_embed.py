"""The loader's two addresses, and the promise that a frozen loader stays what it is."""

import base64
import gzip
import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from widget.paths import asset_folder
from widget.web import embed as module
from widget.web import loader

FOLDER = asset_folder("embed")
PINNED = sorted(FOLDER.glob("pinned/*.js"))


@pytest.fixture
def client() -> FlaskClient:
    """A bare application with nothing but the loader."""
    app = Flask(__name__)
    app.register_blueprint(module.embed)
    return app.test_client()


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """embed/build.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("embed_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # where dataclasses look their module up
    spec.loader.exec_module(made)
    return made


def _today() -> bytes:
    return (FOLDER / "pinned" / Path(loader.loader_url_path()).name).read_bytes()


def _is_script_for_other_origins(answer: TestResponse) -> bool:
    return (
        answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        and answer.headers["Access-Control-Allow-Origin"] == "*"
        and answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and "Set-Cookie" not in answer.headers
    )


def test_the_floating_loader_is_fresh_within_five_minutes(client: FlaskClient) -> None:
    answer = client.get("/embed.js")
    assert answer.status_code == 200
    assert answer.data == _today()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert _is_script_for_other_origins(answer)


def test_the_pinned_loader_may_be_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(loader.loader_url_path())
    assert answer.status_code == 200
    assert answer.data == _today()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert _is_script_for_other_origins(answer)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_browser_that_has_the_loader_gets_304(client: FlaskClient, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    tag = client.get("/embed.js", headers=headers).headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get("/embed.js", headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_the_loader_travels_compressed_where_the_browser_takes_that(client: FlaskClient) -> None:
    answer = client.get("/embed.js", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.data) <= 2048
    assert gzip.decompress(answer.data) == _today()
    assert answer.headers["ETag"] != client.get("/embed.js").headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/embed/0000000000000000.js",
        "/embed/current.txt",
        "/embed/..%2Floader.js",
        "/embed/build.py",
    ],
)
def test_only_frozen_loaders_have_an_address(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_loader_stays_within_2048_bytes() -> None:
    assert len(gzip.compress(_today(), 9, mtime=0)) <= 2048


def test_the_integrity_is_that_of_the_pinned_file() -> None:
    digest = hashlib.sha384(_today()).digest()
    assert loader.loader_integrity() == "sha384-" + base64.b64encode(digest).decode()


def test_today_s_loader_is_built_from_today_s_source(build: ModuleType) -> None:
    assert build.minified() == _today(), "run `make loader`"


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.stem)
def test_nobody_has_touched_a_frozen_loader(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == path.stem


def test_a_shortened_name_never_hides_another(build: ModuleType) -> None:
    code = "let outer=1;let run=(first,second)=>{let inner=first+outer;return inner+second};"
    assert build.shortened(code).count("=>") == 1
    names = build.shortened(code).replace("let ", "")
    first, rest = names.split("=", 1)
    parameters = rest[rest.index("(") + 1 : rest.index(")")].split(",")
    assert first not in parameters


def test_the_folder_lies_beside_the_package_in_a_checkout() -> None:
    assert (asset_folder("embed") / "loader.js").is_file()
