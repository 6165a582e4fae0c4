"""Somebody has a large file made, watches it, and downloads it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.browser.widths import past_the_edge
from tests.builders import MONDAY
from tests.exporting import make_files
from widget.domain.export_jobs import AT_ONCE
from widget.extensions import db
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Response
from widget.storage.surveys import published_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def fill(product: Product, name: str) -> str:
    """A survey with more test responses than are sent at once; its public id."""
    public_id = product.acme.survey("stars", name)
    with product.acme.world.app.app_context():
        survey = published_survey(db.session(), public_id)
        assert survey is not None
        row = {
            "workspace_id": product.acme.id,
            "survey_id": survey.id,
            "version_id": survey.version_id,
            "kind": "stars",
            "score": 4,
            "stars": 4,
            "language": "en",
            "source": "widget",
            "is_test": True,
            "day": MONDAY.date(),
            "answered_at": MONDAY,
            "updated_at": MONDAY,
        }
        db.session.rollback()
        with write_connection(db.engine) as connection:
            connection.execute(
                insert(Response), [row | {"id": new_id()} for _ in range(AT_ONCE + 1)]
            )
    return public_id


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_large_file_is_asked_for_watched_and_downloaded(
    product: Product, new_visitor: NewVisitor, has_scripts: bool, tmp_path: Path
) -> None:
    name = f"Large {'with' if has_scripts else 'without'} scripts"
    survey = fill(product, name)
    page = new_visitor(java_script_enabled=has_scripts)
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/responses?survey={survey}&tests=1")
    page.get_by_role("link", name="CSV").click()
    page.get_by_role("button", name="Make the CSV file").click()
    expect(page.get_by_text("The worker has not begun yet.")).to_be_visible()
    # The server's clock is the real one.
    assert make_files(product.acme, room=100_000_000, clock=lambda: datetime.now(UTC)) == 1
    if not has_scripts:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text(f"{AT_ONCE + 1:,} responses")).to_be_visible()
    if has_scripts:
        expect(page.get_by_role("status")).to_have_text("The file is ready.")
        assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the CSV file").click()
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert saved.read_bytes().count(b"\r\n") == AT_ONCE + 2
    page.get_by_role("link", name="Your files").click()
    page.set_viewport_size({"width": 320, "height": 700})
    row = page.get_by_role("row").filter(has_text=survey)
    if has_scripts:
        assert past_the_edge(page) == []
        assert axe(page) == []
    row.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_have_text("The file is gone.")
    expect(row).to_contain_text("deleted")
