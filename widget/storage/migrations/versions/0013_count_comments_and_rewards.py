"""Rollups count comments and suggested rewards too; requests are found by their sending."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COUNT = """
    INSERT INTO rollups
        (workspace_id, day, survey_id, member_id, channel, kind, score, shard, responses)
    SELECT workspace_id, day, survey_id, COALESCE(member_id, 0), channel, {fact}, 1, 0, COUNT(*)
        FROM responses
        WHERE COALESCE({column}, '') <> '' AND hidden_at IS NULL
            AND NOT is_test AND NOT is_recovery
        GROUP BY workspace_id, day, survey_id, COALESCE(member_id, 0), channel
"""


def upgrade() -> None:
    op.execute(_COUNT.format(fact="'comment'", column="comment"))
    op.execute(_COUNT.format(fact="'reward'", column="reward_id"))
    sent = sa.text("sent_at IS NOT NULL AND NOT is_test AND recovers_response_id IS NULL")
    op.create_index(
        "ix_requests_sent",
        "requests",
        ["workspace_id", "sent_at", "survey_id", "member_id", "channel", "answered_at"],
        sqlite_where=sent,
        postgresql_where=sent,
    )
