"""What is sent to the API by whoever does not mean well."""

import pytest

from tests.builders import Workspace, answer_survey
from tests.web.api.calling import Program


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ('{"name": ' + "9" * 5_000 + "}", 400, "too many digits"),
        ('{"name": ' + "[" * 60_000 + "]" * 60_000 + "}", 400, "nested too deeply"),
        ('{"name": "' + "x" * 200_000 + '"}', 413, "128 KB"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_a_sentence(
    acme: Workspace, body: str, status: int, words: str
) -> None:
    answer = Program(acme).post_text("campaigns", body)
    assert answer.status_code == status
    assert words in answer.json["detail"]  # type: ignore[index]


def test_of_many_errors_a_few_are_told(acme: Workspace) -> None:
    answer = Program(acme).post("campaigns", {f"field{n}" + "x" * 300: 1 for n in range(300)})
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 20  # type: ignore[index]
    assert len(answer.data) < 10_000


def test_half_a_letter_is_left_out_of_what_is_stored(any_acme: Workspace) -> None:
    survey = any_acme.survey("stars")
    id = answer_survey(any_acme, survey, 1, customer_email="kim@c.example")
    text = '{"text": "Sorry \\ud800 Kim"}'
    answer = Program(any_acme).post_text(f"responses/{id}/replies", text)
    assert answer.status_code == 201, answer.text
    assert "Sorry  Kim" in answer.text
