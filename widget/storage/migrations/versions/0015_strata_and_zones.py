"""How many customers there are, whom one compares with, and days that follow the time zone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("workspaces", sa.Column("redated_until", moment, nullable=True))
    op.add_column("workspaces", sa.Column("zone_changed_at", moment, nullable=True))
    op.create_table(
        "strata",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("attribute", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_strata_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "attribute", "name", name=op.f("pk_strata")),
    )
    op.create_table(
        "nps_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_nps_references_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nps_references")),
    )
    op.create_index(
        op.f("ix_nps_references_workspace_id"), "nps_references", ["workspace_id"], unique=False
    )
