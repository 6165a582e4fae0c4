"""What customers suggest for members, the votes that come of it, and what members have earned."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Reward(Base):
    """A reward of a workspace's catalogue, as `domain.rewards.Reward` describes it.

    Nothing is deleted, as responses name it; what is offered no more has `retired_at`.
    """

    __tablename__ = "rewards"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    builtin: Mapped[str] = mapped_column(String(60), default="")
    icon: Mapped[str] = mapped_column(String(20))
    size: Mapped[str] = mapped_column(String(10))
    votes: Mapped[int] = mapped_column(Integer)
    budget: Mapped[int | None] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Grant(Base):
    """A reward that a member has earned, and what became of it.

    `status` is one of `domain.grants.STATUSES`; `votes` is how many it takes. `votes_left` says of
    a withdrawn one how many were left. `announced_at` is when the member's managers were told.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_newest", "workspace_id", "earned_at", "id"),
        Index("ix_grants_member", "workspace_id", "member_id", "reward_id"),
        Index("ix_grants_unannounced", "announced_at", "earned_at"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reward_id: Mapped[str] = mapped_column(ForeignKey("rewards.id"))
    status: Mapped[str] = mapped_column(String(20))
    votes: Mapped[int] = mapped_column(Integer)
    votes_left: Mapped[int | None] = mapped_column(Integer)
    earned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Why it was declined.
    reason: Mapped[str] = mapped_column(String(500), default="")
    # The day, as whoever handed it over wrote it.
    handed_over_on: Mapped[date | None] = mapped_column(Date)
    handed_over_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Vote(Base):
    """A response that counts towards a reward of its member, or that a grant has used up.

    It follows from the response, and is there for counting only. `grant_id` is the grant that
    holds it; no vote is held by two.
    """

    __tablename__ = "votes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        ForeignKeyConstraint(["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"]),
        Index("ix_votes_member", "workspace_id", "member_id", "reward_id", "grant_id"),
        Index("ix_votes_grant", "workspace_id", "grant_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reward_id: Mapped[str] = mapped_column(ForeignKey("rewards.id"))
    grant_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
