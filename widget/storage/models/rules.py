"""Rules, what they did, and the addresses of programs that they tell."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Rule(Base):
    """What is done when something is so of a finished response: `domain.rules.rule.Rule`.

    Rules of a workspace are looked at by `place`. `last_user_id` is whose turn it was last.
    """

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_place", "workspace_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    place: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(100))
    is_on: Mapped[bool] = mapped_column()
    stops: Mapped[bool] = mapped_column()
    with_tests: Mapped[bool] = mapped_column()
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)
    acts: Mapped[dict[str, Any]] = mapped_column(JSON)
    on_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RuleRun(Base):
    """That rules have acted on a response, which they do once. `acted` is a list of what
    `domain.rules.rule.Acted` has; none of a customer's words are in it."""

    __tablename__ = "rule_runs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["responses.workspace_id", "responses.id"]
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    acted: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Webhook(Base):
    """Where a program takes what rules send. Each message is signed with `secret`, and until
    `old_until` with `old_secret` as well. `off_why` says why nothing is sent any more; "" while it
    is."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(100))
    old_secret: Mapped[str] = mapped_column(String(100))
    old_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_why: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
