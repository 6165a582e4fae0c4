"""Profiles as they are kept, and what is refused with a sentence."""

import pytest

from widget.domain.errors import PeopleRulesRefused, ProfileRefused
from widget.domain.people_rules import PeopleRules, ProfileQuestion, tidy_rules
from widget.domain.profiles import (
    Profile,
    read_languages,
    read_tags,
    status_of,
    tidy_profile,
)

WEEKEND = ProfileQuestion("q1", "How do you spend your weekend?")


def test_spaces_go_and_a_bio_keeps_its_two_lines() -> None:
    said = Profile("  Ana   Silva ", " Support ", "One.\r\n\r\n  Two. ", answers={"q1": " On  it "})
    assert tidy_profile(said, [WEEKEND]) == Profile(
        "Ana Silva", "Support", "One.\nTwo.", answers={"q1": "On it"}
    )


def test_answers_to_questions_that_nobody_asks_are_dropped() -> None:
    assert tidy_profile(Profile("Ana", answers={"old": "x", "q1": ""}), [WEEKEND]).answers == {}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Profile(" "), "name"),
        (Profile("x" * 121), "name"),
        (Profile("Ana", title="x" * 121), "title"),
        (Profile("Ana", bio="1\n2\n3"), "bio"),
        (Profile("Ana", bio="x" * 301), "bio"),
        (Profile("Ana", answers={"q1": "x" * 201}), "answer.q1"),
    ],
)
def test_what_cannot_be_shown_is_refused_beside_its_field(said: Profile, field: str) -> None:
    with pytest.raises(ProfileRefused) as refused:
        tidy_profile(said, [WEEKEND])
    assert set(refused.value.problems) == {field}


def test_a_profile_survives_being_stored_as_json() -> None:
    profile = Profile("Ana", "Support", "Bio", "ab12", ("en", "pt-BR"), {"q1": "x"})
    assert Profile.from_json(profile.to_json()) == profile


def test_languages_are_read_as_codes() -> None:
    assert read_languages("EN, pt_br; en") == ("en", "pt-BR")
    with pytest.raises(ProfileRefused, match="“English!” is no language"):
        read_languages("en, English!")
    with pytest.raises(ProfileRefused, match="at most 10"):
        read_languages(",".join(f"a{letter}" for letter in "abcdefghijk"))


def test_a_tag_is_kept_once_whatever_its_capitals() -> None:
    assert read_tags("Night  shift, billing; BILLING\n") == ("Night shift", "billing")
    with pytest.raises(ProfileRefused, match="40 characters"):
        read_tags("x" * 41)


def test_a_member_stands_in_one_of_four_ways() -> None:
    def status(**so: bool) -> str:
        return status_of(**{"is_archived": False, "is_approved": True, "is_pending": False, **so})

    assert status() == "active"
    assert status(is_pending=True) == "pending"
    assert status(is_approved=False) == "unapproved"
    assert status(is_archived=True, is_pending=True) == "archived"


def test_questions_are_refused_by_their_ids() -> None:
    again = ProfileQuestion("q2", "how do you spend your  weekend?")
    for questions, id in (
        ((WEEKEND, again), "q2"),
        ((ProfileQuestion("q1", " "),), "q1"),
        ((ProfileQuestion("q1", "x" * 101),), "q1"),
        (tuple(ProfileQuestion(f"q{number}", f"Q{number}") for number in range(6)), "q5"),
    ):
        with pytest.raises(PeopleRulesRefused) as refused:
            tidy_rules(PeopleRules(profile_questions=questions))
        assert set(refused.value.problems) == {id}
    rules = tidy_rules(PeopleRules(profile_questions=(WEEKEND,)))
    assert PeopleRules.from_json(rules.to_json()) == rules
