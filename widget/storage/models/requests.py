"""Asking for feedback: the requests made of customers, and what came of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED, UNASSIGNED

# Requests that left for customers, and are not about a response that there was.
SENT = text("sent_at IS NOT NULL AND NOT is_test AND recovers_response_id IS NULL")
# SQLite looks at the rows for what the condition names, unless the index holds it as well.
OF_CONDITION = ("is_test", "recovers_response_id")
# Those that say of which client or segment their customer is.
HAS_CLIENT: ColumnElement[bool] = literal_column(
    "(requests.client <> '' OR requests.segment <> '')"
)
SENT_TO_CLIENTS = text(f"{SENT.text} AND (client <> '' OR segment <> '')")
OF_WAVE = text("wave_id IS NOT NULL")
UNSUBSCRIBED_FROM_WAVE = text("wave_id IS NOT NULL AND unsubscribed_at IS NOT NULL")


class Request(Base):
    """One ask of one customer about one interaction. Its response has the same id.

    `status` and `why` are those of `domain.requests`. The member is frozen when it is made,
    whoever the interaction is assigned to later. `made_by` is `api`, `console`, `csv` or
    `campaign`; then `stratum` is the number of its customer's in the wave's list of them.
    `recovers_response_id` is the response after whose follow-up the customer is asked again.
    """

    __tablename__ = "requests"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "customer_id"], ["customers.workspace_id", "customers.id"]
        ),
        UniqueConstraint("workspace_id", "idempotency_key"),
        # With the campaign, so that those of a paused one are passed over without being read.
        Index("ix_requests_due", "status", "due_at", "campaign_id"),
        Index("ix_requests_customer", "workspace_id", "customer_id", "created_at"),
        Index("ix_requests_newest", "workspace_id", "created_at", "id"),
        Index("ix_requests_import", "workspace_id", "import_id"),
        Index(
            "ix_requests_unassigned",
            *("workspace_id", "member_given", "member_id"),
            sqlite_where=UNASSIGNED,
            postgresql_where=UNASSIGNED,
        ),
        Index(
            "ix_requests_wave",
            *("workspace_id", "wave_id", "status", "why", "stratum", "member_id"),
            sqlite_where=OF_WAVE,
            postgresql_where=OF_WAVE,
        ),
        Index(
            "ix_requests_unsubscribed",
            *("workspace_id", "wave_id"),
            sqlite_where=UNSUBSCRIBED_FROM_WAVE,
            postgresql_where=UNSUBSCRIBED_FROM_WAVE,
        ),
        # All that response rates and times to answer ask for.
        Index(
            "ix_requests_sent",
            *("workspace_id", "sent_at", "survey_id", "member_id", "channel", "answered_at"),
            *OF_CONDITION,
            sqlite_where=SENT,
            postgresql_where=SENT,
        ),
        # The same by client and segment; requests of neither cost nothing here.
        Index(
            "ix_requests_client",
            *("workspace_id", "sent_at", "survey_id", "client", "segment", "member_id"),
            *("channel", "answered_at", "campaign_id", *OF_CONDITION),
            sqlite_where=SENT_TO_CLIENTS,
            postgresql_where=SENT_TO_CLIENTS,
        ),
        # Who was asked and who answered, in the order of customers; all that is asked of them.
        *(
            Index(
                f"ix_requests_customer_{name}",
                *("workspace_id", "customer_id", f"{name}_at", "is_test"),
                sqlite_where=text(f"{name}_at IS NOT NULL AND NOT is_test"),
                postgresql_where=text(f"{name}_at IS NOT NULL AND NOT is_test"),
            )
            for name in ("sent", "answered")
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    member_given: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[str] = mapped_column(String(200), default="")
    ref: Mapped[str] = mapped_column(String(200), default="")
    external_url: Mapped[str] = mapped_column(String(500), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    brand: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    properties: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # What the properties say of the customer's client and segment, for counting by them.
    client: Mapped[str] = mapped_column(String(200), default="", server_default="")
    segment: Mapped[str] = mapped_column(String(200), default="", server_default="")
    do_not_send: Mapped[bool] = mapped_column(default=False)
    is_test: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[str] = mapped_column(String(10))
    import_id: Mapped[UUID | None] = mapped_column(Uuid)
    recovers_response_id: Mapped[UUID | None] = mapped_column(Uuid)
    campaign_id: Mapped[int | None] = mapped_column()
    wave_id: Mapped[int | None] = mapped_column()
    stratum: Mapped[int | None] = mapped_column(SmallInteger)
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    body_sha256: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(30), default="")
    why_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why_request_id: Mapped[UUID | None] = mapped_column(Uuid)
    why_text: Mapped[str] = mapped_column(String(500), default="")
    interaction_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the worker is to look next: for the first mail, a reminder, or the end of the wait for an
    # answer. None when nothing is to be done, or while a mail is in the hands of the mail side.
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the first mail left, or is to leave, or when it was answered before that: what
    # suppression counts, and the cap unless no mail left. None when none.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminders_sent: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When its link was used to unsubscribe.
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RequestImport(Base):
    """A CSV file of requests: read once for its preview, then worked through row by row."""

    __tablename__ = "request_imports"
    __table_args__ = (Index("ix_request_imports_open", "status"), CLUSTERED)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    # The file as it was uploaded; emptied when the last row is done.
    content: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    # What became of the other rows, as `{"status", "why", "rows"}`.
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # `previewed`, `running`, `done`, `cancelled`
    status: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
