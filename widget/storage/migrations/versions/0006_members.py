"""Members: files of them, and answers to unknown ones that were given to somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNASSIGNED = sa.text("member_id IS NULL AND member_given <> ''")


def upgrade() -> None:
    op.create_table(
        "member_imports",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("makes_teams", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_member_imports_made_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_member_imports_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_member_imports")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assignments",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.String(length=200), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["users.id"], name=op.f("fk_assignments_assigned_by")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_assignments_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_assignments_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_assignments")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_assignments_newest", "assignments", ["workspace_id", "at"])
    # Partial: an answer to a known member, or to nobody, writes nothing more than before.
    op.create_index(
        "ix_responses_unassigned",
        "responses",
        ["workspace_id", "member_given", "answered_at", "member_id"],
        sqlite_where=_UNASSIGNED,
        postgresql_where=_UNASSIGNED,
    )
    op.create_index(
        "ix_requests_unassigned",
        "requests",
        ["workspace_id", "member_given", "member_id"],
        sqlite_where=_UNASSIGNED,
        postgresql_where=_UNASSIGNED,
    )
