"""Campaigns: who may be asked, what is planned, and each time that a campaign asks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Audience(Base):
    """Customers that campaigns ask: those whom `rules` fit, or a list of them.

    `rules` is as `domain.audiences.group_to_json` gives it; None for a list, whose customers are
    AudienceCustomer rows.
    """

    __tablename__ = "audiences"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AudienceCustomer(Base):
    """A customer on a list."""

    __tablename__ = "audience_customers"
    __table_args__ = (
        # Whoever erases a customer takes them off every list.
        ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customers.workspace_id", "customers.id"],
            ondelete="CASCADE",
        ),
        Index("ix_audience_customers_customer", "workspace_id", "customer_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class Campaign(Base):
    """A survey sent to an audience, once or again and again.

    `plan` is `domain.campaigns.CampaignPlan`; `status` one of its CAMPAIGN_STATUSES. The seed is
    what samples are drawn by. At most one campaign of each kind of survey `is_baseline`.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        Index("ix_campaigns_newest", "workspace_id", "created_at"),
        Index("ix_campaigns_status", "status", "next_wave_at"),
        Index("ix_campaigns_form", "workspace_id", "form_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(100))
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    # None is every customer, and nobody is excluded.
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id"))
    excluded_id: Mapped[int | None] = mapped_column(ForeignKey("audiences.id"))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    seed: Mapped[str] = mapped_column(String(40))
    # What the form that made it had, so that pressing its button twice makes one.
    form_key: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(10))
    is_baseline: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the first wave was to begin, and when the next one is; None where there is none.
    first_wave_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_wave_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the last of its requests was over, or called off after it was stopped.
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Wave(Base):
    """One time that a campaign asks its audience.

    `status` is one of `domain.campaigns.WaveStatus`. `strata` are, in the order of their numbers,
    `{"values", "population", "asked", "bar"}`: what their customers have in common, how many there
    were, how many of them the sample wants, and the greatest number drawn, in hexadecimal digits.
    `reached` is the customer up to whom requests are made, in order of ids.
    """

    __tablename__ = "waves"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index("ix_waves_status", "status"),
        Index("ix_waves_workspace", "workspace_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))
    seed: Mapped[str] = mapped_column(String(60))
    population: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    strata: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reached: Mapped[UUID | None] = mapped_column(Uuid)
    made: Mapped[int] = mapped_column(default=0)
    # Customers who were added later are none of its population.
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
