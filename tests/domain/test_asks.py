"""What may be said when asking, and how it is kept."""

from datetime import timedelta

import pytest

from tests.builders import MONDAY
from widget.domain.asks import Ask, address_problem, digest_of, field_problems, tidy, without


def test_an_ask_is_kept_tidy_and_cut() -> None:
    kept = tidy(
        Ask(
            email=" Kim@C.example ",
            name="Kim\r\nLarsen",
            language="pt_BR",
            country="pt",
            tags=("a", "a", " ", "x" * 2_001),
            properties={" plan ": "y" * 2_001, " ": "z"},
            ref="r" * 300,
        )
    )
    assert (kept.email, kept.name) == ("kim@c.example", "Kim Larsen")
    assert (kept.language, kept.country) == ("pt-BR", "PT")
    assert kept.tags == ("a", "x" * 2_000)
    assert kept.properties == {"plan": "y" * 2_000}
    assert len(kept.ref) == 200


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (Ask(time_zone="Mars/Base"), "time_zone"),
        (Ask(language="please"), None),
        (Ask(language="English please"), "language"),
        (Ask(country="PRT"), "country"),
        (Ask(external_url="javascript:alert(1)"), "external_url"),
        (Ask(external_url="https://"), "external_url"),
        (Ask(external_url="https://a.example/" + "x" * 500), "external_url"),
        (Ask(external_url="https://a.example/x\nHost: b"), "external_url"),
        (Ask(tags=("x",) * 20), None),
        (Ask(tags=("x",) * 21), "tags"),
        (Ask(properties={str(number): "" for number in range(51)}), "properties"),
        (Ask(delay_s=0), None),
        (Ask(delay_s=90 * 24 * 3600), None),
        (Ask(delay_s=90 * 24 * 3600 + 1), "delay"),
        (Ask(delay_s=-1), "delay"),
        (Ask(interaction_at=MONDAY + timedelta(days=366)), None),
        (Ask(interaction_at=MONDAY + timedelta(days=367)), "interaction_at"),
    ],
)
def test_what_cannot_be_used_is_named(ask: Ask, field: str | None) -> None:
    assert list(field_problems(ask, MONDAY)) == ([field] if field else [])


def test_what_cannot_be_used_is_left_out() -> None:
    ask = Ask(ref="T-1", delay_s=-1, time_zone="Mars/Base", tags=("a",))
    left = without(ask, field_problems(ask, MONDAY))
    assert left == Ask(ref="T-1", tags=("a",))


def test_a_link_alone_needs_no_address_but_a_given_one_must_be_right() -> None:
    assert address_problem(Ask(do_not_send=True)) is None
    assert address_problem(Ask(do_not_send=True, email="kim"))
    assert address_problem(Ask())
    assert address_problem(Ask(email=" kim@c.example\t")) is None
    assert address_problem(Ask(email="kim@c.example\r\n"))


def test_the_same_said_twice_has_one_digest() -> None:
    ask = Ask(email="kim@c.example", properties={"a": "1", "b": "2"}, interaction_at=MONDAY)
    same = Ask(email="kim@c.example", properties={"b": "2", "a": "1"}, interaction_at=MONDAY)
    assert digest_of(ask, "s") == digest_of(same, "s")
    assert digest_of(ask, "s") != digest_of(ask, "other")
    assert digest_of(ask, "s") != digest_of(Ask(email="kim@c.example"), "s")
