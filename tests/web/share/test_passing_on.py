"""Links that are pressed: where they lead, that they count, and that nothing else leads on."""

from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import Workspace, post
from tests.web.frame.visiting import open_survey
from tests.web.share.customers import answered, sharing_survey, way_in
from widget.actions.count_shares import count_shares
from widget.domain.share_links import Press, PressSigner
from widget.extensions import db
from widget.storage.share_counts import Uses, uses_by_channel


def counts(acme: Workspace) -> dict[str, tuple[int, int]]:
    """Offered and used by channel, over all surveys."""
    with acme.world.app.app_context():
        found = uses_by_channel(db.session(), acme.id, since=acme.world.clock().date())
        db.session.remove()
        return {channel: (uses.offered, uses.used) for channel, uses in found.items()}


def add_review_site(acme: Workspace, name: str = "Google", offer: str = "every") -> None:
    owner = acme.signed_in()
    url = f"https://reviews.example/{name.lower()}"
    path = "/console/sharing/review-sites"
    assert post(owner, path, "/console/sharing", name=name, url=url).status_code == 303
    assert post(owner, "/console/sharing", offer_reviews=offer).status_code == 303


def test_each_way_leads_where_it_says_with_the_text_and_the_link(acme: Workspace) -> None:
    survey = sharing_survey(acme, texts={"share_text": {"en": "Thanks, {member} & {company}!"}})
    acme.member("Ana Silva", email="ana@acme.example")
    customer = answered(acme, survey, query="?member=ana@acme.example")
    customer.share()
    link = f"http://localhost{customer.page}"
    text = "Thanks, Ana & Acme!"
    expected = {
        "WhatsApp": ("https://wa.me/", {"text": f"{text} {link}"}),
        "Facebook": ("https://www.facebook.com/sharer/sharer.php", {"u": link}),
        "X": ("https://x.com/intent/post", {"text": text, "url": link}),
        "LinkedIn": ("https://www.linkedin.com/sharing/share-offsite/", {"url": link}),
        "Bluesky": ("https://bsky.app/intent/compose", {"text": f"{text} {link}"}),
        "Email": ("mailto:", {"subject": "Acme", "body": f"{text} {link}"}),
    }
    for label, (address, query) in expected.items():
        go, to = customer.way(label)
        parts = urlsplit(to)
        assert to.startswith(f"{address}?")
        assert {name: values[0] for name, values in parse_qs(parts.query).items()} == query
        led = customer.client.get(go)
        assert (led.status_code, led.headers["Location"]) == (302, to)


def test_only_the_chosen_ways_are_offered(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme, share_channels=("copy", "x")))
    customer.share()
    assert "Facebook" not in customer.ways
    assert "Mastodon" not in customer.ways
    assert "data-native" not in customer.ways
    assert customer.way("X")
    assert set(counts(acme)) == {"page", "copy", "x"}


def test_offered_and_used_are_counted_apart(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme, share_channels=("native", "x", "email")))
    assert counts(acme) == {"page": (1, 0)}
    customer.share()
    customer.share()
    assert counts(acme) == {"page": (1, 1), "x": (1, 0), "email": (1, 0)}
    go, _to = customer.way("X")
    customer.client.get(go)
    assert customer.client.post(go).status_code == 204
    assert counts(acme)["x"] == (1, 2)
    native = customer.ways.split('data-native="')[1].split('"')[0]
    customer.client.post(native, data={"act": "offered"})
    customer.client.post(native, data={"act": "used"})
    assert counts(acme)["native"] == (1, 1)
    # Nothing else may be called offered from outside.
    customer.client.post(go, data={"act": "offered"})
    assert counts(acme)["x"] == (1, 3)


def test_looking_ahead_and_tests_are_not_counted(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    go, _to = customer.way("X")
    customer.client.get(go, headers={"Sec-Purpose": "prefetch"})
    customer.client.head(go)
    assert counts(acme)["x"] == (1, 0)
    before = counts(acme)
    test = answered(acme, sharing_survey(acme), query="?test=1")
    assert test.share().status_code == 200
    test.client.get(test.way("X")[0])
    assert counts(acme) == before


def test_counting_keeps_no_trace_of_who_pressed(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme), query="?email=kim@c.example")
    customer.share()
    token = customer.way("X")[0].rpartition("/")[2]
    press = PressSigner(acme.world.settings.secret_keys).read(token)
    response = acme.responses()[0]
    assert str(response.id) not in press.url
    assert response.id.hex not in press.url
    assert "kim" not in press.url


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_review_sites_are_offered_alike_after_every_score(acme: Workspace, score: int) -> None:
    add_review_site(acme, "Google")
    add_review_site(acme, "Trustpilot")
    thanks = answered(acme, acme.survey(), score).thanks.text
    assert way_in(thanks, "Google")[1] == "https://reviews.example/google"
    assert way_in(thanks, "Trustpilot")[1] == "https://reviews.example/trustpilot"
    assert len([way for way in counts(acme).values() if way == (1, 0)]) == 2


def test_the_links_to_review_sites_are_the_same_whatever_was_answered(acme: Workspace) -> None:
    add_review_site(acme)
    survey = sharing_survey(acme)
    shown = {
        answered(acme, survey, score).thanks.text.split("reviews-title")[1] for score in (1, 5)
    }
    assert len({text.split("</section>")[0] for text in shown}) == 1


@pytest.mark.parametrize("score", [1, 5])
def test_nobody_is_offered_review_sites_where_the_workspace_chose_none(
    acme: Workspace, score: int
) -> None:
    add_review_site(acme, offer="none")
    assert "reviews.example" not in answered(acme, acme.survey(), score).thanks.text


def test_a_survey_of_one_question_offers_and_counts_as_well(acme: Workspace) -> None:
    add_review_site(acme)
    survey = acme.survey()
    acme.change(survey, ask_reasons=False, ask_comment=False)
    for _ in range(3):
        thanks = open_survey(acme.world.client(), survey).send(score=5)
        assert "reviews.example" in thanks.text
    assert list(counts(acme).values()) == [(3, 0)]


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "aHR0cHM6Ly9ldmlsLmV4YW1wbGU",
        "https://evil.example",
        "//evil.example",
        "%2F%2Fevil.example",
        "é",
    ],
)
def test_nothing_leads_away_that_this_server_did_not_sign(acme: Workspace, token: str) -> None:
    client = acme.world.client()
    answer = client.get(f"/t/go/{token}")
    # Slashes that stand twice are made one, on our own host.
    assert answer.headers.get("Location", "http://localhost/").startswith("http://localhost/")
    assert client.get(f"/t/go/{token}", follow_redirects=True).status_code == 404


def test_a_link_signed_by_others_or_changed_leads_nowhere(acme: Workspace) -> None:
    press = Press(acme.id, 1, "x", "https://evil.example/")
    client = acme.world.client()
    forged = PressSigner(["another server's key" * 2]).sign(press)
    assert client.get(f"/t/go/{forged}").status_code == 404
    token = PressSigner(acme.world.settings.secret_keys).sign(press)
    payload, _dot, signature = token.rpartition(".")
    assert client.get(f"/t/go/{payload[:-2]}AA.{signature}").status_code == 404
    assert client.get(f"/t/go/{token}?url=https://else.example/").headers["Location"] == press.url


def mastodon(acme: Workspace, instance: str, press: str | None = None) -> Any:
    if press is None:
        customer = answered(acme, sharing_survey(acme))
        customer.share()
        press = customer.ways.split('name="press" value="')[1].split('"')[0]
    return acme.world.client().post("/t/mastodon", data={"press": press, "instance": instance})


def test_mastodon_opens_on_the_server_that_somebody_names(acme: Workspace) -> None:
    answer = mastodon(acme, "@Kim@Mastodon.Example")
    assert answer.status_code == 200
    assert answer.headers["Refresh"].startswith("0; url=https://mastodon.example/share?text=")
    assert "Continue to mastodon.example" in answer.text
    assert counts(acme)["mastodon"] == (1, 1)


@pytest.mark.parametrize("instance", ["", "localhost", "evil.example/x", "127.0.0.1", "<b>"])
def test_what_names_no_server_is_asked_for_again(acme: Workspace, instance: str) -> None:
    answer = mastodon(acme, instance)
    assert answer.status_code == 422
    assert "Refresh" not in answer.headers
    assert "Please write your server’s name" in answer.text
    assert "<b>" not in answer.text
    assert counts(acme)["mastodon"] == (1, 0)


def test_mastodon_takes_no_text_that_we_did_not_sign(acme: Workspace) -> None:
    assert mastodon(acme, "mastodon.example", press="x").status_code == 404
    other = Press(acme.id, 1, "x", "https://x.com/")
    token = PressSigner(acme.world.settings.secret_keys).sign(other)
    assert mastodon(acme, "mastodon.example", press=token).status_code == 404


def test_the_mastodon_press_is_no_address_to_be_led_to(acme: Workspace) -> None:
    signed = PressSigner(acme.world.settings.secret_keys).sign(Press(acme.id, 1, "mastodon", "Hi"))
    assert acme.world.client().get(f"/t/go/{signed}").status_code == 404


def test_counts_are_exact_whoever_counts_at_the_same_moment(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey()
    assert survey

    def press() -> None:
        with acme.world.app.app_context():
            for _ in range(25):
                count_shares(
                    db.engine,
                    acme.id,
                    1,
                    None,
                    {"x": Uses(used=1), "copy": Uses(offered=1), "email": Uses(2, 1)},
                    time_zone="UTC",
                    at=acme.world.clock(),
                )

    pressing = [Thread(target=press) for _ in range(8)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    assert counts(acme) == {"x": (0, 200), "copy": (200, 0), "email": (400, 200)}


def test_a_day_is_the_workspaces(acme: Workspace) -> None:
    with acme.world.app.app_context():
        at = acme.world.clock().replace(hour=23)
        zone = "Pacific/Auckland"
        count_shares(db.engine, acme.id, 1, None, {"x": Uses(used=1)}, time_zone=zone, at=at)
        tomorrow = at.date().replace(day=at.day + 1)
        assert uses_by_channel(db.session(), acme.id, since=tomorrow) == {"x": Uses(0, 1)}
        assert uses_by_channel(db.session(), acme.id + 1, since=tomorrow) == {}
