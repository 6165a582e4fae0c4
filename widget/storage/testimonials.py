"""What the testimonials tables answer. Each query looks at the response as it is now: one that is
hidden, that has no good score any more or whose customer took their consent back is in no list."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from widget.domain.roles import EVERYTHING, Scope
from widget.domain.sharing import first_name
from widget.domain.surveys import Definition, definition_from_json
from widget.domain.testimonials import Cut, Standing, excerpt, words_digest
from widget.storage.models import Member, Response, Survey, SurveyVersion, Testimonial
from widget.storage.scopes import within


@dataclass(frozen=True)
class TestimonialRow:
    """A comment that may be published, and what was decided about it. `words` is what is shown, or
    would be. `member_name` is their whole name."""

    response_id: UUID
    survey_id: int
    survey_public_id: str
    survey_name: str
    definition: Definition
    language: str
    kind: str
    score: int
    stars: int | None
    comment: str
    words: str
    standing: Standing
    place: int
    member_name: str
    answered_at: datetime

    @property
    def member(self) -> str:
        """What the public is told of the member."""
        return first_name(self.member_name)


def _candidates(
    workspace_id: int, scope: Scope
) -> Select[Response, Survey, SurveyVersion, Member, Testimonial]:
    """Whatever may be published, decided or not."""
    return (
        select(Response, Survey, SurveyVersion, Member, Testimonial)
        .join(Survey, Survey.id == Response.survey_id)
        .join(SurveyVersion, SurveyVersion.id == Response.version_id)
        .outerjoin(
            Member, (Member.workspace_id == workspace_id) & (Member.id == Response.member_id)
        )
        .outerjoin(
            Testimonial,
            (Testimonial.workspace_id == Response.workspace_id)
            & (Testimonial.response_id == Response.id),
        )
        .where(
            Response.workspace_id == workspace_id,
            Response.comment_hidden_at.is_(None),
            # As the index says it.
            Response.may_publish == true(),
            Response.comment.is_not(None),
            Response.comment != "",
            Response.hidden_at.is_(None),
            Response.is_test.is_(False),
            Response.score >= SurveyVersion.definition["positive_from"].as_integer(),
            within(scope, workspace_id, Response.member_id),
        )
    )


def _stands(standing: Standing) -> ColumnElement[bool]:
    if standing == "waiting":
        return or_(Testimonial.standing.is_(None), Testimonial.standing == "waiting")
    return and_(Testimonial.standing == standing)


def listed_testimonials(
    session: Session,
    workspace_id: int,
    standing: Standing,
    *,
    scope: Scope,
    limit: int,
    skip: int = 0,
) -> list[TestimonialRow]:
    """Those of one standing: shown ones in their order on the site, others newest first."""
    query = _candidates(workspace_id, scope).where(_stands(standing))
    if standing == "approved":
        query = query.order_by(Testimonial.place.desc(), Response.id.desc())
    else:
        query = query.order_by(Response.answered_at.desc(), Response.id.desc())
    return [_row(*row) for row in session.execute(query.limit(limit).offset(skip))]


def how_many(session: Session, workspace_id: int, scope: Scope) -> dict[str, int]:
    """How many there are by standing; none of one is not there."""
    standing = func.coalesce(Testimonial.standing, "waiting")
    query = _candidates(workspace_id, scope).with_only_columns(standing, func.count())
    return {row[0]: row[1] for row in session.execute(query.group_by(standing))}


def find_testimonial(
    session: Session, workspace_id: int, response_id: UUID, scope: Scope
) -> TestimonialRow | None:
    """One that may be published; None when there is none with this id in the scope."""
    query = _candidates(workspace_id, scope).where(Response.id == response_id)
    row = session.execute(query).one_or_none()
    return _row(*row) if row else None


def shown_testimonials(
    session: Session,
    workspace_id: int,
    *,
    survey: str | None,
    limit: int,
    below: int | None = None,
) -> list[TestimonialRow]:
    """What the company's site shows, in its order; from below a place on, for the next page."""
    query = _candidates(workspace_id, EVERYTHING).where(_stands("approved"))
    if survey is not None:
        query = query.where(Survey.public_id == survey)
    if below is not None:
        query = query.where(Testimonial.place < below)
    query = query.order_by(Testimonial.place.desc(), Response.id.desc()).limit(limit)
    rows = [_row(*row) for row in session.execute(query)]
    # Whoever changes a comment takes the approval with it; this is for who should forget that.
    return [row for row in rows if row.standing == "approved"]


def decide(
    session: Session,
    workspace_id: int,
    found: TestimonialRow,
    standing: Standing,
    *,
    cut: Cut | None,
    place: int,
    user_id: int,
    at: datetime,
) -> None:
    """Keep what somebody decided, for the comment as it stands now."""
    row = session.get(Testimonial, (workspace_id, found.response_id))
    if row is None:
        row = Testimonial(
            workspace_id=workspace_id, response_id=found.response_id, survey_id=found.survey_id
        )
        session.add(row)
    row.standing = standing
    row.words_sha256 = words_digest(found.comment)
    row.cut_start, row.cut_end = (cut.start, cut.end) if cut else (None, None)
    row.place = place
    row.decided_by, row.decided_at = user_id, at


def next_place(session: Session, workspace_id: int) -> int:
    """A place before all others."""
    highest = session.scalar(
        select(func.max(Testimonial.place)).where(Testimonial.workspace_id == workspace_id)
    )
    return (highest or 0) + 1


def put_at(session: Session, workspace_id: int, response_id: UUID, place: int) -> None:
    session.execute(
        update(Testimonial)
        .where(Testimonial.workspace_id == workspace_id, Testimonial.response_id == response_id)
        .values(place=place)
    )


def take_back_approval(connection: Connection, workspace_id: int, response_id: UUID) -> None:
    """What was decided is undone, as what was decided on has changed: somebody looks at it anew."""
    connection.execute(
        update(Testimonial)
        .where(Testimonial.workspace_id == workspace_id, Testimonial.response_id == response_id)
        .values(standing="waiting")
    )


def _row(
    response: Response,
    survey: Survey,
    version: SurveyVersion,
    member: Member | None,
    testimonial: Testimonial | None,
) -> TestimonialRow:
    comment = response.comment or ""
    standing: Standing = "waiting"
    cut = None
    if testimonial is not None and testimonial.words_sha256 == words_digest(comment):
        standing = cast(Standing, testimonial.standing)
        if testimonial.cut_start is not None and testimonial.cut_end is not None:
            cut = Cut(testimonial.cut_start, testimonial.cut_end)
    return TestimonialRow(
        response_id=response.id,
        survey_id=survey.id,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        definition=definition_from_json(version.definition),
        language=response.language,
        kind=response.kind,
        score=response.score,
        stars=response.stars,
        comment=comment,
        words=excerpt(comment, cut),
        standing=standing,
        place=testimonial.place if testimonial else 0,
        member_name=member.name if member else "",
        answered_at=response.answered_at,
    )
