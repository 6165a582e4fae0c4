"""An address may be suppressed for several reasons at once; mails are found by their recipient."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The name is that of the first key, which SQLite keeps nowhere to be read.
    was = sa.Table(
        "suppressed_addresses",
        sa.MetaData(),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "address_digest", name="pk_suppressed_addresses"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("suppressed_addresses", copy_from=was) as batch_op:
        batch_op.drop_constraint("pk_suppressed_addresses", type_="primary")
        batch_op.create_primary_key(
            "pk_suppressed_addresses", ["workspace_id", "address_digest", "why"]
        )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_recipient", ["recipient", "workspace_id"], unique=False
        )
