from time import process_time

import pytest

from widget.domain.context import (
    ATTRIBUTES_LIMIT,
    Context,
    Problem,
    is_unexpanded,
    read_context,
)


def test_known_names_become_fields_and_others_attributes() -> None:
    context = read_context(
        [
            ("member", "ana@demo.example"),
            ("ref", "T-1"),
            ("channel", "chat"),
            ("email", "c@x.example"),
            ("name", "Kim"),
            ("customer-id", "42"),
            ("plan", "pro"),
            ("lang", "de"),
            ("test", "1"),
        ]
    )
    assert context == Context(
        member="ana@demo.example",
        ref="T-1",
        channel="chat",
        customer_email="c@x.example",
        customer_name="Kim",
        customer_id="42",
        attributes={"plan": "pro"},
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ticket.id}}",
        "{%user.email%}",
        "[Ticket: Ticket Number]",
        "[ticketid]",
        "*|EMAIL|*",
        "%%email%%",
        "${ticket.id}",
        "<%= ticket %>",
        "Ticket {{ticket.id}}",
    ],
)
def test_a_placeholder_that_nobody_expanded_is_missing_and_told(text: str) -> None:
    context = read_context([("ref", text), ("channel", "email")])
    assert context.ref == ""
    assert context.channel == "email"
    assert context.problems == (Problem("ref", text),)


def test_a_plus_in_an_address_that_was_read_as_a_space_comes_back() -> None:
    context = read_context(
        [("email", "kim shop@x.example"), ("member", "ana uk@acme.example"), ("name", "Kim Lee")]
    )
    assert context.customer_email == "kim+shop@x.example"
    assert context.member == "ana+uk@acme.example"
    assert context.customer_name == "Kim Lee"


@pytest.mark.parametrize("text", ["Kim <kim@x.example>", "kim@x.example ann@y.example", "T 1"])
def test_other_spaces_stay(text: str) -> None:
    assert read_context([("email", text)]).customer_email == text


@pytest.mark.parametrize("text", ["T-1", "100%", "a [b] c", "{member}", "50% of 20%", "O'Neil"])
def test_ordinary_values_are_no_placeholders(text: str) -> None:
    assert not is_unexpanded(text)


@pytest.mark.parametrize("mark", ["{{", "{%", "{#", "${", "<%", "[", "%% "])
def test_a_long_text_full_of_beginnings_is_looked_through_at_once(mark: str) -> None:
    before = process_time()
    assert not is_unexpanded(mark * 10_000)
    assert process_time() - before < 0.5


@pytest.mark.parametrize("text", ["}} {{", "{{}", "*|*", "<%>", "$ {x}"])
def test_marks_that_enclose_nothing_are_no_placeholder(text: str) -> None:
    assert not is_unexpanded(text)


def test_lengths_and_numbers_are_limited() -> None:
    context = read_context(
        [("ref", "r" * 1000), ("a", "v" * 1000), ("n" * 51, "x"), ("1bad name", "x")]
        + [(f"k{n}", "v") for n in range(50)]
    )
    assert len(context.ref) == 200
    assert len(context.attributes["a"]) == 500
    assert len(context.attributes) == ATTRIBUTES_LIMIT


def test_a_page_address_loses_what_it_need_not_tell() -> None:
    context = read_context([("page", "https://me:pw@shop.example/help?token=secret#part")])
    assert context.page == "https://shop.example/help"
    assert read_context([("page", "javascript:alert(1)")]).page == ""
    assert read_context([("page", "http://[broken")]).page == ""


def test_the_first_of_a_repeated_name_wins() -> None:
    assert read_context([("ref", "1"), ("ref", "2")]).ref == "1"


def test_a_context_survives_the_token() -> None:
    context = read_context([("ref", "{{x}}"), ("name", "Kim"), ("plan", "pro")])
    assert Context.from_json(context.to_json()) == context
