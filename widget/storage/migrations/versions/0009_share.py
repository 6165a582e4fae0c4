"""Sharing: pages that customers make, counts of what was offered and used, testimonials."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_shares_survey_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["responses.workspace_id", "responses.id"],
            name=op.f("fk_shares_workspace_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_shares_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_shares")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shares_public_id", "shares", ["workspace_id", "public_id"], unique=True)
    op.create_index("ix_shares_response", "shares", ["workspace_id", "response_id"])
    op.create_table(
        "share_counts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "day", "survey_id", "channel", "shard", name=op.f("pk_share_counts")
        ),
        sqlite_with_rowid=False,
    )
    _make_testimonials()
    op.create_index(
        "ix_responses_publishable",
        "responses",
        ["workspace_id", "answered_at", "id"],
        sqlite_where=sa.text("may_publish = 1"),
        postgresql_where=sa.text("may_publish"),
    )
    # Plainly, not as a batch: rows of nearly every table point to workspaces.
    op.add_column("workspaces", sa.Column("sharing", sa.JSON(), nullable=True))


def _make_testimonials() -> None:
    op.create_table(
        "testimonials",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("words_sha256", sa.String(length=64), nullable=False),
        sa.Column("cut_start", sa.Integer(), nullable=True),
        sa.Column("cut_end", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_testimonials_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_testimonials_survey_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["responses.workspace_id", "responses.id"],
            name=op.f("fk_testimonials_workspace_id_response_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_testimonials_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "response_id", name=op.f("pk_testimonials")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_testimonials_shown", "testimonials", ["workspace_id", "standing", "place"])
