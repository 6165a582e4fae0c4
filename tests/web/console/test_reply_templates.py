"""Beginning a reply with a template: which are offered, filled in, and nothing typed is lost."""

import re
from dataclasses import replace
from html import unescape

import pytest

from tests.builders import Workspace, answer_survey, csrf_token, post
from tests.following import raise_alerts, the_follow_up, user_id
from tests.guiding import add_template
from tests.replying import queued, suppressed
from widget.actions.change_guidance import change_guidance
from widget.actions.change_name import change_name
from widget.actions.change_sharing import change_sharing
from widget.domain.sharing import ReviewSite
from widget.extensions import db

KIM = "kim@shop.example"
HTMX = {"HX-Request": "true"}


def answered(acme: Workspace, score: int = 1, **details: object) -> str:
    known = {"customer_email": KIM, "customer_name": "Kim"}
    response = answer_survey(acme, acme.survey("nps", "Service"), score, **(known | details))
    return f"/console/responses/{response}"


def reply_text(page: str) -> str:
    """What the reply's field says."""
    found = re.search(r'<textarea id="reply-text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def offered(page: str) -> list[str]:
    """The names of the templates in the reply's form, in their order."""
    chosen = page.partition('id="reply-template"')[2].partition("</select>")[0]
    return [unescape(one) for one in re.findall(r"<option[^>]*>([^<]*)", chosen)][1:]


def offer_reviews(acme: Workspace) -> None:
    site = ReviewSite("a1b2", "Rate us", "https://rate.example/acme")
    with acme.world.app.app_context():
        change_sharing(
            db.session(),
            acme.id,
            lambda rules: replace(rules, review_sites=(site,), offer_reviews="every"),
        )


def test_a_template_in_the_address_fills_the_field_and_stores_nothing(acme: Workspace) -> None:
    text = "Hi {customer}, {member} of {company}: {survey}, {goal}. {me}"
    id = add_template(acme, "Call", text=text)
    page = acme.signed_in().get(f"{answered(acme)}?template={id}").text
    assert reply_text(page) == "Hi Kim, our team of Acme: Service, 9. Acme"
    assert f'<option value="{id}" selected>Call</option>' in page
    assert queued(acme) == []


def test_whoever_has_a_name_signs_with_it(acme: Workspace) -> None:
    id = add_template(acme, "Call", text="Bye, {me}")
    with acme.world.app.app_context():
        change_name(db.session(), user_id(acme, acme.owner), "Alice Berg")
    page = acme.signed_in().get(f"{answered(acme)}?template={id}").text
    assert reply_text(page) == "Bye, Alice Berg"


def test_templates_are_those_of_the_group_and_the_customers_language(acme: Workspace) -> None:
    add_template(acme, "Deutsch", language="de")
    add_template(acme, "French", language="fr")
    add_template(acme, "Any")
    add_template(acme, "Praise", "positive")
    client = acme.signed_in()
    page = client.get(answered(acme, language="de-AT")).text
    ours = ["Say sorry and ask what would help", "Say what was done"]
    assert offered(page) == ["Deutsch", "Any", *ours]
    german = client.get(f"{answered(acme, language='de-AT')}?template=sorry").text
    assert reply_text(german).startswith("Guten Tag Kim,\n\nDanke, dass Sie uns")
    assert offered(client.get(answered(acme, 8)).text) == ["Ask the one thing"]
    praised = ["Praise", "Ask whether their words may be shown"]
    assert offered(client.get(answered(acme, 9)).text) == praised


def test_a_passive_is_asked_what_would_have_made_it_the_first_good_score(acme: Workspace) -> None:
    page = acme.signed_in().get(f"{answered(acme, 7)}?template=one-thing").text
    assert "What is the one thing that would have made it a 9?" in reply_text(page)


def test_review_sites_are_offered_to_every_group_or_to_none(acme: Workspace) -> None:
    client, paths = acme.signed_in(), [answered(acme, score) for score in (2, 8, 10)]
    name = "Say where anybody may review you"
    assert not any(name in offered(client.get(path).text) for path in paths)
    offer_reviews(acme)
    for path in paths:
        page = client.get(f"{path}?template=reviews").text
        assert name in offered(page)
        assert "\n\nRate us: https://rate.example/acme\n\n" in reply_text(page)


def test_without_ours_only_the_workspaces_own_are_offered(acme: Workspace) -> None:
    with acme.world.app.app_context():
        about = {"by": user_id(acme, acme.owner), "at": acme.world.clock()}
        change_guidance(db.session(), acme.id, "negative", "", offers_ours=False, **about)
    client, path = acme.signed_in(), answered(acme)
    page = client.get(path).text
    assert 'id="reply-template"' not in page
    assert 'id="begin-words"' not in page
    add_template(acme, "Call")
    assert offered(client.get(path).text) == ["Call"]


@pytest.mark.parametrize("where", ["response", "follow-up"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_somebody_typed_stays_above_the_template(
    acme: Workspace, where: str, headers: dict[str, str]
) -> None:
    client, path = acme.signed_in(), answered(acme)
    first, second = add_template(acme, "A", text="Text A"), add_template(acme, "B", text="Text B")
    if where == "follow-up":
        raise_alerts(acme)
        path = f"/console/follow-ups/{the_follow_up(acme).id}"

    def begin(typed: str, **chosen: object) -> str:
        values = {name: str(value) for name, value in chosen.items()}
        token = csrf_token(client.get(path).text)
        form = {"csrf_token": token, "reply": typed, **values}
        answer = client.post(f"{path}/reply/template", data=form, headers=headers)
        assert answer.status_code == 200
        assert ("<html" in answer.text) == (not headers)
        assert "HX-Request" in answer.headers["Vary"]
        return reply_text(answer.text)

    assert begin("", template=first) == "Text A"
    assert begin("Text A\r\n", template=second) == "Text B"
    assert begin("I typed this", template=first) == "I typed this\n\nText A"
    assert begin("I typed this", template=first, begin=second) == "I typed this\n\nText B"
    assert begin("I typed this", template="") == "I typed this"
    assert begin("I typed this", template="no-such") == "I typed this"
    assert queued(acme) == []


def test_names_and_words_are_shown_as_text(acme: Workspace) -> None:
    add_template(acme, "<b>A</b>", text="</textarea><script>{customer}")
    page = acme.signed_in().get(answered(acme, customer_name="<i>Kim")).text
    assert "<b>A</b>" not in page
    [key] = re.findall(r'<option value="(\d+)"', page.partition('id="reply-template"')[2])
    page = acme.signed_in().get(f"{answered(acme, customer_name='<i>Kim')}?template={key}").text
    assert "<script>{" not in page
    assert reply_text(page) == "</textarea><script><i>Kim"


def test_a_template_of_another_group_or_unknown_fills_nothing(acme: Workspace) -> None:
    id, client = add_template(acme, "Praise", "positive"), acme.signed_in()
    for key in (id, "testimonial", "no-such", "99999999999999999999"):
        assert reply_text(client.get(f"{answered(acme)}?template={key}").text) == ""


def test_a_customer_without_a_name_is_addressed_as_the_survey_does_it(acme: Workspace) -> None:
    id, client = add_template(acme, "Call", text="Hi {customer}"), acme.signed_in()
    path = answered(acme, customer_name="", language="de")
    said = reply_text(client.get(f"{path}?template={id}").text)
    assert said == "Hi liebe Kundin, lieber Kunde"


def test_whoever_agreed_to_be_quoted_is_not_asked_again(acme: Workspace) -> None:
    client = acme.signed_in()
    asked = client.get(answered(acme, 10, comment="Great", may_publish=False)).text
    assert offered(asked) == ["Ask whether their words may be shown"]
    assert offered(client.get(answered(acme, 10, comment="Great", may_publish=True)).text) == []


def test_whoever_unsubscribed_is_asked_for_no_favour(acme: Workspace) -> None:
    client, path = acme.signed_in(), answered(acme, 10)
    words = "ask them for no favour"
    assert offered(client.get(path).text) == ["Ask whether their words may be shown"]
    assert words not in client.get(path).text
    suppressed(acme, "unsubscribed", KIM)
    page = client.get(f"{path}?template=testimonial").text
    assert (offered(page), reply_text(page)) == ([], "")
    assert words in page


def test_only_leads_begin_a_reply_and_only_to_what_is_theirs(acme: Workspace) -> None:
    path = answered(acme)
    viewer = acme.person("vi@acme.example", "viewer")
    form = {"template": "sorry", "reply": ""}
    target = f"{path}/reply/template"
    assert post(viewer, target, "/console/responses", **form).status_code == 403
    sam = acme.person("sam@acme.example", "manager", leads=(acme.team("Support"),))
    assert post(sam, target, "/console/follow-ups", **form).status_code == 404
