"""A report as a PDF: read as any program reads it, and made from our own files alone."""

import importlib
import socket
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.report_pages.reports import comment, view
from tests.servers import missing
from widget.domain.errors import PdfNotMade
from widget.paths import asset_folder
from widget.report_pages import pdf
from widget.report_pages.pdf import make_pdf, pdf_of_page
from widget.report_pages.pdf_process import static_file

STATIC = asset_folder("static")


@pytest.fixture
def pango() -> None:
    """What draws PDFs, which a Python package does not bring."""
    try:
        importlib.import_module("weasyprint")
    except OSError:
        missing("Pango")


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


@pytest.mark.usefixtures("pango")
def test_a_pdf_has_text_to_select_a_title_a_language_and_tags() -> None:
    words = "Ευχαριστώ πολύ! Спасибо большое! Zażółć gęślą jaźń."
    content, _digest = make_pdf(view(comments=[comment(words)]))
    found = read(content)
    text = "\n".join(page.extract_text() for page in found.pages)
    for said in ("Contoso, Q3 2026", "4.30", words, "How many gave which score", "Followed up"):
        assert said in text
    assert found.metadata is not None
    assert (found.metadata.title, found.metadata.author) == ("Contoso, Q3 2026", "Acme")
    catalog = found.trailer["/Root"]
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    tags = catalog["/StructTreeRoot"].get_object()
    assert tags["/K"]


@pytest.mark.usefixtures("pango")
def test_a_pdf_carries_its_own_fonts_and_fits_its_paper() -> None:
    found = read(make_pdf(view())[0])
    fonts = found.pages[0]["/Resources"]["/Font"]
    assert fonts
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "Sayso-Report" in inner["/BaseFont"]
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()
    width, height = (float(side) for side in found.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)


@pytest.mark.usefixtures("pango")
def test_making_a_pdf_reaches_no_server_and_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("body::after { content: 'the secret' }")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        port = server.getsockname()[1]
        page = (
            f"<html lang=en><title>x</title><link rel=stylesheet href='{secret.as_uri()}'>"
            f"<link rel=stylesheet href='http://127.0.0.1:{port}/a.css'>"
            f"<img alt=x src='http://127.0.0.1:{port}/a.png'><img alt=y src='file:///etc/passwd'>"
            f"<p style=\"background:url('http://127.0.0.1:{port}/b')\">Hello</p></html>"
        )
        content = pdf_of_page(page)
        with pytest.raises(TimeoutError):
            server.accept()
    # The words of pictures stand for them, and that is all.
    assert read(content).pages[0].extract_text().split() == ["Hello", "xy"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://sayso.example/report.css",
        "file:///etc/passwd",
        "file://host/share/a.css",
        f"{(STATIC / 'reports').as_uri()}/../../pyproject.toml",
        f"{(STATIC / 'reports').as_uri()}/..%2f..%2fwidget/settings.py",
        f"{(STATIC / 'console').as_uri()}/console.js",
        "data:text/css,a{}",
        "ftp://127.0.0.1/a.css",
    ],
)
def test_no_address_but_those_of_styles_and_fonts_may_be_read(url: str) -> None:
    with pytest.raises(ValueError, match="may not be read"):
        static_file(STATIC, url)


def test_styles_and_fonts_of_ours_may_be_read() -> None:
    url = f"{(STATIC / 'reports').as_uri()}/../vendor/DejaVuSans.ttf"
    assert static_file(STATIC, url) == (STATIC / "vendor" / "DejaVuSans.ttf").resolve()


def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: type("Done", (), {"returncode": 3, "stdout": b""})
    )
    with pytest.raises(PdfNotMade, match="libpango"):
        pdf_of_page("<p>x")


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT_S", 0.01)
    with pytest.raises(PdfNotMade, match="too long"):
        pdf_of_page("<p>x")


def test_the_process_is_given_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, str] = {}

    def run(*_args: object, env: dict[str, str], **_rest: object) -> object:
        given.update(env)
        return type("Done", (), {"returncode": 0, "stdout": b"%PDF-1.7"})

    monkeypatch.setenv("SAYSO_SECRET_KEYS", "k" * 40)
    monkeypatch.setattr(subprocess, "run", run)
    pdf_of_page("<p>x")
    assert "PATH" in given
    assert not [name for name in given if name.startswith("SAYSO")]
