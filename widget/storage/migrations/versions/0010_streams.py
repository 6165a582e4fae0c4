"""Streams: notes of the team with mentions, kudos, and comments that are hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plainly, not as a batch: the responses are many, and a batch would copy them all on SQLite.
    op.add_column(
        "responses", sa.Column("comment_hidden_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("responses", sa.Column("kudos_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "response_notes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["responses.workspace_id", "responses.id"],
            name=op.f("fk_response_notes_workspace_id_response_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_response_notes_user_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "response_id", "id", name=op.f("pk_response_notes")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mentions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id", "note_id"],
            ["response_notes.workspace_id", "response_notes.response_id", "response_notes.id"],
            name=op.f("fk_mentions_workspace_id_response_id_note_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mentions_user_id")),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "note_id", name=op.f("pk_mentions")),
        sqlite_with_rowid=False,
    )
