"""Saved filters and subscriptions in the console."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, make_workspace, post
from tests.following import user_id
from tests.subscribing import Mails, keep, run, set_clock, stored, subscribe
from tests.web.console.test_dashboard import tile
from widget.actions.change_people import remove_person
from widget.extensions import db
from widget.storage.models import SavedFilter

DASHBOARD = "/console/dashboard"


def kept(acme: Workspace) -> list[tuple[str, str, str, bool]]:
    """Page, name, query and sharing of every saved filter."""
    with acme.world.app.app_context():
        rows = db.session.scalars(select(SavedFilter).order_by(SavedFilter.id))
        return [(row.page, row.name, row.query, row.is_shared) for row in rows]


def links(html: str) -> dict[str, str]:
    """Addresses of a page's links by their words."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {
        " ".join(re.sub(r"<[^>]+>", " ", words).split()): address.replace("&amp;", "&")
        for address, words in found
    }


def test_the_filter_on_show_is_saved_and_found_in_the_menu(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"{DASHBOARD}?span=last_90&survey={survey}&channel=&by=team").text
    new = links(page)["Save this filter"]
    answer = post(client, new, name="Last quarter or so")
    assert answer.status_code == 303
    query = f"span=last_90&survey={survey}&by=team"
    assert kept(acme) == [("dashboard", "Last quarter or so", query, False)]
    assert answer.headers["Location"] == f"{DASHBOARD}?{query}"
    page = client.get(f"{DASHBOARD}?{query}").text
    assert "Save this filter" not in page
    assert links(page)["Last quarter or so"] == f"{DASHBOARD}?{query}"
    # Whoever changes the filter gets the menu of what is on show then, in the part that moves.
    part = client.get(f"{DASHBOARD}?channel=chat", headers={"HX-Request": "true"}).text
    assert "channel=chat" in links(part)["Save this filter"]


def test_days_that_have_a_name_move_on(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(acme, survey, 5)
    keep(acme, "span=last_7", name="Week")
    acme.world.clock.moment += timedelta(days=30)
    answer_survey(acme, survey, 1)
    client = acme.signed_in()
    address = links(client.get(DASHBOARD).text)["Week"]
    assert tile(client, "Stars", address).startswith("1.00")


def test_the_list_of_responses_has_filters_of_its_own(acme: Workspace) -> None:
    client = acme.signed_in()
    page = client.get("/console/responses?mood=negative&tag=Late&columns=tags").text
    post(client, links(page)["Save this filter"], name="Late ones")
    assert kept(acme) == [("responses", "Late ones", "mood=negative&tag=Late", False)]
    assert "Late ones" in links(client.get("/console/responses").text)
    assert "Late ones" not in links(client.get(DASHBOARD).text)
    assert "Get it by mail" not in client.get("/console/responses?mood=negative&tag=Late").text


def test_who_opens_a_shared_filter_sees_their_own_scope(acme: Workspace) -> None:
    team, survey = acme.team("Ours"), acme.survey()
    acme.put_in(team, acme.member("Ana", email="ana@a.example"))
    answer_survey(acme, survey, 5, member="ana@a.example")
    for _ in range(2):
        answer_survey(acme, survey, 1)
    keep(acme, "span=last_7", name="For all", is_shared=True)
    keep(acme, "span=last_7&metric=stars", name="Mine alone")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    page = lead.get(DASHBOARD).text
    address = links(page)["For all"]
    assert "Mine alone" not in page
    assert "n = 1 " in tile(lead, "Stars", address) + " "
    assert "n = 3 " in tile(acme.signed_in(), "Stars", address) + " "


def test_what_is_not_ones_own_is_out_of_reach(acme: Workspace) -> None:
    own, shared = keep(acme, name="Own"), keep(acme, name="Shared", is_shared=True)
    viewer = acme.person("vi@acme.example", "viewer")
    token_page = "/console/filters/new?page=dashboard"
    for filter_id, sees in ((own, False), (shared, True)):
        assert viewer.get(f"/console/filters/{filter_id}").status_code == 404
        subscribing = viewer.get(f"/console/filters/{filter_id}/subscribe").status_code
        assert subscribing == (200 if sees else 404)
        for path in ("", "/remove", "/query"):
            address = f"/console/filters/{filter_id}{path}"
            assert post(viewer, address, token_page, name="Taken").status_code == 404
    assert [name for _page, name, _query, _shared in kept(acme)] == ["Own", "Shared"]
    admin = acme.person("ad@acme.example", "admin")
    assert admin.get(f"/console/filters/{own}").status_code == 404
    address = f"/console/filters/{shared}"
    assert post(admin, address, name="Better", is_shared="1").status_code == 303
    assert [name for _page, name, _query, _shared in kept(acme)] == ["Own", "Better"]


def test_another_workspace_knows_nothing_of_it(acme: Workspace) -> None:
    shared = keep(acme, name="Secret plan", is_shared=True)
    other = make_workspace(acme.world, "Globex", "bo@globex.example").signed_in()
    assert "Secret plan" not in other.get(DASHBOARD).text
    assert "Secret plan" not in other.get("/console/filters").text
    assert other.get(f"/console/filters/{shared}").status_code == 404
    assert other.get(f"/console/filters/{shared}/subscribe").status_code == 404


def test_who_leads_nobody_shares_nothing_and_unshares_nothing_by_renaming(acme: Workspace) -> None:
    viewer = acme.person("vi@acme.example", "viewer")
    assert "Share it" not in viewer.get("/console/filters/new?page=dashboard").text
    post(viewer, "/console/filters/new?page=dashboard", name="Mine", is_shared="1")
    shared = keep(acme, name="From better days", by="vi@acme.example", is_shared=True)
    post(viewer, f"/console/filters/{shared}", name="Renamed")
    assert [(name, is_shared) for _page, name, _query, is_shared in kept(acme)] == [
        ("Mine", False),
        ("Renamed", True),
    ]


def test_members_save_for_themselves_and_see_nothing_that_is_shared(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    client = acme.person("ana@acme.example", "member", member=ana)
    assert post(client, "/console/filters/new?page=dashboard", name="Me", is_shared="1")
    assert kept(acme) == [("dashboard", "Me", "span=last_30", False)]
    post(client, "/console/filters/new?page=responses&q=late", name="Late")
    assert ("responses", "Late", "q=late", False) in kept(acme)
    listed = keep(acme, "q=x", name="A list", page="responses", is_shared=True)
    assert "A list" not in client.get("/console/filters").text
    assert client.get(f"/console/filters/{listed}").status_code == 404


def test_who_is_rated_sees_no_filter_of_others(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    client = acme.person("ana@acme.example", "member", member=ana)
    query = "span=last_7&client=Globex"
    shared = keep(acme, query, name="About Globex", is_shared=True)
    for page in (DASHBOARD, "/console/filters"):
        text = client.get(page).text
        assert "About Globex" not in text
        assert acme.owner not in text
    assert client.get(f"/console/filters/{shared}/subscribe").status_code == 404
    # What they subscribed to in another role comes no more, and says no more.
    subscribe(acme, shared, by="ana@acme.example")
    keep(acme, query, name="About Globex", by="ana@acme.example")
    listed = client.get("/console/subscriptions").text
    assert "About Globex" in listed
    assert "client=Globex" not in listed
    mails = Mails()
    set_clock(acme, 2026, 11, 30, 8)
    run(acme, mails)
    assert mails.taken == []
    assert [row.stopped_why for row in stored(acme)] == ["not_shared"]


def test_an_unshared_filter_of_somebody_who_left_is_deleted(acme: Workspace) -> None:
    acme.person("lead@acme.example", "admin")
    shared = keep(acme, name="From Lea", by="lead@acme.example", is_shared=True)
    subscribe(acme, shared)
    with acme.world.app.app_context():
        lead, owner = user_id(acme, "lead@acme.example"), user_id(acme, acme.owner)
        remove_person(db.session(), acme.id, lead, actor=owner, at=acme.world.clock())
    client, address = acme.signed_in(), f"/console/filters/{shared}"
    assert post(client, address, name="Renamed", is_shared="1").status_code == 303
    assert [name for _page, name, _query, _shared in kept(acme)] == ["Renamed"]
    assert post(client, address, name="Renamed").status_code == 303
    assert kept(acme) == []
    assert "Deleted" in client.get("/console/filters").text
    assert [row.stopped_why for row in stored(acme)] == ["filter_gone"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("", "Give the filter a name."), ("Twice", "already"), ("x" * 81, "at most 80")],
)
def test_a_name_that_will_not_do_is_said_and_nothing_is_lost(
    acme: Workspace, name: str, problem: str
) -> None:
    keep(acme, name="Twice")
    address = "/console/filters/new?page=dashboard&channel=chat"
    answer = post(acme.signed_in(), address, name=name, is_shared="1")
    assert answer.status_code == 422
    assert problem in answer.text
    assert f'value="{name}"' in answer.text
    assert re.search(r'name="is_shared"[^>]* checked', answer.text)


def test_a_filter_is_renamed_replaced_and_deleted(acme: Workspace) -> None:
    found, client = keep(acme, name="Old"), acme.signed_in()
    post(client, f"/console/filters/{found}", name="New", is_shared="1")
    assert kept(acme) == [("dashboard", "New", "span=last_30", True)]
    new = "/console/filters/new?page=dashboard&span=last_7"
    assert "New" in client.get(new).text
    post(client, f"/console/filters/{found}/query?span=last_7", new)
    assert kept(acme) == [("dashboard", "New", "span=last_7", True)]
    subscribe(acme, found)
    assert "1 person gets" in client.get(f"/console/filters/{found}").text
    post(client, f"/console/filters/{found}/remove", f"/console/filters/{found}")
    assert kept(acme) == []
    assert "The filter was deleted." in client.get("/console/subscriptions").text


def test_somebody_subscribes_and_sees_what_becomes_of_it(acme: Workspace) -> None:
    found, client = keep(acme, name="Ours"), acme.signed_in()
    page = client.get(f"{DASHBOARD}?span=last_30").text
    address = links(page)["Get it by mail"]
    assert address == f"/console/filters/{found}/subscribe"
    assert acme.owner in client.get(address).text
    assert post(client, address, when="week-9", hour="8").status_code == 422
    assert post(client, address, when="week-0", hour="8").status_code == 303
    page = client.get("/console/subscriptions").text
    assert "Every Monday, 08:00" in page
    assert "30 Nov 2026, 08:00" in page
    set_clock(acme, 2026, 11, 30, 8)
    mails = Mails()
    run(acme, mails)
    page = client.get("/console/subscriptions").text
    assert "7 Dec 2026, 08:00" in page
    assert "30 Nov 2026, 08:00" in page
    assert len(mails.taken) == 1


def test_a_subscription_is_tried_stopped_started_and_removed(acme: Workspace) -> None:
    id, client = subscribe(acme, keep(acme)), acme.signed_in()

    def act(name: str) -> str:
        at = f"/console/subscriptions/{id}/{name}"
        return post(client, at, "/console/subscriptions").headers["Location"]

    act("now")
    page = client.get("/console/subscriptions").text
    assert "On its way" in page
    act("now")
    assert "One is on its way; wait a minute" in client.get("/console/subscriptions").text
    mails = Mails()
    run(acme, mails)
    assert len(mails.taken) == 1
    act("stop")
    assert "You unsubscribed." in client.get("/console/subscriptions").text
    act("now")
    assert "It is stopped" in client.get("/console/subscriptions").text
    act("start")
    assert stored(acme)[0].stopped_why == ""
    act("stop")
    act("remove")
    assert "No subscriptions yet" in client.get("/console/subscriptions").text


def test_why_one_stopped_is_said(acme: Workspace) -> None:
    team = acme.team("Ours")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    subscribe(acme, keep(acme, "team=999", by="lead@acme.example"), by="lead@acme.example")
    set_clock(acme, 2026, 11, 30, 8)
    run(acme, Mails())
    page = lead.get("/console/subscriptions").text
    assert "Stopped" in page
    assert "names a team, a member or a survey that is gone" in page
    assert "Not sent" in page
    other = acme.person("bo@acme.example", "viewer")
    assert "Ours" not in other.get("/console/subscriptions").text.split("<main")[1]
