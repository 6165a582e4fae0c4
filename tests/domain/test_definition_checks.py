from dataclasses import replace
from typing import Any

import pytest

from widget.domain.definition_changes import DefinitionChange, definition_changes
from widget.domain.definition_checks import check_definition, definition_problems
from widget.domain.errors import InvalidDefinition
from widget.domain.looks import Looks
from widget.domain.scales import KINDS, STYLES
from widget.domain.surveys import Definition, Question, Reason, new_definition, with_text

STARS = new_definition("stars")
NAMES = {"en": "English", "de": "German", "fr": "French"}


def changes_of(old: Definition, new: Definition) -> list[DefinitionChange]:
    german = {"Thank you!": "Vielen Dank!"}
    return definition_changes(
        old,
        new,
        lambda text, tag: german.get(text) if tag == "de" else text if tag == "en" else None,
        NAMES.__getitem__,
    )


def test_a_wording_taken_away_says_what_stands_there_instead() -> None:
    english = with_text(STARS, "thanks_title", "en", "Ta!")
    both = with_text(english, "thanks_title", "fr", "Merci !")
    [change] = changes_of(both, english)
    assert change == DefinitionChange(
        "Thanks, as a heading (French)", "Merci !", "Ta! (as in English)"
    )


@pytest.mark.parametrize(
    ("texts", "field", "says"),
    [
        ({"point.faces3.1": "Bad", "point.faces3.3": "BAD"}, "point.faces3.3", "the same"),
        ({"point.faces3.1": "Ask {member}"}, "point.faces3.1", "no placeholders"),
        ({"point.faces3.1": "x" * 41}, "point.faces3.1", "40 characters"),
    ],
)
def test_words_of_a_choice_are_short_and_tell_it_apart(
    texts: dict[str, str], field: str, says: str
) -> None:
    faces = new_definition("csat", "faces3")
    for key, text in texts.items():
        faces = with_text(faces, key, "en", text)
    assert says in definition_problems(faces)[f"text.{field}.en"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_survey_starts_with_can_be_published(kind) -> None:
    for style in STYLES[kind]:
        check_definition(new_definition(kind, style))


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"positive_from": 1}, "positive_from", "above 1"),
        ({"positive_from": 6}, "positive_from", "5 at the latest"),
        ({"positive_from": -1}, "positive_from", "above 1"),
        ({"extras": (Question("stars", "stars"),)}, "extras", "once"),
        ({"languages": ("en", "Français!")}, "languages", "language tag"),
        ({"main_language": "de"}, "main_language", "one of the survey's languages"),
        ({"texts": {"thanks_title": {"en": "x" * 101}}}, "text.thanks_title.en", "100 characters"),
        (
            {"texts": {"question.stars": {"en": "How did {agent} do?"}}},
            "text.question.stars.en",
            "{agent} is no placeholder; you can use {member}, {customer}, {company}",
        ),
        ({"positive_reasons": (Reason("a", {"de": "Gut"}),)}, "reason.a.en", "main language"),
        (
            {"positive_reasons": (Reason("a", {"en": "x" * 61}),)},
            "reason.a.en",
            "60 characters",
        ),
        (
            {"positive_reasons": tuple(Reason(str(n), {"en": "x"}) for n in range(13))},
            "positive_reasons",
            "12 reasons",
        ),
        ({"looks": Looks(accent="red")}, "accent", "like #5b5bd6"),
        ({"looks": Looks(accent="#ffd700", scheme="light")}, "accent", "1.4 to 1"),
        ({"looks": Looks(radius=25)}, "radius", "0 to 24"),
    ],
)
def test_what_cannot_be_published_is_said_beside_its_field(
    changes: dict[str, Any], field: str, says: str
) -> None:
    problems = definition_problems(replace(STARS, **changes))
    assert says in problems[field]
    with pytest.raises(InvalidDefinition):
        check_definition(replace(STARS, **changes))


def test_an_accent_that_is_too_faint_comes_with_the_nearest_that_is_not() -> None:
    faint = replace(STARS, looks=Looks(accent="#ffd700", scheme="light"))
    suggested = definition_problems(faint)["accent"].rsplit(" ", 1)[1].rstrip(".")
    check_definition(replace(STARS, looks=Looks(accent=suggested, scheme="light")))


def test_nothing_changed_is_no_change() -> None:
    assert changes_of(STARS, STARS) == []


def test_every_difference_is_told_in_words() -> None:
    new = with_text(STARS, "thanks_title", "de", "Danke!")
    new = replace(
        new,
        ask_comment=False,
        extras=(Question("nps", "numbers"),),
        positive_reasons=(
            Reason("new", {"en": "Kind"}),
            *(reason for reason in STARS.positive_reasons if reason.id != "fast"),
        ),
        looks=replace(STARS.looks, radius=0, scheme="dark"),
    )
    changes = changes_of(STARS, new)
    assert (
        DefinitionChange("Thanks, as a heading (German)", "Vielen Dank! (built-in)", "Danke!")
        in changes
    )
    assert DefinitionChange("Asks for a comment", "yes", "no") in changes
    assert DefinitionChange("Area of excellence", "Fast", "") in changes
    assert DefinitionChange("Area of excellence", "", "Kind (English)") in changes
    assert DefinitionChange("Corner radius", "10", "0") in changes
    assert DefinitionChange("Light or dark", "auto", "dark") in changes
    [questions] = [change for change in changes if change.what == "Questions"]
    assert questions.new == "Stars (five stars), NPS (numbers)"


def test_a_new_order_of_reasons_is_a_change() -> None:
    reordered = replace(STARS, positive_reasons=STARS.positive_reasons[::-1])
    assert [change.what for change in changes_of(STARS, reordered)] == [
        "Areas of excellence, in order"
    ]


def test_what_stands_beside_a_comment_and_above_the_question_is_told_in_words() -> None:
    new = replace(STARS, show_member=False, ask_contact=False, ask_publish=True)
    assert changes_of(STARS, new) == [
        DefinitionChange("Shows who is rated", "yes", "no"),
        DefinitionChange("Offers to contact the customer", "yes", "no"),
        DefinitionChange("Asks whether to publish", "no", "yes"),
    ]


def test_nothing_can_be_published_where_no_comment_is_asked_for() -> None:
    asking = replace(STARS, ask_publish=True)
    assert definition_problems(asking) == {}
    assert list(definition_problems(replace(asking, ask_comment=False))) == ["ask_publish"]
