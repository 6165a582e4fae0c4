"""What leaves for people of the team and their programs, and what they write to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Message(Base):
    """One message to somebody of the team, or a reply of theirs to a customer, sent at least once
    under the same id. A reply's is that of its note.

    `channel` is `mail`, `slack`, `teams` or `webhook`; `target` an address, where a chat takes
    messages, or a webhook’s id.
    `content` is what `domain.messages.Content` has. `status` is `due`, `sending` (claimed until
    `claimed_until`), `sent`, `failed` (given up) or `bounced`, of replies alone.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "status", "due_at"),
        Index("ix_messages_newest", "workspace_id", "created_at", "id"),
        # The last to one place are read by it, however many others there are.
        Index(
            "ix_messages_webhook",
            *("workspace_id", "target", "created_at", "id"),
            sqlite_where=text("channel = 'webhook'"),
            postgresql_where=text("channel = 'webhook'"),
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(30))
    target: Mapped[str] = mapped_column(String(2000))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
