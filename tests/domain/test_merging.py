"""Two entries become one: nothing that only one of them knows is lost."""

from hypothesis import given
from hypothesis import strategies as st

from widget.domain.customers import FIELDS
from widget.domain.merging import Difference, Known, differences, merged

KEPT = Known({"email": "kim@c.example", "name": "Kim", "client": ""}, {"plan": "S", "seats": "3"})
OTHER = Known({"email": "kim@old.example", "name": "Kim", "client": "Initech"}, {"plan": "M"})
some_known = st.builds(
    Known,
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=3)),
    st.dictionaries(st.text(min_size=1, max_size=3), st.text(min_size=1, max_size=3)),
)


def test_only_what_differs_is_to_be_chosen_and_what_one_knows_is_proposed() -> None:
    assert differences(KEPT, OTHER) == [
        Difference("email", "kim@c.example", "kim@old.example", "kept"),
        Difference("client", "", "Initech", "other"),
        Difference("plan", "S", "M", "kept", is_attribute=True),
        Difference("seats", "3", "", "kept", is_attribute=True),
    ]


def test_each_field_is_taken_from_whom_it_was_chosen_from() -> None:
    made = merged(KEPT, OTHER, {"email": "other", "attribute:plan": "other", "client": "kept"})
    assert made.fields["email"] == "kim@old.example"
    assert made.fields["client"] == ""
    assert made.attributes == {"plan": "M", "seats": "3"}


@given(some_known, some_known)
def test_without_a_choice_nothing_that_one_knows_is_lost(kept: Known, other: Known) -> None:
    made = merged(kept, other, {})
    for name in FIELDS:
        known = kept.fields.get(name) or other.fields.get(name) or ""
        assert made.fields.get(name, "") == known
    assert made.attributes == {**other.attributes, **kept.attributes}
