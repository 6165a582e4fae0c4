"""What customers said: stream tables, which grow without end."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime

# On SQLite these tables are stored in their primary key's order: half as many trees to write for
# each answer, and half as many pages to sync.
CLUSTERED = {"sqlite_with_rowid": False}
# Rows that name a member nobody knows; indexes of them hold all that their lists ask for.
UNASSIGNED = text("member_id IS NULL AND member_given <> ''")
SOMEBODYS = text("member_id IS NOT NULL")


class Response(Base):
    """What one customer answered. `score` is the main question's and repeats in its kind's column.

    `day` is the workspace's calendar day of the first answer; rollups are counted by it.
    `source` is where the answer was given: `widget`, `link`, later `email`.
    """

    __tablename__ = "responses"
    __table_args__ = (
        Index("ix_responses_newest", "workspace_id", "answered_at", "id"),
        Index("ix_responses_survey", "workspace_id", "survey_id", "answered_at"),
        Index(
            "ix_responses_unassigned",
            *("workspace_id", "member_given", "answered_at", "member_id"),
            sqlite_where=UNASSIGNED,
            postgresql_where=UNASSIGNED,
        ),
        # Answers about nobody cost nothing here.
        Index(
            "ix_responses_member",
            *("workspace_id", "member_id", "answered_at", "id"),
            sqlite_where=SOMEBODYS,
            postgresql_where=SOMEBODYS,
        ),
        # What a page said of whom; answers of nobody known cost nothing here.
        Index(
            "ix_responses_customer",
            *("workspace_id", "customer_id"),
            sqlite_where=text("customer_id <> ''"),
            postgresql_where=text("customer_id <> ''"),
        ),
        # Only those that may be published: the others cost nothing here.
        Index(
            "ix_responses_publishable",
            "workspace_id",
            "answered_at",
            "id",
            sqlite_where=text("may_publish = 1"),
            postgresql_where=text("may_publish"),
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    score: Mapped[int] = mapped_column(SmallInteger)
    stars: Mapped[int | None] = mapped_column(SmallInteger)
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    nps: Mapped[int | None] = mapped_column(SmallInteger)
    ces: Mapped[int | None] = mapped_column(SmallInteger)
    reasons: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    comment: Mapped[str | None] = mapped_column(Text)
    # What the customer ticked: to be contacted, and that the comment may be published.
    wants_contact: Mapped[bool | None] = mapped_column()
    may_publish: Mapped[bool | None] = mapped_column()
    # Where they asked to be contacted, if we did not know; never an address that the page gave.
    contact: Mapped[str | None] = mapped_column(String(200))
    # The reward that the customer suggested: "" for none, None where they were not asked.
    reward_id: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    member_given: Mapped[str] = mapped_column(String(200), default="")
    ref: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[str] = mapped_column(String(200), default="")
    customer_email: Mapped[str] = mapped_column(String(200), default="")
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    customer_id: Mapped[str] = mapped_column(String(200), default="")
    page: Mapped[str] = mapped_column(String(500), default="")
    attributes: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    problems: Mapped[list[dict[str, str]] | None] = mapped_column(JSON(none_as_null=True))
    is_test: Mapped[bool] = mapped_column(default=False)
    # Given when the customer was asked again after a follow-up; the numbers leave it out.
    is_recovery: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    day: Mapped[date] = mapped_column(Date)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Its words are for leads only; the scores count.
    comment_hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    kudos_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Revision(Base):
    """One recorded change of a response, append-only; the first answer is the first revision.

    `changes` is a list of `{"field", "old", "new"}`.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    # In the key before the id: revisions are read by response, and so need no index of their own.
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Rollup(Base):
    """How many responses have a score, kept exact in the transaction that changes one.

    Test, hidden and recovery responses are not counted. `member_id` is 0 for none. `shard` spreads
    rows without a member on PostgreSQL, where one hot row would queue every writer.
    """

    __tablename__ = "rollups"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    survey_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    score: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    responses: Mapped[int] = mapped_column()


class Event(Base):
    """What happened, in order, for whoever listens: streams, deliveries, audits."""

    __tablename__ = "events"
    __table_args__ = (
        # What people of the team did; what happened to responses costs nothing here.
        Index(
            "ix_events_audit",
            *("workspace_id", "id"),
            sqlite_where=text("response_id IS NULL"),
            postgresql_where=text("response_id IS NULL"),
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("surveys.id"))
    response_id: Mapped[UUID | None] = mapped_column(Uuid)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
