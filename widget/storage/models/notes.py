"""What the team says among itself about a response, and what it did with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class ResponseNote(Base):
    """One entry of a response's thread, append-only.

    `kind` is `domain.notes.NoteKind`: a note that somebody wrote, or something that was done.
    `text` is the note, or the reason for what was done.
    """

    __tablename__ = "response_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Mention(Base):
    """Somebody is mentioned in a note."""

    __tablename__ = "mentions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id", "note_id"],
            ["response_notes.workspace_id", "response_notes.response_id", "response_notes.id"],
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    note_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
