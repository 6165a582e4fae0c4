from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders import MONDAY
from widget.domain.context import read_context
from widget.domain.errors import TokenForged, TokenMissing
from widget.domain.tokens import LIFETIME, Visit, VisitSigner

OLD, NEW, OTHER = "o" * 40, "n" * 40, "x" * 40
VISIT = Visit(
    survey="abc",
    version_id=7,
    response_id=UUID(int=1),
    language="de",
    issued_at=MONDAY,
    context=read_context([("ref", "T-1"), ("plan", "prö")]),
    member_id=3,
    member_name="Ana",
    source="link",
    is_test=True,
)


def test_a_visit_comes_back_as_it_was_signed() -> None:
    assert VisitSigner([NEW]).read(VisitSigner([NEW]).sign(VISIT)) == VISIT


def test_a_token_made_with_the_old_key_is_good_after_rotation() -> None:
    token = VisitSigner([OLD]).sign(VISIT)
    assert VisitSigner([NEW, OLD]).read(token) == VISIT


def test_the_newest_key_signs() -> None:
    token = VisitSigner([NEW, OLD]).sign(VISIT)
    assert VisitSigner([NEW]).read(token) == VISIT
    with pytest.raises(TokenForged):
        VisitSigner([OLD]).read(token)


@pytest.mark.parametrize("token", ["x", "a.b", "é.é", "." * 50])
def test_what_we_did_not_sign_is_forged(token: str) -> None:
    with pytest.raises(TokenForged):
        VisitSigner([NEW]).read(token)


def test_a_changed_token_is_forged() -> None:
    token = VisitSigner([OTHER]).sign(VISIT)
    with pytest.raises(TokenForged):
        VisitSigner([NEW]).read(token)


def test_no_token_is_told_apart_from_a_forged_one() -> None:
    with pytest.raises(TokenMissing):
        VisitSigner([NEW]).read("")


def test_a_visit_expires_after_a_day() -> None:
    assert not VISIT.is_expired(MONDAY + LIFETIME)
    assert VISIT.is_expired(MONDAY + LIFETIME + timedelta(seconds=1))
