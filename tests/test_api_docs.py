"""docs/api.md names what there is."""

import re
from pathlib import Path

from tests.builders import Workspace
from tests.web.api.describing import description

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")


def test_every_address_of_the_api_is_named_and_no_other(acme: Workspace) -> None:
    assert set(re.findall(r"^\| `(/api/v1/[^`]+)`", PAGE, re.MULTILINE)) == set(
        description(acme)["paths"]
    )


def test_every_page_and_heading_that_it_leads_to_is_there() -> None:
    for name, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", PAGE):
        text = (DOCS / name).read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
            for line in text.splitlines()
            if line.startswith("#")
        }
        assert not anchor or anchor in headings, (name, anchor)
