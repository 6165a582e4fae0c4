"""Nothing in our mail is used unless it is known how mail clients draw it."""

import pytest

from tests.email_rows.test_row import EVERY_STYLE, row
from widget.domain.scales import Kind, Style
from widget.domain.surveys import new_definition
from widget.email_rows.support import (
    FEATURES,
    Feature,
    fallbacks_of,
    undeclared_features,
    used_features,
)


@pytest.mark.parametrize(("kind", "style"), EVERY_STYLE)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_rows_use_nothing_that_is_undeclared(kind: Kind, style: Style, language: str) -> None:
    assert undeclared_features(row(new_definition(kind, style), language)) == set()


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda feature: feature.name)
def test_what_a_client_lacks_has_a_fallback_and_a_source(feature: Feature) -> None:
    if feature.is_everywhere:
        assert feature.fallback == ""
    else:
        assert feature.fallback.endswith(".")
        assert feature.slug.startswith(("css-", "html-"))


def test_elements_attributes_and_properties_are_all_seen() -> None:
    html = '<div hidden><p style="color:#fff; position : fixed">x</p><br/></div>'
    assert used_features(html) == {
        "<div>",
        "hidden=",
        "<p>",
        "style=",
        "color:",
        "position:",
        "<br>",
    }
    assert undeclared_features(html) == {"hidden=", "position:"}


def test_fallbacks_are_told_for_what_is_used() -> None:
    told = {feature.name for feature in fallbacks_of(row(new_definition("stars")))}
    assert {"border-radius:", "aria-label=", "display:"} <= told
    assert "dir=" not in told
    assert "bgcolor=" not in told


def test_padding_and_width_stand_where_outlook_heeds_them() -> None:
    for kind, style in EVERY_STYLE:
        for line in row(new_definition(kind, style)).splitlines():
            if line.startswith("<a "):
                assert "padding" not in line
                assert "width" not in line
