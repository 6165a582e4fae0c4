"""Published surveys in memory, so that showing one and storing its answers reads no database.

Versions never change and are kept for good. Which version is current, where the survey may stand
and whether it is closed are looked up again after a second, so every process soon knows.
"""

import time
from dataclasses import dataclass

from flask import current_app

from widget.domain.errors import UnknownSurvey
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage import faces, members, surveys
from widget.storage.members import KnownMember
from widget.storage.surveys import PublishedSurvey
from widget.web.bounded import Bounded
from widget.web.face.person import person_html

_LIMIT = 10_000


@dataclass(frozen=True)
class _Known:
    survey: PublishedSurvey
    read_at: float


@dataclass(frozen=True)
class ShownMember(KnownMember):
    """A member as a survey's page shows them: `html` is safe to stand in it."""

    html: str


_known: Bounded[tuple[str, str], _Known] = Bounded(_LIMIT)
_members: Bounded[tuple[str, int, str], tuple[ShownMember | None, float]] = Bounded(_LIMIT)
_definitions: Bounded[tuple[str, int], Definition] = Bounded(_LIMIT)


@dataclass(frozen=True)
class Memory:
    """What is in memory for a database and not older than `age_s`; looks nothing up."""

    database: str
    age_s: float

    def survey(self, public_id: str) -> PublishedSurvey | None:
        known = _known.get((self.database, public_id))
        fresh = known and time.monotonic() - known.read_at < self.age_s
        return known.survey if known and fresh else None

    def definition(self, version_id: int) -> Definition | None:
        return _definitions.get((self.database, version_id))

    def member(self, survey: PublishedSurvey, given: str) -> ShownMember | None:
        known = _members.get((self.database, survey.workspace_id, given))
        return known[0] if known and time.monotonic() - known[1] < self.age_s else None


def find_survey(public_id: str) -> PublishedSurvey:
    """The survey with a public id, at most a second old. Raises UnknownSurvey."""
    key = (current_app.config["SQLALCHEMY_DATABASE_URI"], public_id)
    known = _known.get(key)
    if known and time.monotonic() - known.read_at < current_app.config["SAYSO_SURVEY_AGE_S"]:
        return known.survey
    # Whatever else is in an address never was a public id, and not every database takes it.
    survey = surveys.published_survey(db.session(), public_id) if public_id.isalnum() else None
    if survey is None:
        _known.drop(key)
        raise UnknownSurvey("There is no survey at this address.")
    _known.put(key, _Known(survey, time.monotonic()))
    return survey


def find_definition(survey: PublishedSurvey, version_id: int) -> Definition:
    """What a version of a survey asks. Raises UnknownSurvey when it has no such version."""
    key = (current_app.config["SQLALCHEMY_DATABASE_URI"], version_id)
    definition = _definitions.get(key)
    if definition is None:
        definition = surveys.version_definition(db.session(), survey.id, version_id)
        if definition is None:
            raise UnknownSurvey("This survey has no such version.")
        _definitions.put(key, definition)
    return definition


def find_member(survey: PublishedSurvey, given: str) -> ShownMember | None:
    """The member a page names, at most a second old; None when nobody is known by that."""
    if not given:
        return None
    key = (current_app.config["SQLALCHEMY_DATABASE_URI"], survey.workspace_id, given)
    known = _members.get(key)
    if known and time.monotonic() - known[1] < current_app.config["SAYSO_SURVEY_AGE_S"]:
        return known[0]
    named = members.member_named(db.session(), survey.workspace_id, given)
    member = None
    if named:
        person = find_person(survey, named.id)
        member = ShownMember(named.id, named.name, named.public_id, person)
    _members.put(key, (member, time.monotonic()))
    return member


def find_person(survey: PublishedSurvey, member_id: int | None) -> str:
    """The HTML of whoever a visit is about, archived or not; "" for nobody."""
    card = faces.member_card(db.session(), survey.workspace_id, member_id) if member_id else None
    return person_html(card) if card else ""
