import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.wording import (
    NAME_LIMIT,
    Placeholder,
    fill,
    parse,
    presentable_name,
    unknown_placeholders,
    without_controls,
)


def test_a_placeholder_is_replaced_by_its_value() -> None:
    assert fill("How did {member} do?", {"member": "Ana"}) == "How did Ana do?"


def test_a_value_is_not_searched_for_placeholders_again() -> None:
    assert fill("{member}{company}", {"member": "{company}", "company": "X"}) == "{company}X"


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "{member.__class__}", "{0}", "{% for %}", "{config}"]
)
def test_nothing_else_in_wording_is_evaluated(text: str) -> None:
    assert fill(text, {"member": "Ana"}) == text


@given(st.text())
def test_parsing_loses_no_character(text: str) -> None:
    back = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parse(text))
    assert back == text


def test_placeholders_are_found_where_they_stand() -> None:
    assert parse("a {member} b") == ["a ", Placeholder("member"), " b"]


def test_unknown_names_are_told_to_whoever_wrote_them() -> None:
    assert unknown_placeholders("{member} {agent} {ticket.id}") == ["agent", "ticket.id"]


@pytest.mark.parametrize(
    "name",
    [
        "Call http://evil.example",
        "www.evil.example",
        "see evil.com now",
        "evil.xyz",
        "a@evil.de",
        "go evil/x",
        "Call +1 900 555, evil.co/x",
        "Call +1 900 555 1234",
        "Call 0 9 0 0 5",
        "evil\uff0exyz",
        "evil\u3002xyz",
        "evil.\u200bxyz",
        "a\uff20evil",
        "\uff11\uff12\uff13\uff14\uff15",
    ],
)
def test_a_name_that_reads_like_a_link_or_a_number_to_call_is_not_shown(name: str) -> None:
    assert presentable_name(name) == ""


@pytest.mark.parametrize(
    "name",
    ["J. R. Smith", "J.R. Smith", "Ana-Mar\u00eda", "\u0645\u06cc\u200c\u062e\u0648", "Kim 4711"],
)
def test_a_name_that_people_have_is_shown_as_it_is(name: str) -> None:
    assert presentable_name(name) == name


def test_a_text_loses_control_characters_but_keeps_its_lines() -> None:
    assert without_controls("a\x02token\x03\r\nb\tc\x00") == "atoken\nb c"


def test_a_name_loses_control_and_direction_characters_and_length() -> None:
    assert presentable_name("A\u202ena\x00 Silva") == "Ana Silva"
    assert len(presentable_name("x" * 500)) == NAME_LIMIT
