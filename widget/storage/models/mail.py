"""What leaves by mail, what comes back, and who is not to be written to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Uuid
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED


class Delivery(Base):
    """One mail to one address, sent at least once with the same `Message-ID`.

    `purpose` is `request` or `reminder`. `status` is `due`, `sending` (claimed until
    `claimed_until`), `accepted` (by a mail server, which its request has yet to be told), `sent`,
    `delivered`, `failed` (given up), `bounced` or `not_sent`. `is_test`: it goes, or went, to the
    workspace's address for tests, and what is said of it says nothing about its customer.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "request_id"], ["requests.workspace_id", "requests.id"]
        ),
        Index("ix_deliveries_due", "status", "workspace_id", "due_at", "campaign_id"),
        # How many left in the last minute.
        Index("ix_deliveries_sent", "workspace_id", "sent_at"),
        Index("ix_deliveries_request", "workspace_id", "request_id"),
        # For reports that name an address alone. What an operator's source reports names no
        # workspace, so the address comes first.
        Index("ix_deliveries_recipient", "recipient", "workspace_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Uuid)
    # That of its request: mails of a paused campaign are not claimed.
    campaign_id: Mapped[int | None] = mapped_column()
    purpose: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(254))
    is_test: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    status: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Bounce(Base):
    """Something a mail server said of an address. `sort` is `hard`, `soft` or `complaint`.

    The address is kept as a keyed digest, so that it can be recognised but not read; `detail`, the
    server's words, names none.
    """

    __tablename__ = "bounces"
    __table_args__ = (
        Index("ix_bounces_address", "workspace_id", "address_digest", "at"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    address_digest: Mapped[str] = mapped_column(String(64))
    delivery_id: Mapped[UUID | None] = mapped_column(Uuid)
    sort: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(500), default="")
    reported_by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class SuppressedAddress(Base):
    """An address not to be written to, as a keyed digest that survives erasing the customer.

    `workspace_id` 0 stands for every workspace: complaints that a source of the operator's
    reported. `why` is `unsubscribed`, `hard_bounce`, `soft_bounces` or `complaint`. One row for
    each reason: taking one back leaves the others.
    """

    __tablename__ = "suppressed_addresses"
    __table_args__ = (CLUSTERED,)

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    why: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class LinkVisit(Base):
    """Somebody, or something, opened a link from a mail. Evidence for judging answers.

    No whole address is kept: `network` is its /24 or /48, "" for private ones. `client_digest`
    tells clients apart: a keyed digest of response, address and user agent. So it is the same on
    both sides of midnight, and says nothing about who opened another mail.
    """

    __tablename__ = "link_visits"
    __table_args__ = (Index("ix_link_visits_response", "workspace_id", "response_id"), CLUSTERED)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # `HEAD`, `GET`, `prefetch`, `POST`, `gesture` (provisional answer), `amp` or `honeypot`
    act: Mapped[str] = mapped_column(String(10))
    score: Mapped[int | None] = mapped_column()
    network: Mapped[str] = mapped_column(String(50))
    in_data_centre: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    client_digest: Mapped[str] = mapped_column(String(64))


class HeldAnswer(Base):
    """An answer from a mail's link that does not count, or not yet.

    `standing` is `provisional` (a gesture, until `due_at`), `set_aside` (suspicious, for
    `reasons`), `counted` (a provisional one whose quarantine ended clean), `restored` (by a
    person) or `superseded` (its customer pressed the button). One row per response and client:
    `id` is made of both.
    """

    __tablename__ = "held_answers"
    __table_args__ = (
        Index("ix_held_answers_due", "standing", "due_at"),
        Index("ix_held_answers_newest", "workspace_id", "standing", "updated_at"),
        Index("ix_held_answers_response", "workspace_id", "response_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    response_id: Mapped[UUID] = mapped_column(Uuid)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    client_digest: Mapped[str] = mapped_column(String(64))
    # What `give_answer` needs to store it after all.
    head: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    standing: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
