"""How many customers there are, whom one compares with, days that follow the time zone, and whose
ratings are shared."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
    _count_shares_by_member()


def _count_shares_by_member() -> None:
    """Whose rating it was nobody knows of what was counted until now: nobody's, 0."""
    key = ["workspace_id", "day", "survey_id", "channel", "shard"]
    was = sa.Table(
        "share_counts",
        sa.MetaData(),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_share_counts"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("share_counts", copy_from=was) as batch_op:
        batch_op.add_column(
            sa.Column("member_id", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.drop_constraint("pk_share_counts", type_="primary")
        batch_op.create_primary_key("pk_share_counts", [*key[:3], "member_id", *key[3:]])
