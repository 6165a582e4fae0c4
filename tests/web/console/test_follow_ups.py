"""The pages of follow-ups: who sees which, and what they do there."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, make_workspace, messages_to, post
from tests.campaigning import add_customer, answer, launched, requests_of
from tests.following import (
    alerts,
    follow_ups,
    notes,
    of,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from widget.storage.models import FollowUp


def follow_up_on(acme: Workspace, **details: object) -> FollowUp:
    answer_survey(acme, acme.survey(), 1, **details)
    raise_alerts(acme)
    return follow_ups(acme)[-1]


def path(found: FollowUp, action: str = "") -> str:
    return f"/console/follow-ups/{found.id}{action}"


def sees(client: FlaskClient, found: FollowUp) -> bool:
    """Whether somebody sees a follow-up, in the list as on its page."""
    in_list = str(found.id) in client.get("/console/follow-ups?queue=all").text
    status = client.get(path(found)).status_code
    assert status == (200 if in_list else 404)
    return in_list


def test_everybody_sees_the_follow_ups_of_their_scope_and_their_own(any_acme: Workspace) -> None:
    acme = any_acme
    support, sales = acme.team("Support"), acme.team("Sales")
    chat = acme.team("Chat", parent=support)
    for name, team in (("ana", chat), ("bo", sales)):
        acme.put_in(team, acme.member(name, email=f"{name}@acme.example"))
    sam = acme.person("sam@acme.example", "manager", leads=(support,))
    boss = acme.person("boss@acme.example", "manager", sees_all=True)
    set_alerts(acme, assign="nobody")
    below = follow_up_on(acme, member="ana@acme.example")
    elsewhere = follow_up_on(acme, member="bo@acme.example")
    nobodys = follow_up_on(acme)
    assert [sees(sam, one) for one in (below, elsewhere, nobodys)] == [True, False, False]
    assert [sees(boss, one) for one in (below, elsewhere, nobodys)] == [True, True, True]
    sam_id = str(user_id(acme, "sam@acme.example"))
    post(boss, path(elsewhere, "/assignee"), path(elsewhere), assignee=sam_id)
    assert sees(sam, elsewhere)
    # The response itself stays out of the scope.
    assert "The whole response" not in sam.get(path(elsewhere)).text
    assert sam.get(f"/console/responses/{of(elsewhere)}").status_code == 404


def test_another_workspaces_follow_ups_do_not_exist(any_acme: Workspace) -> None:
    found = follow_up_on(any_acme)
    other = make_workspace(any_acme.world, "Other", "otto@other.example").signed_in()
    assert not sees(other, found)
    for action in ("/notes", "/assignee", "/status", "/resolve"):
        answer = post(other, path(found, action), "/console/surveys/new", status="in_progress")
        assert answer.status_code == 404
    opened = post(other, f"/console/responses/{of(found)}/follow-up", "/console/surveys/new")
    assert opened.status_code == 404
    assert the_follow_up(any_acme).status == "new"


def test_whoever_is_out_of_scope_changes_nothing(acme: Workspace) -> None:
    found = follow_up_on(acme)
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    home = "/console/follow-ups"
    for action in ("/notes", "/assignee", "/status", "/resolve"):
        assert post(sam, path(found, action), home, note="x").status_code == 404
    opened = post(sam, f"/console/responses/{of(found)}/follow-up", home)
    assert opened.status_code == 404


def test_the_lists_say_how_many_they_have(acme: Workspace) -> None:
    mine, other, done = (follow_up_on(acme) for _number in range(3))
    client = acme.signed_in()
    post(client, path(mine, "/assignee"), path(mine), assignee=str(user_id(acme, acme.owner)))
    post(client, path(done, "/resolve"), path(done), outcome="Done")
    page = client.get("/console/follow-ups?queue=mine").text
    for words, number in (("My open", 1), ("Unassigned", 1), ("Open", 2)):
        assert f'{words} <span class="tag">{number}</span>' in page
    assert str(mine.id) in page
    assert str(other.id) not in page
    open_ones = client.get("/console/follow-ups").text
    assert str(other.id) in open_ones
    assert str(done.id) not in open_ones


def test_the_list_is_filtered_by_status_assignee_survey_and_member(any_acme: Workspace) -> None:
    acme = any_acme
    acme.member(email="ana@acme.example")
    one, two = follow_up_on(acme, member="ana@acme.example"), follow_up_on(acme)
    client = acme.signed_in()
    alice = user_id(acme, acme.owner)
    post(client, path(one, "/assignee"), path(one), assignee=str(alice))
    post(client, path(one, "/status"), path(one), status="in_progress")
    member = client.get("/console/follow-ups").text.split('">Ana Silva</option>')[0][-12:]
    for query in ("status=in_progress", f"assignee={alice}", f"member={member}"):
        page = client.get(f"/console/follow-ups?{query}").text
        assert str(one.id) in page
        assert str(two.id) not in page
    for query in ("status=new", "assignee=nobody"):
        page = client.get(f"/console/follow-ups?{query}").text
        assert str(two.id) in page
        assert str(one.id) not in page
    assert "Nothing fits" in client.get("/console/follow-ups?survey=unknown").text
    # A damaged address shows the first page, and htmx gets the rows alone.
    for older in ("x_y", f"0001-01-01T00:00:00%2B14:00_{two.id}"):
        assert str(two.id) in client.get(f"/console/follow-ups?after={older}&assignee=²").text
    rows = client.get("/console/follow-ups", headers={"HX-Request": "true"}).text
    assert "<html" not in rows
    assert str(two.id) in rows


def test_the_list_says_of_which_client_and_group_each_is_and_is_filtered_by_them(
    any_acme: Workspace,
) -> None:
    acme, client = any_acme, any_acme.signed_in()
    nps = acme.survey("nps")
    known = {"client": "Globex & Co", "segment": "Large"}
    answer_survey(acme, nps, 3, attributes=known)
    answer_survey(acme, nps, 2, attributes={"client": "Initech"})
    raise_alerts(acme)
    page = client.get("/console/follow-ups").text
    assert "<span>Globex &amp; Co</span><span>Large</span>" in page
    assert page.count('<span class="tag bad">Detractor</span>') == 2
    for query, found in (
        ("client=Globex+%26+Co", True),
        ("segment=Large", True),
        ("client=Initech", False),
    ):
        shown = client.get(f"/console/follow-ups?{query}").text
        assert ("<span>Large</span>" in shown) == found
        assert shown.count('<span class="tag bad">Detractor</span>') == 1
    assert 'name="client"' in page
    assert 'name="segment"' in page


def test_pages_follow_one_another(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.web.console.follow_up_queues.PAGE", 2)
    survey = acme.survey()
    for _number in range(5):
        answer_survey(acme, survey, 1)
    raise_alerts(acme)
    client, seen, address = acme.signed_in(), [], "/console/follow-ups"
    while address:
        page = client.get(address).text
        seen += [str(one.id) for one in follow_ups(acme) if str(one.id) in page]
        _before, is_there, rest = page.partition('rel="next" href="')
        address = rest.split('"')[0].replace("&amp;", "&") if is_there else ""
    assert sorted(seen) == sorted(str(one.id) for one in follow_ups(acme))


def test_what_is_refused_is_said_and_nothing_typed_is_lost(acme: Workspace) -> None:
    found, client = follow_up_on(acme), acme.signed_in()
    empty = post(client, path(found, "/notes"), path(found), note=" ")
    assert empty.status_code == 422
    assert "Write the note first." in empty.text
    long = post(client, path(found, "/resolve"), path(found), outcome="x" * 2_001)
    assert long.status_code == 422
    assert "x" * 2_001 in long.text
    assert post(client, path(found, "/status"), path(found), status="odd").status_code == 422
    stranger = post(client, path(found, "/assignee"), path(found), assignee="999")
    assert stranger.status_code == 422


def test_what_customers_and_the_team_write_is_text(acme: Workspace) -> None:
    found = follow_up_on(acme, comment="<script>1</script>", customer_name="<b>Kim</b>")
    client = acme.signed_in()
    post(client, path(found, "/notes"), path(found), note="<i>called</i>")
    page = client.get(path(found)).text
    assert "<script>1" not in page
    assert "<b>Kim" not in page
    assert "<i>called" not in page
    assert [note.text for note in notes(acme, "note")] == ["<i>called</i>"]


def test_whoever_takes_a_new_one_works_on_it(any_acme: Workspace) -> None:
    acme = any_acme
    acme.person("sam@acme.example", "manager", sees_all=True)
    set_alerts(acme, assign="nobody")
    found, client = follow_up_on(acme), acme.signed_in()
    for email, status in (("sam@acme.example", "new"), (acme.owner, "in_progress")):
        form = {"assignee": str(user_id(acme, email))}
        post(client, path(found, "/assignee"), path(found), **form)
        assert the_follow_up(acme).status == status
    assert notes(acme, "status")[-1].data == {"from": "new", "to": "in_progress"}


def test_whoever_a_note_mentions_gets_a_mail_and_stands_out_in_it(any_acme: Workspace) -> None:
    acme = any_acme
    member = acme.member("Vi Roth", email="vi@acme.example")
    acme.person("vi@acme.example", "member", member=member)
    acme.person("sam@acme.example", "manager", sees_all=True)
    acme.person("lee@acme.example", "manager", leads=(acme.team("Support"),))
    found, client = follow_up_on(acme), acme.signed_in()
    assert "<code>@sam@acme.example</code>" in client.get(path(found)).text
    note = "Look, @sam@acme.example, @lee@acme.example, @Vi Roth and @alice@acme.example"
    page = post(client, path(found, "/notes"), path(found), note=note)
    [told] = messages_to(acme, "sam@acme.example")
    assert told.subject == f"{acme.owner} mentioned you"
    assert (told.quote, told.link) == (note, f"http://localhost{path(found)}")
    assert alerts(acme, "mention") == [("mail", "sam@acme.example")]
    page = client.get(path(found)).text
    assert "<mark>@sam@acme.example</mark>" in page
    for email in ("lee@acme.example", "vi@acme.example"):
        assert f"{email} cannot see this follow-up and was not told." in page
    give = {"assignee": str(user_id(acme, "lee@acme.example"))}
    post(client, path(found, "/assignee"), path(found), **give)
    post(client, path(found, "/notes"), path(found), note="It is yours, @lee@acme.example")
    assert len(messages_to(acme, "lee@acme.example")) == 2


def test_giving_away_what_one_then_no_longer_sees_leads_to_the_list(acme: Workspace) -> None:
    found = follow_up_on(acme)
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    acme.person("bo@acme.example", "admin")
    sam_id, bo_id = (str(user_id(acme, f"{name}@acme.example")) for name in ("sam", "bo"))
    post(acme.signed_in(), path(found, "/assignee"), path(found), assignee=sam_id)
    answer = post(sam, path(found, "/assignee"), path(found), assignee=bo_id)
    assert answer.location == "/console/follow-ups"


def test_a_refusal_to_ask_again_stands_on_the_page(acme: Workspace) -> None:
    found, client = follow_up_on(acme), acme.signed_in()
    page = client.get(path(found)).text
    assert "The customer cannot be asked again. Mail needs an email address that works." in page
    post(client, path(found, "/resolve"), path(found), ask_again="1")
    after = client.get(path(found)).text
    assert "The customer was not asked again: Mail needs an email address that works." in after


def test_a_response_says_whether_it_is_followed_up_to_whoever_leads(acme: Workspace) -> None:
    survey = acme.survey()
    id = answer_survey(acme, survey, 5)
    viewer = acme.person("vi@acme.example", "viewer")
    assert "Open a follow-up" not in viewer.get(f"/console/responses/{id}").text
    client = acme.signed_in()
    answer = post(client, f"/console/responses/{id}/follow-up", f"/console/responses/{id}")
    [found] = follow_ups(acme)
    assert answer.location == path(found)
    assert found.response_id == UUID(id)
    page = client.get(f"/console/responses/{id}").text
    assert "Open a follow-up" not in page
    assert path(found) in page


def test_notes_of_the_response_and_of_its_follow_up_stand_on_both_pages(acme: Workspace) -> None:
    client, found = acme.signed_in(), follow_up_on(acme, customer_email="kim@c.example")
    page = f"/console/responses/{of(found)}"
    post(client, f"{page}/notes", page, note="They called before.")
    post(client, path(found, "/notes"), path(found), note="It was the <invoice>, @alice.")
    there = client.get(path(found)).text.partition('id="team-notes"')[2].partition("</section>")[0]
    assert "They called before." in there
    assert f"{page}#thread" in there
    here = client.get(page).text.partition('id="follow-up-thread"')[2].partition("</section>")[0]
    assert "It was the &lt;invoice&gt;" in here
    assert f"{path(found)}#thread" in here


def test_whoever_leads_elsewhere_reads_no_notes_of_a_response_that_is_not_theirs(
    acme: Workspace,
) -> None:
    client, found = acme.signed_in(), follow_up_on(acme)
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    page = f"/console/responses/{of(found)}"
    post(client, f"{page}/notes", page, note="They called before.")
    give = {"assignee": str(user_id(acme, "sam@acme.example"))}
    post(client, path(found, "/assignee"), path(found), **give)
    shown = sam.get(path(found))
    assert shown.status_code == 200
    assert "They called before." not in shown.text


def test_both_pages_lead_to_the_customer_their_client_and_the_campaign(any_acme: Workspace) -> None:
    acme = any_acme
    survey, client = acme.survey("nps"), acme.signed_in()
    known = {"client": "Globex & Co", "segment": "Large", "name": "Kim"}
    customer = add_customer(acme, "kim@c.example", **known)
    wave = launched(acme, survey, name="Autumn")
    [request] = requests_of(acme, wave)
    answer(acme, survey, request.id, 3, attributes=request.properties or {})
    raise_alerts(acme)
    found = the_follow_up(acme)
    for page in (path(found), f"/console/responses/{of(found)}"):
        facts = client.get(page).text.partition('<p class="facts">')[2].partition("</p>")[0]
        assert f'href="/console/customers/{customer}">' in facts
        assert "by=client&amp;name=Globex+%26+Co" in facts
        assert ">Globex &amp; Co</a>" in facts
        assert "by=segment&amp;name=Large" in facts
        assert f'href="/console/campaigns/{wave}">Autumn</a>' in facts


def test_a_customer_whom_the_page_named_is_led_to_where_they_are_known(acme: Workspace) -> None:
    customer = add_customer(acme, "kim@c.example")
    found = follow_up_on(acme, customer_email="Kim@C.example", customer_name="Kim")
    page = acme.signed_in().get(path(found)).text
    assert f'href="/console/customers/{customer}">Kim</a>' in page
    stranger = follow_up_on(acme, customer_email="pat@c.example", customer_name="Pat")
    page = acme.signed_in().get(path(stranger)).text
    assert "<bdi>Pat</bdi>" in page
