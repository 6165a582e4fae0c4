"""Invitations to workspaces, and who asked for a new password."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime


class Invitation(Base):
    """Somebody's place in a workspace, until they take it. `email` is normal (lower case).

    The link's token is kept as its SHA-256 only. `teams`: ids of those to lead. There is no user
    before somebody accepts.
    """

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_workspace", "workspace_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    email: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20))
    sees_all: Mapped[bool] = mapped_column(default=False)
    teams: Mapped[list[int]] = mapped_column(JSON, default=list)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PasswordAsk(Base):
    """That somebody asked for a new password for an address, known or not.

    A row is written for each, so that asking for an unknown address takes as long as for a known
    one, and is forgotten after an hour. The address is kept as a keyed digest.
    """

    __tablename__ = "password_asks"
    __table_args__ = (Index("ix_password_asks_whose", "address_digest", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
