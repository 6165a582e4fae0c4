"""Days whose responses changed are noted, for the columnar copy that numbers are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "columnar_copies",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("publication", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.String(length=300), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_columnar_copies_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_columnar_copies")),
    )
    op.create_table(
        "changed_days",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("is_claimed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "mark", name=op.f("pk_changed_days")),
        sqlite_with_rowid=False,
    )
    # Word for word: a per cent sign in them means nothing but itself.
    run = op.get_bind().exec_driver_sql
    statements = _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        run(statement)


# What the copy holds, and by what it leaves responses out.
_COPIED = (
    "survey_id, version_id, stars, csat, nps, ces, comment, reward_id, language, source, member_id,"
    " channel, attributes, is_test, is_recovery, day, answered_at, hidden_at"
)
# JSON has no equality on PostgreSQL.
_CHANGED = " OR ".join(
    f"OLD.{column}{{text}} IS {{distinct}} NEW.{column}{{text}}"
    if column == "attributes"
    else f"OLD.{column} IS {{distinct}} NEW.{column}"
    for column in _COPIED.split(", ")
)
# A day that is noted and not being copied needs no second note.
_NOTE = """
    INSERT INTO changed_days (workspace_id, day, mark, is_claimed)
        SELECT {row}.workspace_id, {row}.day, {random}, {false}
        WHERE NOT EXISTS (SELECT 1 FROM changed_days
            WHERE workspace_id = {row}.workspace_id AND day = {row}.day AND NOT is_claimed);
"""
_ON_SQLITE = {"random": "random()", "false": "0"}
_NEW = _NOTE.format(row="NEW", **_ON_SQLITE)
_OLD = _NOTE.format(row="OLD", **_ON_SQLITE)
_SQLITE = (
    f"CREATE TRIGGER changed_days_inserted AFTER INSERT ON responses BEGIN {_NEW} END",
    f"""CREATE TRIGGER changed_days_updated AFTER UPDATE OF {_COPIED} ON responses
        WHEN {_CHANGED.format(distinct="NOT", text="")} BEGIN {_OLD} {_NEW} END""",
    f"CREATE TRIGGER changed_days_deleted AFTER DELETE ON responses BEGIN {_OLD} END",
)

_ON_POSTGRESQL = {"random": "(random() * 9e18)::bigint", "false": "FALSE"}
_KEPT = f"""
    CREATE FUNCTION changed_days_noted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                {_NOTE.format(row="OLD", **_ON_POSTGRESQL)}
            END IF;
            IF TG_OP <> 'DELETE' THEN
                {_NOTE.format(row="NEW", **_ON_POSTGRESQL)}
            END IF;
            RETURN NULL;
        END
    $$
"""
_CALLS = "FOR EACH ROW EXECUTE FUNCTION changed_days_noted()"
_POSTGRESQL = (
    _KEPT,
    f"CREATE TRIGGER changed_days_inserted AFTER INSERT ON responses {_CALLS}",
    f"""CREATE TRIGGER changed_days_updated AFTER UPDATE ON responses
        FOR EACH ROW WHEN ({_CHANGED.format(distinct="DISTINCT FROM", text="::text")})
        EXECUTE FUNCTION changed_days_noted()""",
    f"CREATE TRIGGER changed_days_deleted AFTER DELETE ON responses {_CALLS}",
)
