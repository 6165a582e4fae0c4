"""Whom a workspace may ask, files of them, and those who were merged or erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

_WAITS = text("purged_at IS NULL")


class Customer(Base):
    """Somebody who may be asked; one row per email in a workspace.

    `email` is as `domain.addresses.customer_email` gives it.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("workspace_id", "email"),
        Index("ix_customers_external", "workspace_id", "external_id"),
        # Of those who have one: the others cost nothing here.
        *(
            Index(
                f"ix_customers_{name}",
                *("workspace_id", name, "id"),
                sqlite_where=text(f"{name} <> ''"),
                postgresql_where=text(f"{name} <> ''"),
            )
            for name in ("client", "segment", "language")
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    external_id: Mapped[str] = mapped_column(String(200), default="")
    # Only tests have spoken of them so far; whoever speaks of them in earnest knows them first.
    is_of_tests: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    # Their company or account, and the group that the workspace counts them to.
    client: Mapped[str] = mapped_column(String(200), default="", server_default="")
    segment: Mapped[str] = mapped_column(String(200), default="", server_default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    attributes: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CustomerImport(Base):
    """A file of customers: mapped, checked row by row, then imported row by row.

    `status` is `reading`, `mapping` (waits for somebody to say what its columns are), `checking`,
    `checked` (waits for somebody to start it), `running`, `done`, `cancelled` or `failed`, for
    `problem`.
    """

    __tablename__ = "customer_imports"
    __table_args__ = (Index("ix_customer_imports_open", "status"), CLUSTERED)

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    # `csv` or `xlsx`
    file_format: Mapped[str] = mapped_column(String(10))
    # The file as it was uploaded; emptied when its rows stand in parts.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    headers: Mapped[list[str]] = mapped_column(JSON)
    # What each column is: a field, `attribute:` and a name, or "" to leave it out.
    mapping: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(String(500), default="")
    # How many rows the file has, as far as it was read, and how many of them are done.
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    # Rows by what they do, or did: `new`, `changed`, `same`, `error`.
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Whoever reads it has it until then.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CustomerImportPart(Base):
    """Some rows of a file: `{"number", "cells"}`, and when they have been checked what else
    `storage.customer_imports.CheckedRow` has. Those without a problem are forgotten when they have
    been imported.
    """

    __tablename__ = "customer_import_parts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "import_id"],
            ["customer_imports.workspace_id", "customer_imports.id"],
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class MergedCustomer(Base):
    """Whom somebody is now who was merged into another: `id` is gone, `customer_id` is there."""

    __tablename__ = "merged_customers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "customer_id"], ["customers.workspace_id", "customers.id"]
        ),
        Index("ix_merged_customers_customer", "workspace_id", "customer_id"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class CustomerAlias(Base):
    """What a customer was known by before: an address or an id of the team's own, by `kind`
    (`email` or `external_id`).

    With `is_merged` it still says whom it means, as both entries were one person. Without, the
    address was changed, perhaps because it was somebody else's.
    """

    __tablename__ = "customer_aliases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "customer_id"], ["customers.workspace_id", "customers.id"]
        ),
        Index("ix_customer_aliases_value", "workspace_id", "value"),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(254), primary_key=True)
    is_merged: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Erasure(Base):
    """Somebody was erased; nothing says who. `counts` is how many rows of which sort were changed.

    `asked_by` is `console`, `api` or `cli`. Until `purged_at` the database's file may still hold
    what was erased, in places that are not in use any more.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_waiting", "at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_by: Mapped[str] = mapped_column(String(10))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
