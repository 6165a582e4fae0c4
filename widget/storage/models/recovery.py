"""Following up on responses: the threads, and the rules that open them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

_OPEN = text("resolved_at IS NULL")
_ASKED_AGAIN = text("recovery_request_id IS NOT NULL")
_TO_REMIND = text(
    "resolved_at IS NULL AND reminded_at IS NULL AND assignee_id IS NOT NULL AND due_at IS NOT NULL"
)
_OF_ALL = text("survey_id IS NULL")


def _open_index(name: str, *columns: str) -> Index:
    return Index(name, "workspace_id", *columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


class FollowUp(Base):
    """What a team does about one response. A response has one open follow-up at most.

    `status` is a `domain.follow_ups.Status`, `opened_why` holds the reasons of its `Why`.
    `recovery_request_id` is the request that asked the customer again. `due_at` is by when it
    should be resolved; `reminded_at` is when whoever has it was told that it was not.
    `first_reply_at` is when the customer was first replied to, here or elsewhere.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        Index(
            "uq_follow_ups_open",
            "workspace_id",
            "response_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # With what says whether a response was dealt with, so that no row is read for that.
        Index(
            "ix_follow_ups_response",
            *("workspace_id", "response_id", "first_reply_at", "resolved_at"),
        ),
        Index("ix_follow_ups_newest", "workspace_id", "opened_at", "id"),
        Index("ix_follow_ups_survey", "workspace_id", "survey_id", "opened_at", "id"),
        Index("ix_follow_ups_assignee", "workspace_id", "assignee_id", "opened_at", "id"),
        # Of those that are open: the resolved, who are nearly all of them, cost nothing here.
        _open_index("ix_follow_ups_open", "opened_at", "id"),
        _open_index("ix_follow_ups_open_assignee", "assignee_id", "opened_at", "id"),
        _open_index("ix_follow_ups_open_status", "status", "opened_at", "id"),
        _open_index("ix_follow_ups_open_due", "due_at", "id"),
        Index(
            "ix_follow_ups_remind",
            "due_at",
            sqlite_where=_TO_REMIND,
            postgresql_where=_TO_REMIND,
        ),
        Index(
            "ix_follow_ups_recovery",
            *("workspace_id", "recovery_request_id"),
            sqlite_where=_ASKED_AGAIN,
            postgresql_where=_ASKED_AGAIN,
        ),
        Index("ix_follow_ups_resolved", "workspace_id", "resolved_at"),
        Index("ix_follow_ups_replied", "workspace_id", "first_reply_at"),
        Index("ix_follow_ups_due", "workspace_id", "due_at"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    status: Mapped[str] = mapped_column(String(20), server_default="new")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opened_why: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")
    recovery_request_id: Mapped[UUID | None] = mapped_column(Uuid)


class FollowUpNote(Base):
    """One entry of a follow-up's thread, append-only.

    `kind` is one of `domain.follow_ups.NoteKind`; `data` says what changed. `user_id` is None for
    what happened by itself. What an event of the customer's wrote has the event's id.
    """

    __tablename__ = "follow_up_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "follow_up_id"], ["follow_ups.workspace_id", "follow_ups.id"]
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    # In the key before the id: a thread is read as a whole.
    follow_up_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReplyTemplate(Base):
    """A text that leads begin a reply to a customer with: `domain.reply_templates.ReplyTemplate`.

    Those of a group are offered by `place`.
    """

    __tablename__ = "reply_templates"
    __table_args__ = (UniqueConstraint("workspace_id", "mood", "language", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    mood: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(35))
    place: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AlertRule(Base):
    """When a follow-up is opened by itself: for one survey, or for all that have no rule of theirs.

    `rule` is `domain.alert_rules.AlertRule` as JSON. `last_user_id` is whose turn it was last.
    """

    __tablename__ = "alert_rules"
    __table_args__ = (
        Index("uq_alert_rules_survey", "workspace_id", "survey_id", unique=True),
        Index(
            "uq_alert_rules_all",
            "workspace_id",
            unique=True,
            sqlite_where=_OF_ALL,
            postgresql_where=_OF_ALL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("surveys.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    last_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AlertChannel(Base):
    """Where a chat takes alerts. `kind` is `slack` or `teams`; whoever has `address` can post."""

    __tablename__ = "alert_channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EventCursor(Base):
    """How far somebody has read a workspace's events; `read_from` is where to begin next time."""

    __tablename__ = "event_cursors"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(30), primary_key=True)
    read_from: Mapped[UUID] = mapped_column(Uuid)
