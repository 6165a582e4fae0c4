"""Tags that a team gives to responses, and changes of many responses at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

IS_OPEN = text("finished_at IS NULL")


class Tag(Base):
    """One word of a workspace's list. `name` is as `domain.tags` writes it."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResponseTag(Base):
    """A response has a tag. `answered_at` is the response's, which never changes: by it those of a
    tag are read newest first."""

    __tablename__ = "response_tags"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        Index("ix_response_tags_tag", "workspace_id", "tag_id", "answered_at", "response_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BulkChange(Base):
    """A change of more responses than one request makes; the worker does the rest.

    `change` is `domain.bulk_changes.BulkChange` as JSON, `response_ids` what fitted when it was
    asked for, in hexadecimal. The first `done` of them have been looked at, and `changed` of those
    were changed. The ids are forgotten when all are done.
    """

    __tablename__ = "bulk_changes"
    __table_args__ = (
        Index(
            "ix_bulk_changes_open",
            "created_at",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    response_ids: Mapped[list[str]] = mapped_column(JSON)
    total: Mapped[int] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Whoever works on it has it until then.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
