"""A process that turns one page into one PDF: HTML at standard input, the PDF at standard output.

It is a process of its own so that what it needs of memory and time ends with it, and so that it can
be stopped. Run by its path with the folder of static files as argument; imports nothing of ours.
"""

import resource
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

_CPU_S = 60
NO_LIBRARY = 3
_TYPES = {".css": "text/css", ".ttf": "font/ttf"}


def static_file(folder: Path, url: str) -> Path:
    """The file below a folder that a `file:` address names. Raises ValueError for any other
    address: a report must not be able to read files or reach servers."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        raise ValueError("This address may not be read.")
    file = Path(unquote(parts.path)).resolve()
    if not file.is_relative_to(folder.resolve()) or file.suffix not in _TYPES:
        raise ValueError("This file may not be read.")
    return file


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    folder = Path(sys.argv[1])
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError) as error:
        sys.stderr.write(str(error).splitlines()[0])
        return NO_LIBRARY

    class StaticFilesOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            file = static_file(folder, url)
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": _TYPES[file.suffix]})

    page = sys.stdin.buffer.read().decode()
    base = (folder / "reports" / "report.html").resolve().as_uri()
    fetcher = StaticFilesOnly(allowed_protocols=["file"])
    # Tagged, with a title and a language: what PDF/UA demands of a document.
    pdf = HTML(string=page, base_url=base, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
