"""Wording the question: the list, making a survey, the editor, publishing, versions, preview."""

from io import BytesIO

from PIL import Image
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from tests.web.frame.visiting import HTMX
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.models import Event, Response
from widget.storage.survey_editing import survey_in_editor


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
    assert '<td class="number">–</td>' in client.get("/console/surveys").text
    answer_survey(acme, survey, 4)
    answer_survey(acme, survey, 4, is_test=True)
    assert '<td class="number">1</td>' in client.get("/console/surveys").text


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


def test_publishing_an_unchanged_draft_makes_no_version(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    editor = f"/console/surveys/{survey}"
    post(client, f"{editor}/publish", page=editor)
    assert "Published as version 1." in client.get(editor).text
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
    assert "Saved in the draft." in good.text
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
    post(client, languages, main_language="en", remove="fr-CA")
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
    assert "1.4 to 1" in faint.text
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
    post(client, f"{editor}/close", page=editor)
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
