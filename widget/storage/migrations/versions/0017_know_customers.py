"""Customers have a client and a segment."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LIMIT = 200
# What the customer's attributes say, else the newest request that says anything.
_FILL = """
    UPDATE customers SET {name} = substr(coalesce({of_customer}, (
            SELECT {of_request} FROM requests
            WHERE requests.workspace_id = customers.workspace_id
                AND requests.customer_id = customers.id
                AND {of_request} <> ''
            ORDER BY requests.created_at DESC LIMIT 1
        ), ''), 1, {limit})
"""
_TEXT = {
    "sqlite": "CAST(json_extract({table}.{column}, '$.{name}') AS TEXT)",
    "postgresql": "({table}.{column} ->> '{name}')",
}


def upgrade() -> None:
    for name in ("client", "segment"):
        # Plainly, not as a batch: these rows are many, and a batch would copy them all on SQLite.
        op.add_column(
            "customers",
            sa.Column(name, sa.String(length=_LIMIT), server_default="", nullable=False),
        )
        _fill(name)
    for name in ("client", "segment", "language"):
        # Of those who have one: the others cost nothing here.
        is_said = sa.text(f"{name} <> ''")
        op.create_index(
            f"ix_customers_{name}",
            "customers",
            ["workspace_id", name, "id"],
            sqlite_where=is_said,
            postgresql_where=is_said,
        )


def _fill(name: str) -> None:
    text = _TEXT[op.get_bind().dialect.name]
    of_customer = text.format(table="customers", column="attributes", name=name)
    of_request = text.format(table="requests", column="properties", name=name)
    statement = _FILL.format(
        name=name, of_customer=of_customer, of_request=of_request, limit=_LIMIT
    )
    op.execute(statement)
