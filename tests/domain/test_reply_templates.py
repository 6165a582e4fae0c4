"""Filling templates for replies, and ours in every language."""

import pytest

from widget.domain.errors import ReplyTemplateRefused
from widget.domain.guidance import GROUPS
from widget.domain.reply_templates import (
    NAME_LIMIT,
    OUR_TEMPLATES,
    TEXT_LIMIT,
    VALUES,
    ReplyTemplate,
    Value,
    filled_template,
    our_templates,
    read_template,
    with_template,
)
from widget.translations import LANGUAGES, translate

ALL: dict[Value, str] = {name: f"<{name}>" for name in VALUES}


def test_names_of_the_list_are_filled_in_and_others_stay() -> None:
    text = "Hello {customer}, {member} {unknown} {} {customer.name} {{me}}"
    values: dict[Value, str] = {"customer": "Kim", "member": "Ada", "me": "Bo"}
    assert filled_template(text, values) == ("Hello Kim, Ada {unknown} {} {customer.name} {Bo}")


def test_a_value_is_never_filled_in_itself() -> None:
    assert filled_template("{customer} {me}", {"customer": "{me}", "me": "Bo"}) == "{me} Bo"


def test_control_characters_of_a_value_are_left_out() -> None:
    assert filled_template("{customer}", {"customer": "K\x00i\x1bm"}) == "Kim"


def test_what_is_not_known_leaves_no_hole_of_empty_lines() -> None:
    assert filled_template("One\n\n{reviews}\n\nTwo {survey}", {}) == "One\n\nTwo"


@pytest.mark.parametrize("typed", ["", " \r\n ", "Template A", "\nTemplate A\r\n"])
def test_a_template_takes_the_place_of_nothing_and_of_an_unchanged_one(typed: str) -> None:
    assert with_template(typed, "Template B", {"a": "Template A"}) == "Template B"


def test_a_template_stands_below_what_somebody_typed() -> None:
    said = with_template("Template A, and more", "Template B", {"a": "Template A"})
    assert said == "Template A, and more\n\nTemplate B"


def test_what_is_kept_is_tidy() -> None:
    typed = ReplyTemplate("other", "PT_br", "  A \x00 name ", "Hi\r\n{me}\n", 3)
    assert read_template(typed) == ReplyTemplate("other", "pt-BR", "A name", "Hi\n{me}", 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * (NAME_LIMIT + 1)),
        ("text", "\n"),
        ("text", "x" * (TEXT_LIMIT + 1)),
        ("text", "Hi {surname}"),
        ("text", "Hi {Customer}"),
        ("text", "Hi {customer.__class__}"),
        ("language", "not a language"),
    ],
)
def test_what_cannot_be_kept_is_said_of_its_field(field: str, value: str) -> None:
    good = {"language": "", "name": "A name", "text": "Hi {customer}"}
    read_template(ReplyTemplate("other", **good))
    with pytest.raises(ReplyTemplateRefused) as refused:
        read_template(ReplyTemplate("other", **(good | {field: value})))
    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ours_are_whole_and_could_be_kept_in_every_language(language: str) -> None:
    for ours in OUR_TEMPLATES:
        text = ours.text(lambda said: translate(said, language))
        read_template(ReplyTemplate(ours.moods[0], language, ours.name, text))
        assert filled_template(text, ALL).count("{") == 0
        if language != "en":
            kept = [one for one in ours.paragraphs if " " in one]
            assert not any(one in text for one in kept)


def test_every_group_has_ours_and_review_sites_are_named_to_all_or_to_nobody() -> None:
    for mood in GROUPS:
        keys = [one.key for one in our_templates(mood, has_reviews=True)]
        assert "reviews" in keys
        assert len(keys) > 1
        assert "reviews" not in [one.key for one in our_templates(mood, has_reviews=False)]


def test_whoever_wants_no_requests_is_asked_for_no_favour() -> None:
    keys = {
        mood: [one.key for one in our_templates(mood, has_reviews=True, wants_no_requests=True)]
        for mood in GROUPS
    }
    assert keys == {"positive": [], "other": ["one-thing"], "negative": ["sorry", "done"]}


def test_keys_of_ours_are_no_numbers_and_each_is_its_own() -> None:
    keys = [one.key for one in OUR_TEMPLATES]
    assert len(set(keys)) == len(keys)
    assert not any(key.isdecimal() for key in keys)
