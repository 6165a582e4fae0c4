from dataclasses import replace
from typing import Any

import pytest

from widget.domain.definition_changes import DefinitionChange, definition_changes
from widget.domain.definition_checks import check_definition, definition_problems
from widget.domain.errors import InvalidDefinition
from widget.domain.looks import Looks
from widget.domain.scales import KINDS, STYLES
from widget.domain.surveys import Question, Reason, new_definition, with_text

STARS = new_definition("stars")


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
    assert definition_changes(STARS, STARS) == []


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
    changes = definition_changes(STARS, new)
    assert DefinitionChange("Thanks, as a heading (de)", "", "Danke!") in changes
    assert DefinitionChange("Asks for a comment", "yes", "no") in changes
    assert DefinitionChange("Positive reason", "Fast", "") in changes
    assert DefinitionChange("Positive reason", "", "Kind (en)") in changes
    assert DefinitionChange("Corner radius", "10", "0") in changes
    assert DefinitionChange("Light or dark", "auto", "dark") in changes
    [questions] = [change for change in changes if change.what == "Questions"]
    assert questions.new == "Stars (five stars), NPS (numbers)"


def test_a_new_order_of_reasons_is_a_change() -> None:
    reordered = replace(STARS, positive_reasons=STARS.positive_reasons[::-1])
    assert [change.what for change in definition_changes(STARS, reordered)] == [
        "Positive reasons, in order"
    ]
