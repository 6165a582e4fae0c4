"""Sharing in the console: a workspace's rules, its counts, and a survey's part of it."""

import re
from html import unescape
from typing import Any

import pytest

from tests.builders import Workspace, make_workspace, post
from widget.actions.count_shares import count_shares
from widget.extensions import db
from widget.storage.share_counts import Uses
from widget.storage.shares import sharing_rules
from widget.storage.survey_editing import survey_in_editor

SITES = "/console/sharing/review-sites"


def add(client: Any, name: str, url: str) -> Any:
    return post(client, SITES, "/console/sharing", name=name, url=url)


def rules(acme: Workspace) -> Any:
    with acme.world.app.app_context():
        found = sharing_rules(db.session(), acme.id)
        db.session.remove()
        return found


def test_review_sites_are_added_and_removed(any_acme: Workspace) -> None:
    acme = any_acme
    owner = acme.signed_in()
    assert add(owner, " Google ", "https://g.page/r/abc/review").status_code == 303
    assert add(owner, "Own", "https://acme.example/reviews").status_code == 303
    google, own = rules(acme).review_sites
    assert (google.name, google.url) == ("Google", "https://g.page/r/abc/review")
    post(owner, f"{SITES}/{google.id}/remove", "/console/sharing")
    assert rules(acme).review_sites == (own,)


@pytest.mark.parametrize(
    ("name", "url", "sentence"),
    [
        ("", "https://g.page/", "Give the site a name"),
        ("x" * 41, "https://g.page/", "Give the site a name"),
        ("Google", "http://g.page/", "begins with https://"),
        ("Google", "javascript:alert(1)", "begins with https://"),
    ],
)
def test_a_review_site_has_a_name_and_an_https_address(
    acme: Workspace, name: str, url: str, sentence: str
) -> None:
    refused = add(acme.signed_in(), name, url)
    assert refused.status_code == 422
    assert sentence in unescape(refused.text)
    assert f'value="{url}"' in refused.text
    assert rules(acme).review_sites == ()


def test_there_are_at_most_five_review_sites(acme: Workspace) -> None:
    owner = acme.signed_in()
    for number in range(5):
        add(owner, f"Site {number}", "https://reviews.example/")
    refused = add(owner, "Sixth", "https://reviews.example/")
    assert refused.status_code == 422
    assert "At most 5 review sites" in refused.text
    assert len(rules(acme).review_sites) == 5


def test_the_page_says_why_there_is_nothing_between_every_and_none(acme: Workspace) -> None:
    owner = acme.signed_in()
    page = unescape(owner.get("/console/sharing").text)
    assert "asking only happy customers for a public review is “review gating”" in page
    assert re.findall(r'name="offer_reviews" value="(\w+)"', page) == ["every", "none"]
    post(owner, "/console/sharing", offer_reviews="positive")
    assert rules(acme).offer_reviews == "none"
    post(owner, "/console/sharing", offer_reviews="every")
    assert rules(acme).offer_reviews == "every"


def test_counts_stand_by_way_for_thirty_days_with_a_dash_for_none(acme: Workspace) -> None:
    survey, other = acme.survey(), acme.survey(name="Other")
    with acme.world.app.app_context():
        ids = [survey_in_editor(db.session(), acme.id, name).id for name in (survey, other)]
        db.session.remove()
        for days, id, uses in (
            (0, ids[0], Uses(8, 2)),
            (-29, ids[1], Uses(2, 0)),
            (-30, ids[0], Uses(100, 100)),
        ):
            at = acme.world.clock()
            acme.world.clock.pass_time(days=days)
            moment, acme.world.clock.moment = acme.world.clock(), at
            count_shares(db.engine, acme.id, id, None, {"x": uses}, time_zone="UTC", at=moment)
    owner = acme.signed_in()

    def row(query: str = "", name: str = "X") -> list[str]:
        page = owner.get(f"/console/sharing{query}").text
        cells = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', page, re.DOTALL)
        assert cells
        return re.findall(r">([^<]+)</td>", cells[1])

    assert row() == ["10", "2", "20 %"]
    assert row(f"?survey={other}") == ["2", "0", "0 %"]
    assert row(name="Facebook") == ["–", "–", "–"]
    assert (
        "10"
        not in make_workspace(acme.world, "B", "b@b.example")
        .signed_in()
        .get("/console/sharing")
        .text.split("Way to share")[1]
        .split("never by whom")[0]
    )


def edit(acme: Workspace, survey: str, **fields: Any) -> Any:
    path = f"/console/surveys/{survey}?section=sharing"
    return post(acme.signed_in(), path, **fields)


def test_a_survey_offers_sharing_in_its_editor(acme: Workspace) -> None:
    survey = acme.survey()
    saved = edit(
        acme,
        survey,
        share="1",
        share_channels=["copy", "x", "myspace"],
        share_url="https://acme.example/{member}",
    )
    assert saved.status_code == 303
    with acme.world.app.app_context():
        draft = survey_in_editor(db.session(), acme.id, survey).draft
    assert draft.share
    assert draft.share_channels == ("copy", "x")
    assert draft.share_url == "https://acme.example/{member}"
    owner = acme.signed_in()
    assert "Text that customers share" in owner.get(f"/console/surveys/{survey}").text
    changes = unescape(owner.get(f"/console/surveys/{survey}").text)
    for words in ("Offers sharing", "Ways to share", "A shared page leads to"):
        assert words in changes


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"share": "1"}, "Choose at least one way to share"),
        ({"share_channels": "x", "share_url": "http://a.example"}, "begins with https://"),
        ({"share_channels": "x", "share_url": "https://{member}.example/"}, "after the host name"),
        ({"share_channels": "x", "share_url": "https://a.example/{ref}"}, "is no placeholder"),
        ({"share_channels": "x", "share_url": "https://a.example/{customer}"}, "cannot say"),
    ],
)
def test_what_cannot_be_shared_is_refused_beside_its_field(
    acme: Workspace, fields: dict[str, Any], sentence: str
) -> None:
    refused = edit(acme, acme.survey(), **fields)
    assert refused.status_code == 422
    assert sentence in unescape(refused.text)


def test_the_shared_text_cannot_name_its_customer(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, share=True)
    refused = post(
        acme.signed_in(),
        f"/console/surveys/{survey}?section=wording",
        **{"text.share_text": "{customer} loves {company}"},
    )
    assert refused.status_code == 422
    assert "it cannot say {customer}" in unescape(refused.text)


def test_the_preview_shows_what_the_thanks_would_offer_and_makes_nothing(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, share=True)
    owner = acme.signed_in()
    for score, is_offered in ((5, True), (2, False)):
        thanks = owner.post(
            f"/console/surveys/{survey}/preview/responses",
            data={"step": "follow_up", "main_score": str(score)},
        )
        assert ("Share your experience" in thanks.text) == is_offered
        assert f"/w/{survey}/share" not in thanks.text
