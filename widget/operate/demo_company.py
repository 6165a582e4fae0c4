"""A company for the demo: teams, people, and what its customers have said for months.

Everything is made up, and the same each time. It stands in the demo's workspace alone.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from widget.actions.change_team import make_team
from widget.actions.create_member import enter_member
from widget.actions.give_answer import give_answer
from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.profiles import Entry, Profile
from widget.domain.responses import ResponseHead
from widget.domain.roles import EVERYTHING
from widget.domain.scales import KINDS
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.operate.demo_words import COMMENTS
from widget.storage.ids import new_id
from widget.storage.members import member_named
from widget.storage.surveys import PublishedSurvey, published_survey, version_definition
from widget.storage.teams import team_tree
from widget.web.clock import now

DAYS = 180


@dataclass(frozen=True)
class _Person:
    """`skill` moves what customers say of them, in standard deviations of one answer."""

    name: str
    title: str
    team: str
    skill: float

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@demo.example"


# By name, and the team that each is part of.
_TEAMS = (("Customer care", ""), ("Workshop", "Customer care"), ("Online shop", "Customer care"))
_PEOPLE = (
    _Person("Ben Okafor", "Mechanic", "Workshop", 0.5),
    _Person("Chloé Martin", "Mechanic", "Workshop", 0.1),
    _Person("Deniz Kaya", "Workshop lead", "Workshop", 0.3),
    _Person("Elif Novak", "Order support", "Online shop", -0.5),
    _Person("Farid Haddad", "Order support", "Online shop", 0.0),
    _Person("Greta Lund", "Shop lead", "Online shop", 0.4),
)
# The member who is there from the beginning.
_ANA = _Person("Ana Silva", "Customer support", "", 0.2)
# By name: segment, and how content they are.
_CLIENTS = {
    "Harbour Rentals": ("rental", -0.3),
    "Northgate Couriers": ("business", 0.2),
    "City Bike Pool": ("business", 0.0),
    "": ("private", 0.1),
}
_CHANNELS = {"email": 4, "chat": 3, "phone": 2, "web": 1}
_LANGUAGES = {"en": 6, "de": 3, "fr": 1}
# What share of a scale's points lies below an average answer.
_USUAL = 0.8
_SPREAD = 0.28
_HOURS = range(8, 20)


def make_company(workspace_id: int, at: datetime) -> None:
    """The teams and people, where they are missing."""
    session = db.session()
    known = {team.name: team.id for team in team_tree(session, workspace_id, EVERYTHING)}
    for name, parent in _TEAMS:
        if name not in known:
            parent_id = known.get(parent)
            known[name] = make_team(session, workspace_id, name=name, parent_id=parent_id, at=at)
    for person in _PEOPLE:
        if member_named(session, workspace_id, person.email) is None:
            enter_member(
                session,
                workspace_id,
                Profile(person.name, person.title, ""),
                Entry(person.email, None, known[person.team]),
                at=at,
            )


def add_answers(
    surveys: Mapping[str, str], number: int, tell: Callable[[int], None] = lambda _stored: None
) -> None:
    """Store as many made-up answers over the last `DAYS` days. `surveys` are public ids by kind;
    `tell` is told after each how many there are."""
    at = now()
    chance = random.Random(number)  # noqa: S311 - the same demo each time, nothing is secret
    asked = {kind: _open(public_id) for kind, public_id in surveys.items()}
    workspace_id = asked[KINDS[0]][0].workspace_id
    make_company(workspace_id, at)
    people = (_ANA, *_PEOPLE)
    ids = {}
    for person in people:
        found = member_named(db.session(), workspace_id, person.email)
        assert found is not None
        ids[person] = found.id
    db.session.rollback()
    for index in range(number):
        survey, definition = asked[KINDS[index % len(KINDS)]]
        person, client = chance.choice(people), chance.choice(list(_CLIENTS))
        segment, mood = _CLIENTS[client]
        language = _one_of(chance, _LANGUAGES)
        answer = _answer(chance, definition, person.skill + mood, language)
        head = ResponseHead(
            workspace_id=workspace_id,
            id=new_id(),
            survey_id=survey.id,
            version_id=survey.version_id or 0,
            kind=definition.question.kind,
            language=language,
            source=chance.choice(("widget", "email", "link")),
            is_test=False,
            context=Context(
                member=person.email,
                ref=f"T-{1000 + index}",
                channel=_one_of(chance, _CHANNELS),
                customer_name=chance.choice(("", "", "K. Lee", "M. Rossi", "J. Weber")),
                attributes={"segment": segment} | ({"client": client} if client else {}),
            ),
            member_id=ids[person],
            answered_at=_moment(chance, at, survey),
        )
        give_answer(db.engine, head, answer, time_zone=survey.time_zone)
        tell(index + 1)


def _answer(chance: random.Random, definition: Definition, leaning: float, language: str) -> Answer:
    scores = sorted(definition.question.scale.scores)
    content = min(max(chance.gauss(_USUAL + _SPREAD * leaning, _SPREAD), 0.0), 0.999)
    score = scores[int(content * len(scores))]
    sentiment = "positive" if score >= definition.positive_from else "negative"
    known = [reason.id for reason in definition.reasons_for(sentiment)]
    ticked = tuple(sorted(chance.sample(known, min(len(known), chance.choice((0, 1, 1, 2))))))
    said = [COMMENTS[language][reason] for reason in ticked if reason in COMMENTS[language]]
    comment = " ".join(chance.choice(sentences) for sentences in said)
    return Answer(
        scores={definition.question.kind: score},
        reasons=ticked,
        comment=comment if chance.random() < 0.6 else "",
        finished=True,
    )


def _moment(chance: random.Random, at: datetime, survey: PublishedSurvey) -> datetime:
    """Some moment of the last days, more of them on workdays, within opening hours."""
    while True:
        day = at - timedelta(days=chance.randrange(DAYS))
        if day.weekday() < 5 or chance.random() < 0.3:
            break
    hour, minute = chance.choice(_HOURS), chance.randrange(60)
    moment = day.replace(hour=hour, minute=minute, second=chance.randrange(60))
    return min(moment, at - timedelta(minutes=1))


def _one_of(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), weights=list(weights.values()))[0]


def _open(public_id: str) -> tuple[PublishedSurvey, Definition]:
    survey = published_survey(db.session(), public_id)
    assert survey is not None
    assert survey.version_id is not None
    definition = version_definition(db.session(), survey.id, survey.version_id)
    assert definition is not None
    return survey, definition
