"""Guidance and templates on pages: what is changed, what is copied, and what leads read."""

import re
from uuid import UUID

import pytest
from sqlalchemy import or_, select

from tests.builders import Workspace, answer_survey, make_workspace, post
from tests.following import user_id
from tests.guiding import add_template, stored_guidance, stored_templates
from widget.actions.change_guidance import change_guidance
from widget.domain.errors import ReplyTemplateRefused
from widget.domain.guidance import OUR_GUIDANCE, Guidance
from widget.domain.reply_templates import MOST_TEMPLATES, ReplyTemplate
from widget.domain.response_filters import Mood
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Event, Response
from widget.storage.reply_templates import reply_templates_for

PAGE = "/console/follow-ups/guidance"
NEW = f"{PAGE}/templates/new"


def section(page: str, id: str) -> str:
    """A part of a page, by its id."""
    return page.partition(f'<section class="card" id="{id}"')[2].partition("</section>")[0]


def first_line(mood: Mood) -> str:
    return OUR_GUIDANCE[mood].split("\n")[0]


def test_each_group_begins_with_words_and_templates_of_ours(acme: Workspace) -> None:
    page = acme.signed_in().get(PAGE).text
    for mood, template in (
        ("positive", "Ask whether their words may be shown"),
        ("other", "Ask the one thing"),
        ("negative", "Say sorry and ask what would help"),
    ):
        part = section(page, mood)
        assert first_line(mood) in part  # type: ignore[arg-type]
        assert template in part
        assert "These are Sayso’s words" in part
    assert "Say where anybody may review you" not in page


def test_a_group_has_words_of_the_workspaces_own_and_again_ours(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = post(client, PAGE, PAGE, mood="other", text="Phone\r\nthem <b>", offers_ours="1")
    assert answer.status_code == 303
    assert stored_guidance(acme) == Guidance({"other": "Phone\nthem <b>"})
    page = client.get(PAGE).text
    assert "Phone\nthem &lt;b&gt;</textarea>" in section(page, "other")
    assert first_line("positive") in section(page, "positive")
    post(client, PAGE, PAGE, mood="other", text=" ", offers_ours="1")
    assert stored_guidance(acme).texts == {}


def test_what_nobody_changed_goes_on_being_ours(acme: Workspace) -> None:
    text = OUR_GUIDANCE["negative"].replace("\n", "\r\n")
    post(acme.signed_in(), PAGE, PAGE, mood="negative", text=text)
    assert stored_guidance(acme) == Guidance({}, frozenset({"negative"}))


def test_too_long_guidance_is_refused_and_not_lost(acme: Workspace) -> None:
    long = "y" * 4001
    answer = post(acme.signed_in(), PAGE, PAGE, mood="negative", text=long)
    assert answer.status_code == 422
    assert "4000 characters" in section(answer.text, "negative")
    assert long in section(answer.text, "negative")
    assert long not in section(answer.text, "other")
    assert stored_guidance(acme) == Guidance()


def test_a_group_that_does_not_exist_is_refused(acme: Workspace) -> None:
    client = acme.signed_in()
    assert post(client, PAGE, PAGE, mood="best", text="x").status_code == 422
    assert client.get(f"{NEW}?mood=best").status_code == 422


def test_without_ours_only_the_workspaces_templates_are_listed(acme: Workspace) -> None:
    client = acme.signed_in()
    add_template(acme, "Ours alone")
    post(client, PAGE, PAGE, mood="negative", text="")
    part = section(client.get(PAGE).text, "negative")
    assert "Ours alone" in part
    assert "Say sorry and ask what would help" not in part


def test_a_template_is_made_changed_moved_and_removed(any_acme: Workspace) -> None:
    acme = any_acme
    client = acme.signed_in()
    form = {
        "mood": "negative",
        "name": " Call  back ",
        "language": "pt_br",
        "text": "Hi {customer}",
    }
    answer = post(client, NEW, f"{NEW}?mood=negative", **form)
    assert answer.location == f"{PAGE}#negative"
    [template] = stored_templates(acme)
    kept = ReplyTemplate("negative", "pt-BR", "Call back", "Hi {customer}", template.id)
    assert template == kept
    path = f"{PAGE}/templates/{template.id}"
    assert "Portuguese (Brazil)" in section(client.get(PAGE).text, "negative")
    changed = form | {"name": "Phone", "mood": "positive", "language": ""}
    assert post(client, path, path, **changed).status_code == 303
    assert stored_templates(acme) == [
        ReplyTemplate("negative", "", "Phone", "Hi {customer}", template.id)
    ]
    add_template(acme, "Praise", "positive")
    add_template(acme, "Second")
    post(client, f"{path}/later", path)
    assert [one.name for one in stored_templates(acme) if one.mood == "negative"] == [
        "Second",
        "Phone",
    ]
    post(client, f"{path}/earlier", path)
    post(client, f"{path}/earlier", path)
    assert [one.name for one in stored_templates(acme) if one.mood == "negative"] == [
        "Phone",
        "Second",
    ]
    post(client, f"{path}/remove", path)
    assert [one.name for one in stored_templates(acme)] == ["Praise", "Second"]
    assert client.get(path).status_code == 404


def test_the_audit_knows_who_changed_what_teams_read_and_write(acme: Workspace) -> None:
    client, owner = acme.signed_in(), user_id(acme, acme.owner)
    post(client, PAGE, PAGE, mood="other", text="Phone them", offers_ours="1")
    post(client, NEW, PAGE, mood="negative", name="One", text="Hello")
    add_template(acme, "Two")
    first, second = (template.id for template in stored_templates(acme))
    for path in (f"{first}/earlier", f"{first}/later", f"{second}/remove"):
        post(client, f"{PAGE}/templates/{path}", PAGE)
    of_first = {"template": first, "name": "One", "group": "negative", "by": owner}
    of_second = {**of_first, "template": second, "name": "Two"}
    with acme.world.app.app_context():
        rows = db.session.scalars(
            select(Event)
            .where(or_(*(Event.name.startswith(name) for name in ("guidance.", "reply_template."))))
            .order_by(Event.id)
        )
        told = [(row.name, row.data) for row in rows]
    assert told == [
        (
            "guidance.changed",
            {"group": "other", "is_ours": False, "offers_ours": True, "by": owner},
        ),
        ("reply_template.saved", of_first),
        ("reply_template.saved", of_second),
        ("reply_template.moved", {**of_first, "later": True}),
        ("reply_template.removed", of_second),
    ]


def test_what_cannot_be_a_template_is_said_beside_its_field(acme: Workspace) -> None:
    client = acme.signed_in()
    add_template(acme, "Taken")
    form = {"mood": "negative", "name": "Taken", "language": "", "text": "Hello"}
    taken = post(client, NEW, NEW, **form)
    assert taken.status_code == 422
    assert "Another template has this name." in taken.text
    wrong = post(client, NEW, NEW, **(form | {"language": "?", "text": "Hi {surname} {me}"}))
    assert "Write a language tag" in wrong.text
    assert "Nothing is known that could be filled in for {surname}." in wrong.text
    assert "Hi {surname} {me}</textarea>" in wrong.text
    assert len(stored_templates(acme)) == 1


def test_one_of_ours_is_copied_in_the_language_that_is_chosen(acme: Workspace) -> None:
    client = acme.signed_in()
    page = client.get(f"{NEW}?mood=negative&from=sorry&language=de").text
    text = page.partition('name="text"')[2].partition("</textarea>")[0]
    assert "Guten Tag {customer}," in text
    assert "Danke, dass Sie uns das gesagt haben." in text
    other = client.get(f"{NEW}?mood=positive&from=sorry").text
    assert "Hello {customer}" not in other


def test_there_are_only_so_many_templates(acme: Workspace) -> None:
    for number in range(MOST_TEMPLATES):
        add_template(acme, f"No. {number}")
    with pytest.raises(ReplyTemplateRefused, match="already"):
        add_template(acme, "One more")


def test_templates_are_found_by_group_and_language(acme: Workspace) -> None:
    add_template(acme, "Any")
    add_template(acme, "German", language="de")
    add_template(acme, "Austrian", language="de-AT")
    add_template(acme, "French", language="fr")
    add_template(acme, "Praise", "positive")

    def found(language: str) -> list[str]:
        with acme.world.app.app_context():
            rows = reply_templates_for(db.session(), acme.id, "negative", language)
            return [one.name for one in rows]

    assert found("de-AT") == ["Austrian", "German", "Any"]
    assert found("de") == ["German", "Any"]
    assert found("sv") == ["Any"]


def test_templates_and_guidance_of_another_workspace_stay_there(acme: Workspace) -> None:
    globex = make_workspace(acme.world, "Globex", "gil@globex.example")
    id = add_template(acme, "Secret plan")
    with acme.world.app.app_context():
        about = {"by": user_id(acme, acme.owner), "at": acme.world.clock()}
        change_guidance(db.session(), acme.id, "other", "Secret guide", offers_ours=True, **about)
    client = globex.signed_in()
    assert "Secret" not in client.get(PAGE).text
    path = f"{PAGE}/templates/{id}"
    assert client.get(path).status_code == 404
    assert post(client, f"{path}/remove", PAGE).status_code == 404
    assert len(stored_templates(acme)) == 1


@pytest.mark.parametrize(
    ("kind", "score", "mood", "group"),
    [
        ("nps", 9, "positive", "Promoter"),
        ("nps", 8, "other", "Passive"),
        ("nps", 6, "negative", "Detractor"),
        ("stars", 5, "positive", "Positive answer"),
        ("stars", 3, "negative", "Negative answer"),
    ],
)
def test_a_response_says_what_to_do_next_about_its_group(
    acme: Workspace, kind: str, score: int, mood: Mood, group: str
) -> None:
    response = answer_survey(acme, acme.survey(kind), score)  # type: ignore[arg-type]
    part = section(acme.signed_in().get(f"/console/responses/{response}").text, "guidance")
    assert first_line(mood) in part
    assert f">{group}</span>" in part
    assert ("Open a follow-up about it" in part) == (mood == "negative")


def test_guidance_is_read_by_leads_alone_and_changed_by_owners(acme: Workspace) -> None:
    response = answer_survey(acme, acme.survey(), 1)
    path = f"/console/responses/{response}"
    viewer = acme.person("vi@acme.example", "viewer").get(path).text
    assert 'id="guidance"' not in viewer
    assert PAGE in section(acme.signed_in().get(path).text, "guidance")


def test_who_agreed_to_be_quoted_leads_to_the_testimonials(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    words = "Decide about their testimonial"
    for may_publish in (True, False):
        id = answer_survey(acme, survey, 5, comment="Great", may_publish=may_publish)
        page = client.get(f"/console/responses/{id}").text
        assert (words in section(page, "guidance")) == may_publish


def test_the_list_of_responses_leads_to_the_three_groups_and_back(acme: Workspace) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    ids = {score: answer_survey(acme, survey, score) for score in (3, 8, 10)}
    page = client.get(f"/console/responses?survey={survey}").text
    groups = page.partition('<nav class="groups"')[2].partition("</nav>")[0]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', groups)]
    assert len(links) == 3
    for link, score in zip(links, (10, 8, 3), strict=True):
        shown = client.get(link).text
        assert [one for one, id in ids.items() if f"/console/responses/{id}" in shown] == [score]
        assert shown.count('aria-current="true"') == 1
        back = re.search(r'href="([^"]+)" aria-current="true"', shown)
        assert back is not None
        again = client.get(back[1].replace("&amp;", "&")).text
        assert all(f"/console/responses/{id}" in again for id in ids.values())


def test_the_dashboards_nps_leads_to_the_three_groups(acme: Workspace) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    answer_survey(acme, survey, 3)
    page = client.get(f"/console/dashboard?survey={survey}").text
    for words, mood in (("Promoters", "positive"), ("Passives", "other")):
        assert re.search(rf'href="[^"]*mood={mood}[^"]*">{words}</a>', page)


def test_a_follow_up_says_what_to_do_next_and_nobody_is_told_to_open_another(
    acme: Workspace,
) -> None:
    client = acme.signed_in()
    response = answer_survey(acme, acme.survey("nps"), 3, customer_email="kim@c.example")
    page = f"/console/responses/{response}"
    opens, words = "Open a follow-up about it", "Open a follow-up, so that somebody has it"
    part = section(client.get(page).text, "guidance")
    assert opens in part
    assert words in part
    follow_up = post(client, f"{page}/follow-up", page).location
    for path in (page, follow_up):
        part = section(client.get(path).text, "guidance")
        assert "resolve it, and ask the customer again" in part
        assert ">Detractor</span>" in part
        assert "Say sorry and ask what would help" in part
        assert opens not in part
        assert words not in part
        assert ("Go to the follow-up" in part) == (path == page)
    post(client, f"{follow_up}/resolve", follow_up, outcome="Fine")
    for path in (page, follow_up):
        part = section(client.get(path).text, "guidance")
        assert "It was followed up and is resolved." in part
        assert opens not in part


def test_a_yes_by_mail_is_recorded_with_who_when_and_how_and_can_be_taken_back(
    any_acme: Workspace,
) -> None:
    acme, client = any_acme, any_acme.signed_in()
    id = answer_survey(acme, acme.survey("nps"), 10, comment="Great people")
    page, waiting = f"/console/responses/{id}", "/console/testimonials"
    assert "Great people" not in client.get(waiting).text
    assert "They agreed to be quoted" in section(client.get(page).text, "guidance")
    post(client, f"{page}/consent/given", page, reason="  ")
    assert "Great people" not in client.get(waiting).text
    post(client, f"{page}/consent/given", page, reason="By mail of 3 March")
    shown = client.get(page).text
    assert "recorded that the comment may be published" in section(shown, "thread")
    assert "By mail of 3 March" in section(shown, "thread")
    assert "Decide about their testimonial" in section(shown, "guidance")
    post(client, f"{waiting}/{id}/approve", waiting, words="Great people")
    approved = f"{waiting}?standing=approved"
    assert "Great people" in client.get(approved).text
    post(client, f"{page}/consent/taken", page, reason="On the phone")
    for address in (approved, waiting):
        assert "Great people" not in client.get(address).text
    # Said once more, somebody decides once more.
    post(client, f"{page}/consent/given", page, reason="By mail of 5 March")
    assert "Great people" not in client.get(approved).text
    assert "Great people" in client.get(waiting).text


@pytest.mark.parametrize(
    ("score", "is_test", "says"),
    [(1, False, "Only comments of good answers"), (10, True, "This answer was a test")],
)
def test_consent_is_recorded_where_its_button_is_and_taken_back_wherever_it_stands(
    any_acme: Workspace, score: int, is_test: bool, says: str
) -> None:
    acme, client = any_acme, any_acme.signed_in()
    id = answer_survey(acme, acme.survey("nps"), score, comment="Such people", is_test=is_test)
    page = f"/console/responses/{id}"
    assert "They agreed to be quoted" not in client.get(page).text
    post(client, f"{page}/consent/given", page, reason="By mail")
    assert says in client.get(page).text
    with acme.world.app.app_context(), writing(db.session) as session:
        row = session.get_one(Response, (acme.id, UUID(id)))
        assert not row.may_publish
        row.may_publish = True
    post(client, f"{page}/consent/taken", page, reason="By mail")
    with acme.world.app.app_context():
        assert db.session.get_one(Response, (acme.id, UUID(id))).may_publish is False


def test_consent_is_recorded_of_comments_that_may_be_shown_by_those_who_lead_there(
    acme: Workspace,
) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    bare = f"/console/responses/{answer_survey(acme, survey, 10)}"
    assert "They agreed to be quoted" not in client.get(bare).text
    post(client, f"{bare}/consent/given", bare, reason="By mail")
    assert "no comment here that could be published" in client.get(bare).text
    page = f"/console/responses/{answer_survey(acme, survey, 10, comment='Great people')}"
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    there = post(sam, f"{page}/consent/given", "/console/follow-ups", reason="By mail")
    assert there.status_code == 404
    viewer = acme.person("vi@acme.example", "viewer")
    there = post(viewer, f"{page}/consent/given", "/console/responses", reason="By mail")
    assert there.status_code == 403
