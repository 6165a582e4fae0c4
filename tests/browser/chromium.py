"""Which Chromium the browser tests drive, and how it is started."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

# First the one without windows, which takes a third of the others' time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Tests reach nothing but this machine, whatever a page links to.
    "--host-resolver-rules=MAP * ~NOTFOUND, "
    "EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium: SAYSO_CHROMIUM if set, else the system's, else Playwright's own."""
    program = os.environ.get("SAYSO_CHROMIUM") or next(
        filter(None, map(shutil.which, _NAMES)), None
    )
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return playwright.chromium.launch(
        executable_path=program,
        args=[*_QUIET, "--no-sandbox"] if as_root else _QUIET,
    )
