"""What was found behind scores: copies that can be made again, and are forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

IS_WAITING = text("asked_at IS NOT NULL")


class ThemeFinding(Base):
    """What comments and areas of one filter say, within one scope.

    `key` is the digest of both; `asked` says them again for the worker. `asked_at`: somebody waits
    for it to be found, or found anew. `findings` is `domain.themes.findings.Findings` as JSON.
    """

    __tablename__ = "theme_findings"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_theme_findings_waiting",
            "asked_at",
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Whoever works on it has it until then; after a failure nobody has.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    found_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
