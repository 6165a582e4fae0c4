"""A report as a PDF."""

import os
import subprocess
import sys
from pathlib import Path

from widget.domain.errors import PdfNotMade
from widget.domain.reports.view import ReportView
from widget.paths import asset_folder
from widget.report_pages import pdf_process
from widget.report_pages.page import digest_of, document

TIMEOUT_S = 90
MISSING = (
    "This server cannot make PDFs: the libraries Pango and HarfBuzz are missing. On Debian, "
    "install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."
)
# What finding fonts needs; nothing of ours, secrets least of all.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


def make_pdf(view: ReportView) -> tuple[bytes, str]:
    """The PDF of a report and the digest of the page it was made from. Takes seconds; raises
    PdfNotMade."""
    page = document(view)
    return pdf_of_page(page), digest_of(page)


def pdf_of_page(page: str) -> bytes:
    """The PDF of an HTML page that uses our static files and no others. Raises PdfNotMade."""
    static = asset_folder("static")
    script = Path(pdf_process.__file__)
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, and no shell
            # -P: modules beside the script must not be taken for the libraries of the same name.
            [sys.executable, "-P", str(script), str(static)],
            input=page.encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfNotMade("Making the PDF took too long and was stopped.") from error
    if done.returncode == pdf_process.NO_LIBRARY:
        raise PdfNotMade(MISSING)
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PdfNotMade(f"Making the PDF failed: {said[-1] if said else done.returncode}")
    return done.stdout
