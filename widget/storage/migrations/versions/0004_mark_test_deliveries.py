"""Whether a mail is a test is a matter of the mail, not of its request alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_test", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    # The best that is known of older mails: those of a test went to the address for tests.
    op.execute(
        "UPDATE deliveries SET is_test = TRUE WHERE EXISTS ("
        "SELECT 1 FROM requests WHERE requests.workspace_id = deliveries.workspace_id "
        "AND requests.id = deliveries.request_id AND requests.is_test)"
    )
