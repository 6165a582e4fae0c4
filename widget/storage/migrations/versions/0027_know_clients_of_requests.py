"""Requests know the client and the segment of whom they ask, for response rates by either."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAMES = ("client", "segment")


def upgrade() -> None:
    # Plainly, not as batches: these rows are many, and a batch would copy them all on SQLite.
    for name in NAMES:
        op.add_column(
            "requests", sa.Column(name, sa.String(length=200), server_default="", nullable=False)
        )
    # What a request's properties say, as its response has it.
    op.execute(_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE)
    _index()


_SQLITE = """
UPDATE requests
SET client = substr(coalesce(json_extract(properties, '$.client'), ''), 1, 200),
    segment = substr(coalesce(json_extract(properties, '$.segment'), ''), 1, 200)
WHERE properties IS NOT NULL
"""
_POSTGRESQL = """
UPDATE requests
SET client = left(coalesce(properties ->> 'client', ''), 200),
    segment = left(coalesce(properties ->> 'segment', ''), 200)
WHERE coalesce(properties ->> 'client', properties ->> 'segment') IS NOT NULL
"""


def _index() -> None:
    has_left = "sent_at IS NOT NULL AND NOT is_test AND recovers_response_id IS NULL"
    # SQLite looks at the rows for what the condition names, unless the index holds it as well.
    of_condition = ["is_test", "recovers_response_id"]
    op.drop_index("ix_requests_sent", table_name="requests")
    op.create_index(
        "ix_requests_sent",
        "requests",
        [
            *("workspace_id", "sent_at", "survey_id", "member_id", "channel", "answered_at"),
            *of_condition,
        ],
        sqlite_where=sa.text(has_left),
        postgresql_where=sa.text(has_left),
    )
    names_either = sa.text(f"{has_left} AND (client <> '' OR segment <> '')")
    op.create_index(
        "ix_requests_client",
        "requests",
        [
            *("workspace_id", "sent_at", "survey_id", "client", "segment", "member_id"),
            *("channel", "answered_at", "campaign_id", *of_condition),
        ],
        sqlite_where=names_either,
        postgresql_where=names_either,
    )
