"""Workspaces may keep answers for some months only."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("keep_months", sa.Integer(), nullable=False, server_default="0")
    )
