import pytest

from widget.domain.faces import answered, initials
from widget.domain.people_rules import ProfileQuestion

QUESTIONS = (ProfileQuestion("w", "My weekend:"), ProfileQuestion("p", "My pet:"))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Silva", "AS"),
        ("Ana Maria da Silva", "AS"),
        ("kim", "K"),
        ("(Kim) Lee", "L"),
        ("ليلى حداد", "لح"),
        ("– !", ""),
        ("", ""),
    ],
)
def test_initials_are_the_first_and_the_last_names(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_answers_stand_in_the_workspace_s_order_and_empty_ones_nowhere() -> None:
    given = {"p": "A cat", "w": "Surfing", "gone": "An old answer"}
    assert answered(QUESTIONS, given) == (("My weekend:", "Surfing"), ("My pet:", "A cat"))
    assert answered(QUESTIONS, {"w": ""}) == ()
    assert answered(QUESTIONS, None) == ()
