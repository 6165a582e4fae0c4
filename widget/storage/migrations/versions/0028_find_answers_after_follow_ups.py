"""Answers after a follow-up are found without reading all others: they are counted with them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_responses_recovery",
        "responses",
        ["workspace_id", "answered_at", "id"],
        sqlite_where=sa.text("is_recovery = 1"),
        postgresql_where=sa.text("is_recovery"),
    )
