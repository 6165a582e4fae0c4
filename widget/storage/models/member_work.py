"""Work on members: files of them that wait to be applied, and answers that were given to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class MemberImport(Base):
    """A CSV file of members between its preview and its use; its row goes with either.

    `makes_teams`: teams that are named and not there are made.
    """

    __tablename__ = "member_imports"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    makes_teams: Mapped[bool] = mapped_column()
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Assignment(Base):
    """Who gave the answers of an unknown member to a member, append-only. `given` is how pages and
    programs had named them; `responses` and `requests` say how many moved."""

    __tablename__ = "assignments"
    __table_args__ = (Index("ix_assignments_newest", "workspace_id", "at"), CLUSTERED)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    given: Mapped[str] = mapped_column(String(200))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    responses: Mapped[int] = mapped_column()
    requests: Mapped[int] = mapped_column()
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
