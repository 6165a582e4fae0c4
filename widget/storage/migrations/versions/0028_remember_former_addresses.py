"""Customers are known by the addresses and ids that they had before."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_aliases",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customers.workspace_id", "customers.id"],
            name=op.f("fk_customer_aliases_workspace_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "customer_id", "kind", "value", name=op.f("pk_customer_aliases")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_aliases_value", "customer_aliases", ["workspace_id", "value"])
