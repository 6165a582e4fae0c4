"""Filters that people keep, and the mails with their numbers that people subscribe to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class SavedFilter(Base):
    """A filter under a name. `page` is `domain.saved_filters.Page`; `query` is written as that says
    and read anew each time, so that whoever opens it sees what is theirs to see."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id", "page", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    page: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(2000))
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Subscription(Base):
    """Somebody gets the numbers of a saved filter by mail, as `domain.schedules` says.

    `filter_id` is None once the filter is gone; `name` is what it was called. `next_due_at` is None
    while it is stopped; `stopped_why` is `domain.subscriptions.Why`.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id", "filter_id", "every"),
        Index("ix_subscriptions_due", "next_due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    filter_id: Mapped[int | None] = mapped_column(ForeignKey("saved_filters.id"))
    name: Mapped[str] = mapped_column(String(80))
    every: Mapped[str] = mapped_column(String(10))
    day: Mapped[int] = mapped_column()
    hour: Mapped[int] = mapped_column()
    next_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_why: Mapped[str] = mapped_column(String(20), default="", server_default="")
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SubscriptionMail(Base):
    """One mail of a subscription, about the days from `first` to `last`. Its message has its id.

    `occasion` is the first day of the period, so that there is one mail for each; of a mail that
    somebody asked for, its own id. What it says is written when it leaves, by what its subscriber
    may see then.
    """

    __tablename__ = "subscription_mails"
    __table_args__ = (
        UniqueConstraint("workspace_id", "subscription_id", "occasion"),
        ForeignKeyConstraint(["workspace_id", "id"], ["messages.workspace_id", "messages.id"]),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"))
    occasion: Mapped[str] = mapped_column(String(40))
    first: Mapped[date] = mapped_column()
    last: Mapped[date] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
