"""Where a customer who asked to be contacted can be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plainly, not as a batch: the responses are many, and a batch would copy them all on SQLite.
    op.add_column("responses", sa.Column("contact", sa.String(length=200), nullable=True))
