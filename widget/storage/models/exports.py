"""Files of responses that the worker makes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

IS_OPEN = text("finished_at IS NULL")


class Export(Base):
    """A file of responses that somebody asked for; the file is `storage.export_files`'s.

    `status` and `why` are those of `domain.export_jobs`. `wanted` is a ResponseFilter as JSON
    without its scope, and `asked` what the address said. `total` is None until it was counted.
    `sight` says whose responses and which comments the file was made of: who sees others by now is
    not given it.
    """

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_open", "created_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    format: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(10), default="")
    total: Mapped[int | None] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sight: Mapped[str] = mapped_column(String(64), default="")
    # How often somebody began to make it. Who began later has it.
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Whoever makes it has it until then; nobody takes it up before.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
