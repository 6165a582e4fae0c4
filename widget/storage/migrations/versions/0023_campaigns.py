"""Campaigns ask audiences in waves, and requests and mails know theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_audiences()
    _make_campaigns()
    _make_waves()
    # Plainly, not as batches: these rows are many, and a batch would copy them all on SQLite.
    for column in (
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("stratum", sa.SmallInteger(), nullable=True),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("requests", column)
    op.add_column("deliveries", sa.Column("campaign_id", sa.Integer(), nullable=True))
    _index()


def _index() -> None:
    # With the campaign in them, those of a paused one are passed over without being read.
    op.drop_index("ix_requests_due", table_name="requests")
    op.create_index("ix_requests_due", "requests", ["status", "due_at", "campaign_id"])
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.create_index(
        "ix_deliveries_due", "deliveries", ["status", "workspace_id", "due_at", "campaign_id"]
    )
    is_of_wave = sa.text("wave_id IS NOT NULL")
    op.create_index(
        "ix_requests_wave",
        "requests",
        ["workspace_id", "wave_id", "status", "why", "stratum", "member_id"],
        sqlite_where=is_of_wave,
        postgresql_where=is_of_wave,
    )
    has_left = sa.text("wave_id IS NOT NULL AND unsubscribed_at IS NOT NULL")
    op.create_index(
        "ix_requests_unsubscribed",
        "requests",
        ["workspace_id", "wave_id"],
        sqlite_where=has_left,
        postgresql_where=has_left,
    )


def _make_audiences() -> None:
    op.create_table(
        "audiences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_audiences_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audiences")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_audiences_workspace_id_name")),
    )
    op.create_table(
        "audience_customers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_audience_customers_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_audience_customers_audience_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customers.workspace_id", "customers.id"],
            name=op.f("fk_audience_customers_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "audience_id", "customer_id", name=op.f("pk_audience_customers")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_audience_customers_customer", "audience_customers", ["workspace_id", "customer_id"]
    )


def _make_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=True),
        sa.Column("excluded_id", sa.Integer(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_baseline", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_wave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_wave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_campaigns_{column}"))
            for column, of in (
                ("workspace_id", "workspaces.id"),
                ("survey_id", "surveys.id"),
                ("audience_id", "audiences.id"),
                ("excluded_id", "audiences.id"),
                ("made_by", "users.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index("ix_campaigns_newest", "campaigns", ["workspace_id", "created_at"])
    op.create_index("ix_campaigns_status", "campaigns", ["status", "next_wave_at"])


def _make_waves() -> None:
    op.create_table(
        "waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.String(length=60), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_waves_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_waves_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_waves_campaign_id_number")),
    )
    op.create_index("ix_waves_status", "waves", ["status"])
    op.create_index("ix_waves_workspace", "waves", ["workspace_id"])
