"""What is known of the columnar copies: which files they are, and which days have changed since."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, String, Uuid
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class ColumnarCopy(Base):
    """The copy of a workspace's responses as it was last written.

    `parts` are the names of files by month, like `2026-11`. Each writing has a `publication` of its
    own; `written_by` tells which machine has the files, and in which folder.
    """

    __tablename__ = "columnar_copies"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id"), primary_key=True, autoincrement=False
    )
    publication: Mapped[UUID] = mapped_column(Uuid)
    written_by: Mapped[str] = mapped_column(String(300))
    parts: Mapped[dict[str, str]] = mapped_column(JSON)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ChangedDay(Base):
    """Responses of this day are other than the copy has them; triggers of `responses` note it.

    A day may have several rows: nobody who stores an answer waits for another who notes the same.
    A claimed one is being copied, and what changes meanwhile is noted anew.
    """

    __tablename__ = "changed_days"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    is_claimed: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
