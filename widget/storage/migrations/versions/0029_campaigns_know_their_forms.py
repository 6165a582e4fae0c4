"""A campaign knows the form that made it, so that pressing twice makes one."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("form_key", sa.String(length=32), nullable=True))
    op.create_index("ix_campaigns_form", "campaigns", ["workspace_id", "form_key"], unique=True)
