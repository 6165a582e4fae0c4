"""Workspaces, who signs in to them, and the keys that programs use instead."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.storage.declarative import Base, UTCDateTime


class Workspace(Base):
    __tablename__ = "workspaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    is_demo: Mapped[bool] = mapped_column(default=False)
    # `domain.asking.AskingPolicy` as JSON; None: the defaults.
    asking: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # In test mode every mail goes here and every answer is a test.
    test_mail_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    # `domain.people_rules.PeopleRules` as JSON; None: the defaults.
    people: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # `domain.due_dates.DueRules` as JSON; None: the defaults.
    due_rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # `domain.guidance.Guidance` as JSON; None: ours.
    guidance: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # `domain.sharing.SharingRules` as JSON; None: the defaults.
    sharing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # While responses move to the days of another time zone: up to which moment of answering they
    # have, and since when it is another. None: all are on their days.
    redated_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    zone_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # `domain.retention`: answers are deleted after so many months; 0: never.
    keep_months: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


# The sign-in library wants global roles; ours are per workspace (Membership), so these stay empty.
user_sign_in_roles = Table(
    "user_sign_in_roles",
    Base.metadata,
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("sign_in_roles.id"), primary_key=True),
)


class SignInRole(Base):
    __tablename__ = "sign_in_roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class User(Base):
    """Someone who signs in. `fs_uniquifier` changes to end all of a user's sessions.

    `chosen_workspace_id` is where they were last. It only says which of their places comes first,
    and so may name a workspace that they have left.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    chosen_workspace_id: Mapped[int | None] = mapped_column()
    roles: Mapped[list[SignInRole]] = relationship(secondary=user_sign_in_roles)


class Membership(Base):
    """A user's place in a workspace. `sees_all` tells managers of the whole workspace from managers
    of teams; it says nothing for other roles. `response_columns` are `domain.response_columns` that
    they want to see in the list of responses; None: the usual ones."""

    __tablename__ = "memberships"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    sees_all: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    response_columns: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class ApiKey(Base):
    """A key is shown once; only its SHA-256 is kept. `start` is what lists show of it.

    `abilities` are `domain.roles.KeyAbility`.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    start: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    is_test: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    abilities: Mapped[list[str]] = mapped_column(
        JSON, default=lambda: ["read", "write"], server_default='["read", "write"]'
    )
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
