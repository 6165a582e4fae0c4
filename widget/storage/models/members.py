"""The front-line people whom customers rate, and the teams they are in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint
from sqlalchemy import true as sa_true
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime


class Team(Base):
    """A group of members. Teams nest: `parent_id` is the team that this one is part of."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


# Who leads a team: users whose role is manager; they see the teams below it too.
team_managers = Table(
    "team_managers",
    Base.metadata,
    Column("team_id", Integer, ForeignKey("teams.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    Index("ix_team_managers_user_id", "user_id"),
)


class Member(Base):
    """`email` is lower case. A page names a member by email, employee id or public id.

    `tags` are the groups that a member is in besides their team. `answers` are those to the
    workspace's profile questions, by the question's id. Customers see photo, title, bio and answers
    once `is_approved`.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("workspace_id", "email"),
        UniqueConstraint("workspace_id", "employee_id"),
        UniqueConstraint("workspace_id", "user_id"),
        Index("ix_members_team", "workspace_id", "team_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(255))
    employee_id: Mapped[str | None] = mapped_column(String(100))
    bio: Mapped[str] = mapped_column(String(300), default="", server_default="")
    # An image's id: its face, shown to customers in frames, on landing pages and in mails.
    photo: Mapped[str | None] = mapped_column(String(64))
    # Who signs in to see what customers said of them.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    answers: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    is_approved: Mapped[bool] = mapped_column(default=True, server_default=sa_true())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ProfileChange(Base):
    """What a member wants their profile to say; customers see it once somebody has approved it.

    One row a member: a newer change takes the place of the one that waits. `proposed` has the
    fields of a profile, and with `photo` an image's id or None. `status` is `pending` or
    `declined`; an approved change becomes the profile, and its row goes.
    """

    __tablename__ = "profile_changes"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    proposed: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
