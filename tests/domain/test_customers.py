"""What is kept of what somebody says of a customer, and what is refused."""

import pytest

from tests.builders import MONDAY
from widget.domain.customers import ATTRIBUTES_LIMIT, Details, problems, tidied


def test_details_are_kept_in_one_spelling() -> None:
    details = Details(
        {"email": " Kim@C.example ", "name": "Kim\nLee", "language": "pt_BR", "country": "pt"},
        {"plan\n": " Gold ", " ": "nobody"},
    )
    assert tidied(details) == Details(
        {"email": "kim@c.example", "name": "Kim Lee", "language": "pt-BR", "country": "PT"},
        {"plan": "Gold"},
    )


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "Kim"}, "email"),
        ({"email": "kim@nowhere"}, "email"),
        ({"external_id": "7", "language": "Klingon!"}, "language"),
        ({"external_id": "7", "country": "Portugal"}, "country"),
        ({"external_id": "7", "time_zone": "Lisbon"}, "time_zone"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(fields: dict[str, str], wrong: str) -> None:
    assert list(problems(Details(fields), MONDAY)) == [wrong]


def test_an_id_is_enough_to_know_somebody_by() -> None:
    assert problems(Details({"external_id": "7", "email": ""}), MONDAY) == {}


def test_a_customer_has_a_limited_number_of_attributes() -> None:
    many = {f"a{number}": "x" for number in range(ATTRIBUTES_LIMIT + 1)}
    assert list(problems(Details({"external_id": "7"}, many), MONDAY)) == ["attributes"]
