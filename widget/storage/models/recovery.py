"""Following up on responses: the threads, and the rules that open them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

_OPEN = text("closed_at IS NULL")
_OF_ALL = text("survey_id IS NULL")


class FollowUp(Base):
    """What a team does about one response. A response has one open follow-up at most.

    `status` is `open`, `working` or `done`; `opened_why` holds the reasons of
    `domain.follow_ups.Why`. `recovery_request_id` is the request that asked the customer again.
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
        Index("ix_follow_ups_response", "workspace_id", "response_id"),
        Index("ix_follow_ups_newest", "workspace_id", "opened_at", "id"),
        Index("ix_follow_ups_assignee", "workspace_id", "assignee_id", "status"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    status: Mapped[str] = mapped_column(String(10))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opened_why: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
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
