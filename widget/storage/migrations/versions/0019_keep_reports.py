"""Reports with their numbers as they were, what makes them by itself, and their PDFs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_reports()
    _make_schedules()
    _make_pdfs()


def _make_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("made_within", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("figures_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_reports_workspace_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reports_user_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_reports_survey_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "workspace_id", "schedule_id", "first_day", name="uq_reports_schedule_period"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reports_newest", "reports", ["workspace_id", "created_at", "id"])


def _make_schedules() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_first_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_report_schedules_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_report_schedules_user_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_report_schedules")),
        sqlite_with_rowid=False,
    )
    is_going_on = sa.text("stopped_at IS NULL")
    op.create_index(
        "ix_report_schedules_due",
        "report_schedules",
        ["due_at"],
        sqlite_where=is_going_on,
        postgresql_where=is_going_on,
    )


def _make_pdfs() -> None:
    op.create_table(
        "report_pdfs",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "report_id"],
            ["reports.workspace_id", "reports.id"],
            name=op.f("fk_report_pdfs_workspace_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_report_pdfs_user_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "report_id", "user_id", name=op.f("pk_report_pdfs")
        ),
        sqlite_with_rowid=False,
    )
    is_waiting = sa.text("made_at IS NULL")
    op.create_index(
        "ix_report_pdfs_waiting",
        "report_pdfs",
        ["wanted_at"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
