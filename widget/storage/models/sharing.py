"""What customers share, how often sharing was offered and used, and what the company publishes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Share(Base):
    """A public page about a response, made because its customer chose to. It holds none of what
    they said: the page reads the response each time. At most one of a response's is not withdrawn.

    The page's address is the survey's public id and then `public_id`.
    """

    __tablename__ = "shares"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        Index("ix_shares_public_id", "workspace_id", "public_id", unique=True),
        Index("ix_shares_response", "workspace_id", "response_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20))
    response_id: Mapped[UUID] = mapped_column(Uuid)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ShareCount(Base):
    """How often a way to share was offered and used on a day. Nothing says by which customer.

    `member_id` is whom the rating was about when it was counted, 0 for nobody.
    `channel` is one of `domain.sharing.CHANNELS`, `page`, or `review.` and a review site's id.
    `shard` spreads busy rows on PostgreSQL, as it does in rollups.
    """

    __tablename__ = "share_counts"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    survey_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offered: Mapped[int] = mapped_column()
    used: Mapped[int] = mapped_column()


class Testimonial(Base):
    """What was decided about publishing a response's comment on the company's site.

    `standing` is one of `domain.testimonials.STANDINGS`. `words_sha256` is the comment's as it was
    decided on, which ends with it. `cut_start` and `cut_end` say which part is shown; None: all.
    A higher `place` is shown earlier.
    """

    __tablename__ = "testimonials"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        Index("ix_testimonials_shown", "workspace_id", "standing", "place"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    standing: Mapped[str] = mapped_column(String(20))
    words_sha256: Mapped[str] = mapped_column(String(64))
    cut_start: Mapped[int | None] = mapped_column()
    cut_end: Mapped[int | None] = mapped_column()
    place: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
