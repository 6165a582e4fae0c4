import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.mentions import Mentionable, mentioned, parts

ANA = Mentionable(1, "ana@acme.example", ("", "Ana Silva"))
BO = Mentionable(2, "bo@acme.example", ("Bo Berg",))
ANA_TOO = Mentionable(3, "ana.gil@acme.example", ("Ana Gil",))
PEOPLE = [ANA, BO, ANA_TOO]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Bo look", (2,)),
        ("@bo berg, look", (2,)),
        ("Look, @bo@acme.example!", (2,)),
        ("@Ana Silva and @Ana Gil", (1, 3)),
        ("@Ana", ()),
        ("@Bobby", ()),
        ("write to bo@acme.example", ()),
        ("me@Bo", ()),
        ("@@Bo (@Bo)", (2,)),
        ("@", ()),
        ("@Nobody", ()),
    ],
)
def test_who_is_mentioned(text: str, who: tuple[int, ...]) -> None:
    assert mentioned(text, PEOPLE) == who


def test_a_first_name_of_one_person_alone_is_enough() -> None:
    assert mentioned("@Ana", [ANA, BO]) == (1,)


@given(st.text(alphabet="@ AanaBob silva.\n", max_size=60))
def test_the_parts_make_up_the_note(text: str) -> None:
    assert "".join(part.text for part in parts(text, PEOPLE)) == text
