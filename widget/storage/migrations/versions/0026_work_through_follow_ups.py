"""Follow-ups are new, in progress, waiting or resolved, and have due dates."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_STATUSES = {"open": "new", "working": "in_progress", "done": "resolved"}
_IS_OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    for name in ("assignee", "response"):
        op.drop_index(f"ix_follow_ups_{name}", table_name="follow_ups")
    _rename_statuses()
    for name in ("due_at", "reminded_at", "first_reply_at"):
        op.add_column("follow_ups", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _index()
    op.add_column("workspaces", sa.Column("due_rules", sa.JSON(none_as_null=True), nullable=True))


def _rename_statuses() -> None:
    # A new column and not a wider one: SQLite would copy all rows for that.
    op.add_column(
        "follow_ups",
        sa.Column("standing", sa.String(length=20), server_default="new", nullable=False),
    )
    for old, new in _STATUSES.items():
        op.execute(
            sa.text("UPDATE follow_ups SET standing = :new WHERE status = :old").bindparams(
                new=new, old=old
            )
        )
    op.execute("ALTER TABLE follow_ups DROP COLUMN status")
    op.execute("ALTER TABLE follow_ups RENAME COLUMN standing TO status")
    op.execute("ALTER TABLE follow_ups RENAME COLUMN closed_at TO resolved_at")
    op.execute("UPDATE events SET name = 'follow_up.resolved' WHERE name = 'follow_up.closed'")
    # What notes of this kind hold beside it are words of ours and ids.
    said = "CAST(data AS TEXT)"
    for side in ("from", "to"):
        for old, new in _STATUSES.items():
            said = f"""replace({said}, '"{side}": "{old}"', '"{side}": "{new}"')"""
    op.get_bind().exec_driver_sql(
        f"UPDATE follow_up_notes SET data = CAST({said} AS JSON) WHERE kind = 'status'"  # noqa: S608
        if op.get_bind().dialect.name == "postgresql"
        else f"UPDATE follow_up_notes SET data = {said} WHERE kind = 'status'"  # noqa: S608
    )


def _index() -> None:
    for name, *columns in (
        ("response", "response_id", "first_reply_at", "resolved_at"),
        ("survey", "survey_id", "opened_at", "id"),
        ("assignee", "assignee_id", "opened_at", "id"),
        ("resolved", "resolved_at"),
        ("replied", "first_reply_at"),
        ("due", "due_at"),
    ):
        op.create_index(f"ix_follow_ups_{name}", "follow_ups", ["workspace_id", *columns])
    for name, *columns in (
        ("open", "opened_at", "id"),
        ("open_assignee", "assignee_id", "opened_at", "id"),
        ("open_status", "status", "opened_at", "id"),
        ("open_due", "due_at", "id"),
    ):
        op.create_index(
            f"ix_follow_ups_{name}",
            "follow_ups",
            ["workspace_id", *columns],
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        )
    to_remind = sa.text(
        "resolved_at IS NULL AND reminded_at IS NULL"
        " AND assignee_id IS NOT NULL AND due_at IS NOT NULL"
    )
    op.create_index(
        "ix_follow_ups_remind",
        "follow_ups",
        ["due_at"],
        sqlite_where=to_remind,
        postgresql_where=to_remind,
    )

    asked_again = sa.text("recovery_request_id IS NOT NULL")
    op.create_index(
        "ix_follow_ups_recovery",
        "follow_ups",
        ["workspace_id", "recovery_request_id"],
        sqlite_where=asked_again,
        postgresql_where=asked_again,
    )
