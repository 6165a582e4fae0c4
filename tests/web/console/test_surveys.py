"""Wording the question: the list, making a survey, the editor, publishing, versions, preview."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from tests.web.frame.visiting import HTMX
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.models import Event, Response
from widget.storage.models import Image as StoredImage
from widget.storage.survey_editing import survey_in_editor
from widget.web.face.heights import HEIGHTS, MEMBER_HEIGHT


def draft(acme: Workspace, survey: str) -> Definition:
    with acme.world.app.app_context():
        return survey_in_editor(db.session(), acme.id, survey).draft


def published_page(acme: Workspace, survey: str) -> str:
    return acme.world.client().get(f"/w/{survey}").text


def test_an_empty_list_says_how_to_begin(acme: Workspace) -> None:
    assert "Ask your first question" in acme.signed_in().get("/console/surveys").text


def test_a_new_survey_is_published_and_can_be_answered(acme: Workspace) -> None:
    client = acme.signed_in()
    made = post(client, "/console/surveys/new", choice="csat.thumbs", name="Article", language="de")
    assert made.status_code == 303
    survey = made.headers["Location"].rsplit("/", 1)[1]
    assert draft(acme, survey).question.style == "thumbs"
    assert 'lang="de"' in acme.world.client().get(f"/w/{survey}?lang=sv").text
    listed = client.get("/console/surveys").text
    assert "Article" in listed
    assert "Published, version 1" in listed


def test_a_survey_without_a_name_is_asked_for_one_and_keeps_the_choice(acme: Workspace) -> None:
    answer = post(acme.signed_in(), "/console/surveys/new", choice="nps.numbers", language="fr")
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert 'value="nps.numbers" checked' in answer.text
    assert '<option value="fr" selected>' in answer.text


def test_the_list_counts_what_counts(acme: Workspace) -> None:
    survey = acme.survey(name="Counted")
    client = acme.signed_in()
    assert 'data-label="Responses" class="number">–</td>' in client.get("/console/surveys").text
    answer_survey(acme, survey, 4)
    answer_survey(acme, survey, 4, is_test=True)
    assert 'data-label="Responses" class="number">1</td>' in client.get("/console/surveys").text


def test_wording_is_a_draft_until_it_is_published(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    saved = post(client, editor, **{"text.question.stars": "Was {member} kind?"})
    assert saved.status_code == 303
    assert "Was our team kind?" not in published_page(acme, survey)
    assert "1 change is not published yet" in client.get(editor).text
    post(client, f"{editor}/publish", page=editor)
    assert "Was our team kind?" in published_page(acme, survey)
    assert "not published yet" not in client.get(editor).text


def test_publishing_saves_what_stands_in_the_form(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    words = {"text.question.stars": "Was {member} kind?"}
    done = post(client, f"{editor}/publish?section=wording&lang=en", page=editor, **words)
    assert done.headers["Location"].startswith(editor)
    assert "Was our team kind?" in published_page(acme, survey)
    assert "Published, version 2" in client.get(editor).text


def test_publishing_what_cannot_be_shown_keeps_it_and_publishes_nothing(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    words = {"text.question.stars": "How did {agent} do?"}
    refused = post(client, f"{editor}/publish?section=wording&lang=en", page=editor, **words)
    assert refused.status_code == 422
    assert 'value="How did {agent} do?"' in refused.text
    assert "Published, version 1<" in client.get(editor).text


def test_enter_in_a_field_saves_and_does_not_publish(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}").text
    # A browser presses the first button that belongs to the form.
    buttons = [part.split(">")[0] for part in page.split("<button")[1:] if 'form="draft"' in part]
    assert "formaction" not in buttons[0]
    assert "formaction" in buttons[1]


def test_publishing_an_unchanged_draft_makes_no_version(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    post(client, f"{editor}/publish", page=editor)
    nothing = "Nothing to publish: version 1 is what customers see."
    assert nothing in client.get(editor).text
    with acme.world.app.app_context():
        names = list(db.session.scalars(select(Event.name)))
    assert names == ["survey.published"]


def test_a_wrong_wording_is_kept_and_explained_beside_its_field(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    answer = post(
        client,
        f"/console/surveys/{survey}",
        **{"text.question.stars": "How did {agent} do?", "text.thanks_title": "Ta"},
    )
    assert answer.status_code == 422
    assert "{agent} is no placeholder" in answer.text
    assert 'value="How did {agent} do?"' in answer.text
    assert 'value="Ta"' in answer.text
    assert draft(acme, survey).texts == {}


def test_autosave_answers_with_every_fields_problem(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}"
    token = csrf_token(client.get(path).text)
    good = client.post(path, data={"csrf_token": token, "text.thanks_title": "Ta"}, headers=HTMX)
    assert good.status_code == 200
    assert good.headers["HX-Trigger"] == "draft-saved"
    assert "Draft saved." in good.text
    assert "Published, version 1, with unpublished changes" in good.text
    bad = client.post(path, data={"csrf_token": token, "text.thanks_title": "{x}"}, headers=HTMX)
    assert bad.status_code == 422
    assert 'id="problem-text-thanks_title-en" hx-swap-oob="innerHTML">{x} is no' in bad.text
    assert draft(acme, survey).texts == {"thanks_title": {"en": "Ta"}}


def test_each_language_has_its_own_wording(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    languages = f"/console/surveys/{survey}?section=languages"
    assert post(client, languages, main_language="en", add_language="fr_ca").status_code == 303
    assert draft(acme, survey).languages == ("en", "fr-CA")
    french = f"/console/surveys/{survey}?section=wording&lang=fr-CA"
    post(client, french, **{"text.thanks_title": "Un gros merci !"})
    assert draft(acme, survey).texts == {"thanks_title": {"fr-CA": "Un gros merci !"}}


def test_removing_a_language_with_wording_asks_first(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    languages = f"/console/surveys/{survey}?section=languages"
    post(client, languages, main_language="en", add_language="fr")
    post(client, languages, main_language="en", add_language="de")
    french = f"/console/surveys/{survey}?section=wording&lang=fr"
    post(client, french, **{"text.thanks_title": "Un gros merci !"})
    post(client, languages, main_language="en", remove="fr")
    post(client, languages, main_language="en", remove="de")
    assert draft(acme, survey).languages == ("en", "fr")
    page = f"/console/surveys/{survey}/languages/fr/remove"
    assert page in client.get(languages).text
    assert "You have worded 1 text in this language." in client.get(page).text
    assert post(client, page).status_code == 303
    assert draft(acme, survey).languages == ("en",)
    assert draft(acme, survey).texts == {}


def test_a_text_that_is_no_language_is_refused(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=languages"
    answer = post(client, path, main_language="en", add_language="Klingonese!")
    assert answer.status_code == 422
    assert "is no language tag" in answer.text


def test_reasons_are_added_reworded_moved_and_removed(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=reasons"

    def texts() -> list[str]:
        return [
            reason.texts.get("en") or reason.builtin
            for reason in draft(acme, survey).positive_reasons
        ]

    post(client, path, **{"add.positive": "Good coffee", "positive.fast": "Quick"})
    assert texts()[1] == "Quick"
    assert texts()[-1] == "Good coffee"
    post(client, path, move="positive.fast.up")
    assert texts()[0] == "Quick"
    post(client, path, remove="positive.friendly")
    assert "Friendly" not in texts()
    assert len(draft(acme, survey).negative_reasons) == 6


def test_saving_on_the_way_does_not_add_a_half_typed_reason(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=reasons"
    token = csrf_token(client.get(path).text)
    client.post(path, data={"csrf_token": token, "add.positive": "Goo"}, headers=HTMX)
    assert len(draft(acme, survey).positive_reasons) == 6


def test_steps_take_further_questions_and_thresholds(acme: Workspace) -> None:
    survey, client = acme.survey("csat"), acme.signed_in()
    path = f"/console/surveys/{survey}?section=steps"
    fields = {"style": "faces3", "positive_from": "5", "ask_comment": "1"}
    extras = {"extra.nps": "1", "extra.stars": "1"}
    assert post(client, path, **fields, **extras).status_code == 303
    saved = draft(acme, survey)
    assert [question.kind for question in saved.questions] == ["csat", "stars", "nps"]
    assert (saved.question.style, saved.positive_from) == ("faces3", 5)
    assert (saved.ask_reasons, saved.ask_comment) == (False, True)
    wrong = post(client, path, positive_from="lots")
    assert wrong.status_code == 422
    assert "Positive must begin" in wrong.text
    assert 'value="lots"' in wrong.text


def test_a_faint_accent_is_refused_with_one_click_to_the_nearest(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=looks"
    looks = {"scheme": "light", "radius": "4", "font": "serif"}
    faint = post(client, path, accent="#FFD700", **looks)
    assert faint.status_code == 422
    assert "too faint on the light background: its contrast there is 1.4 to 1" in faint.text
    nearest = faint.text.split('name="use_accent" value="')[1].split('"')[0]
    assert post(client, path, accent="#FFD700", use_accent=nearest, **looks).status_code == 303
    saved = draft(acme, survey).looks
    assert (saved.accent, saved.scheme, saved.radius, saved.font) == (nearest, "light", 4, "serif")


def test_a_logo_is_uploaded_shown_and_removed(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=looks"
    looks = {"accent": "#5b5bd6", "scheme": "auto", "radius": "10", "font": "system"}
    out = BytesIO()
    Image.new("RGB", (80, 20), "#123456").save(out, "PNG")
    out.seek(0)
    assert post(client, path, logo=(out, "logo.png"), **looks).status_code == 303
    logo = draft(acme, survey).looks.logo
    shown = acme.world.client().get(f"/images/{logo}")
    assert shown.content_type == "image/png"
    assert shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    refused = post(client, path, logo=(BytesIO(b"<svg/>"), "logo.svg"), **looks)
    assert refused.status_code == 422
    assert "PNG, JPEG, WebP or GIF" in refused.text
    post(client, path, remove_logo="1", **looks)
    assert draft(acme, survey).looks.logo is None


def test_a_colour_too_dark_for_a_dark_page_is_lightened_there(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=looks"
    looks = {"accent": "#1b2a6b", "radius": "10", "font": "system"}
    assert post(client, path, scheme="auto", **looks).status_code == 303
    assert "On the dark background, drawn as #" in client.get(path).text
    preview = client.get(f"/console/surveys/{survey}/preview").text
    assert "[data-theme=dark]{--accent:#" in preview
    always = post(client, path, scheme="dark", **looks)
    assert always.status_code == 422
    assert "too faint on the dark background" in always.text


def picture() -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (80, 20), "#123456").save(out, "PNG")
    out.seek(0)
    return out, "logo.png"


def test_a_logo_beside_a_wrong_field_is_not_stored_and_asked_for_again(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=looks"
    wrong = {"accent": "red", "scheme": "auto", "radius": "10", "font": "system"}
    answer = post(client, path, logo=picture(), **wrong)
    assert answer.status_code == 422
    assert "Choose the logo again" in answer.text
    with acme.world.app.app_context():
        assert db.session.scalars(select(StoredImage)).all() == []


def test_a_logo_saved_on_the_way_leaves_its_field(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=looks"
    looks = {"accent": "#5b5bd6", "scheme": "auto", "radius": "10", "font": "system"}
    token = csrf_token(client.get(path).text)
    fields = {"csrf_token": token, **looks}
    saved = client.post(path, data={**fields, "logo": picture()}, headers=HTMX)
    assert 'id="logo-field" hx-swap-oob="true"' in saved.text
    again = client.post(path, data=fields, headers=HTMX)
    assert "logo-field" not in again.text


def test_choices_are_worded_in_each_language(acme: Workspace) -> None:
    survey, client = acme.survey("csat", style="thumbs"), acme.signed_in()
    languages = f"/console/surveys/{survey}?section=languages"
    post(client, languages, main_language="en", add_language="fr")
    assert "Was this helpful?" in published_page(acme, survey)
    assert '<span class="word">Yes</span>' in published_page(acme, survey)
    editor = f"/console/surveys/{survey}"
    post(client, f"{editor}?lang=fr", **{"text.point.thumbs.5": "Tout à fait"})
    post(client, f"{editor}/publish", page=editor)
    french = acme.world.client().get(f"/w/{survey}?lang=fr").text
    assert '<span class="word">Tout à fait</span>' in french
    assert '<span class="word">Non</span>' in french
    assert '<span class="word">Yes</span>' in published_page(acme, survey)


def test_two_choices_cannot_say_the_same(acme: Workspace) -> None:
    survey, client = acme.survey("csat"), acme.signed_in()
    words = {"text.point.faces5.1": "Bad", "text.point.faces5.2": "bad"}
    answer = post(client, f"/console/surveys/{survey}", **words)
    assert answer.status_code == 422
    assert "Two choices cannot say the same." in answer.text


@pytest.mark.parametrize(
    ("tag", "says"),
    [("sv", "Not built in: buttons and scales stay in English."), ("fr-CA", "French (Canada)")],
)
def test_a_language_without_built_in_words_comes_with_a_warning(
    acme: Workspace, tag: str, says: str
) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=languages"
    post(client, path, main_language="en", add_language=tag)
    page = client.get(path).text
    assert says in page
    assert ("Not built in" in page) == (tag == "sv")


def test_empty_fields_are_written_in_their_languages_direction(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    languages = f"/console/surveys/{survey}?section=languages"
    post(client, languages, main_language="en", add_language="ar")
    page = client.get(f"/console/surveys/{survey}?lang=ar").text
    assert 'dir="rtl" lang="ar"' in page


def test_a_version_that_there_is_not_is_said_so(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    versions = f"/console/surveys/{survey}/versions"
    page = client.get(f"{versions}?from=1&to=99")
    assert "There is no version 99 of this survey." in page.text
    huge = client.get(f"{versions}?from=99999999999999999999999")
    assert huge.status_code == 200
    assert "There is no version 9999" in huge.text


def test_a_single_version_is_compared_with_nothing(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    page = client.get(f"/console/surveys/{survey}/versions").text
    assert "Compare" not in page
    assert "Nothing differs." not in page


def test_two_versions_are_compared_in_words(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    acme.change(survey, ask_comment=False)
    acme.change(survey, ask_comment=False, positive_from=5)
    versions = f"/console/surveys/{survey}/versions"
    latest = client.get(versions).text
    assert "From version 2 to version 3" in latest
    assert "Positive from" in latest
    assert "Asks for a comment" not in latest
    assert "Asks for a comment" in client.get(f"{versions}?from=1&to=3").text


def test_the_preview_is_the_real_frame_of_the_draft_and_stores_nothing(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    post(client, f"/console/surveys/{survey}", **{"text.question.stars": "Draft words?"})
    page = client.get(f"/console/surveys/{survey}/preview")
    assert "Draft words?" in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    step = client.post(
        f"/console/surveys/{survey}/preview/responses",
        data={"step": "score", "score": "5"},
        headers=HTMX,
    )
    assert "What went well?" in step.text
    with acme.world.app.app_context():
        assert db.session.scalars(select(Response)).all() == []


def test_a_survey_is_renamed_closed_and_opened(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    post(client, f"{editor}/name", page=editor, name="After chat")
    assert "After chat" in client.get(editor).text
    assert "Keep it open" in client.get(f"{editor}/close").text
    assert acme.world.client().get(f"/w/{survey}").status_code == 200
    post(client, f"{editor}/close")
    assert '<span class="tag">Closed</span>' in client.get(editor).text
    assert acme.world.client().get(f"/w/{survey}").status_code == 404
    post(client, f"{editor}/open", page=editor)
    assert acme.world.client().get(f"/w/{survey}").status_code == 200


def test_another_workspace_sees_none_of_it(acme: Workspace) -> None:
    survey = acme.survey(name="Secret plans")
    charlie = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    own = csrf_token(charlie.get("/console/surveys/new").text)
    for path in ("", "/versions", "/preview", "/embed"):
        assert charlie.get(f"/console/surveys/{survey}{path}").status_code == 404
    for path in ("", "/publish", "/name", "/close", "/embed/forget", "/preview/responses"):
        answer = charlie.post(
            f"/console/surveys/{survey}{path}", data={"csrf_token": own, "name": "Mine now"}
        )
        assert answer.status_code == 404, path
    assert "Secret plans" not in charlie.get("/console/surveys").text


def test_the_order_of_areas_is_saved_as_it_stands_in_the_form(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=reasons"

    def order(which: str = "positive_reasons") -> list[str]:
        return [reason.id for reason in getattr(draft(acme, survey), which)]

    before, others = order(), order("negative_reasons")
    assert post(client, path, **{"order.positive": before[::-1]}).status_code == 303
    assert order() == before[::-1]
    # A form that does not know of a reason which somebody else has added keeps it, at the end.
    post(client, path, **{"order.positive": ["fast", "friendly", "gone"]})
    assert order()[:2] == ["fast", "friendly"]
    assert sorted(order()) == sorted(before)
    post(client, path, **{"order.positive": ["fast", "friendly"], "move": "positive.fast.down"})
    assert order()[:2] == ["friendly", "fast"]
    assert order("negative_reasons") == others


def test_steps_take_who_is_shown_and_what_is_asked_beside_the_comment(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}?section=steps"
    page = client.get(path).text
    for name, ticked in (("show_member", True), ("ask_contact", True), ("ask_publish", False)):
        assert (f'name="{name}" value="1" checked' in page) == ticked
    fields = {"positive_from": "5", "ask_comment": "1", "ask_publish": "1"}
    assert post(client, path, **fields).status_code == 303
    saved = draft(acme, survey)
    assert (saved.show_member, saved.ask_contact, saved.ask_publish) == (False, False, True)
    wrong = post(client, path, positive_from="5", ask_publish="1")
    assert wrong.status_code == 422
    assert "there is nothing to publish" in wrong.text


def test_the_embed_page_names_somebody_and_reserves_their_room(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    height = HEIGHTS["stars"] + MEMBER_HEIGHT
    snippet = f"data-member=&#34;EMAIL&#34; data-height=&#34;{height}&#34;"
    assert snippet in client.get(f"/console/surveys/{survey}/embed").text
    acme.change(survey, show_member=False)
    assert "EMAIL" not in client.get(f"/console/surveys/{survey}/embed").text
