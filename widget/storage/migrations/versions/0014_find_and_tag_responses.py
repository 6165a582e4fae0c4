"""Responses are found by their words and by their member, and carry tags."""

# ruff: noqa: S608 - every part of these statements is a constant of this file

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_somebodys = sa.text("member_id IS NOT NULL")
    op.create_index(
        "ix_responses_member",
        "responses",
        ["workspace_id", "member_id", "answered_at", "id"],
        sqlite_where=is_somebodys,
        postgresql_where=is_somebodys,
    )
    _make_tags()
    _make_bulk_changes()
    op.add_column("memberships", sa.Column("response_columns", sa.JSON(), nullable=True))
    # Word for word: colons and per cent signs in them mean nothing but themselves.
    run = op.get_bind().exec_driver_sql
    statements = _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        run(statement)


def _make_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_tags_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_tags_workspace_id_name")),
    )
    op.create_table(
        "response_tags",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_response_tags_tag_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["responses.workspace_id", "responses.id"],
            name=op.f("fk_response_tags_workspace_id_response_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "response_id", "tag_id", name=op.f("pk_response_tags")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_response_tags_tag",
        "response_tags",
        ["workspace_id", "tag_id", "answered_at", "response_id"],
    )


def _make_bulk_changes() -> None:
    op.create_table(
        "bulk_changes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("response_ids", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_bulk_changes_workspace_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_changes_user_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_bulk_changes")),
        sqlite_with_rowid=False,
    )
    is_open = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_bulk_changes_open",
        "bulk_changes",
        ["created_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


# What of a response is searched. A response that has none of this is in no index, so that storing
# a plain rating costs nothing more.
_HAS_WORDS = (
    "(coalesce({row}.comment, '') <> '' OR {row}.customer_email <> ''"
    " OR {row}.customer_name <> '' OR {row}.ref <> '')"
)
_SEARCHED = (
    "comment, comment_hidden_at, customer_email, customer_name, ref, member_given, member_id"
)
_IS_CHANGED = " OR ".join(
    f"OLD.{column} IS {{distinct}} NEW.{column}" for column in _SEARCHED.split(", ")
)

# A place is the millisecond of the first answer and, below it, a number of its own: the index is in
# the order of the list.
_PER_MS = 1_048_576
_FIRST_PLACE = (
    "((CAST(strftime('%s', {row}.answered_at) AS INTEGER) * 1000"
    f" + CAST(substr({{row}}.answered_at, 21, 3) AS INTEGER)) * {_PER_MS})"
)
_MEMBER = "coalesce((SELECT name FROM members WHERE members.id = {row}.member_id), '')"
# By name and in words of the row; `member` is the name that they had when they were indexed.
_COLUMNS = (
    "CASE WHEN {row}.comment_hidden_at IS NULL THEN coalesce({row}.comment, '') ELSE '' END,"
    " CASE WHEN {row}.comment_hidden_at IS NULL THEN '' ELSE coalesce({row}.comment, '') END,"
    " {row}.customer_name || ' ' || {row}.customer_email || ' ' || {row}.ref || ' '"
    " || {row}.member_given || ' ' || words.member"
)
_NEW = {"row": "NEW"}
_PUT_IN = f"""
    INSERT INTO response_words (place, workspace_id, response_id, member)
        SELECT coalesce(
                (SELECT max(place) + 1 FROM response_words WHERE place
                    >= {_FIRST_PLACE.format(**_NEW)}
                    AND place < {_FIRST_PLACE.format(**_NEW)} + {_PER_MS}),
                {_FIRST_PLACE.format(**_NEW)}),
            NEW.workspace_id, NEW.id, {_MEMBER.format(**_NEW)}
        WHERE {_HAS_WORDS.format(**_NEW)};
    INSERT INTO response_words_index (rowid, comment, hidden_comment, others)
        SELECT place, {_COLUMNS.format(**_NEW)} FROM response_words AS words
        WHERE words.workspace_id = NEW.workspace_id AND words.response_id = NEW.id;
"""
# An index without a copy of the texts is told what it held.
_TAKE_OUT = f"""
    INSERT INTO response_words_index
            (response_words_index, rowid, comment, hidden_comment, others)
        SELECT 'delete', place, {_COLUMNS.format(row="OLD")} FROM response_words AS words
        WHERE words.workspace_id = OLD.workspace_id AND words.response_id = OLD.id;
    DELETE FROM response_words WHERE workspace_id = OLD.workspace_id AND response_id = OLD.id;
"""
_SQLITE = (
    """CREATE TABLE response_words (
        place INTEGER PRIMARY KEY,
        workspace_id INTEGER NOT NULL,
        response_id CHAR(32) NOT NULL,
        member VARCHAR NOT NULL,
        UNIQUE (workspace_id, response_id))""",
    """CREATE VIRTUAL TABLE response_words_index USING fts5(
        comment, hidden_comment, others,
        content = '', tokenize = 'unicode61 remove_diacritics 2')""",
    f"""INSERT INTO response_words (place, workspace_id, response_id, member)
        SELECT first + row_number() OVER (PARTITION BY first ORDER BY workspace_id, id) - 1,
            workspace_id, id, member
        FROM (SELECT {_FIRST_PLACE.format(row="responses")} AS first, workspace_id, id,
                {_MEMBER.format(row="responses")} AS member
            FROM responses WHERE {_HAS_WORDS.format(row="responses")})""",
    f"""INSERT INTO response_words_index (rowid, comment, hidden_comment, others)
        SELECT words.place, {_COLUMNS.format(row="responses")}
        FROM response_words AS words JOIN responses
            ON responses.workspace_id = words.workspace_id AND responses.id = words.response_id
        ORDER BY words.place""",
    f"""CREATE TRIGGER response_words_inserted AFTER INSERT ON responses
        WHEN {_HAS_WORDS.format(**_NEW)} BEGIN {_PUT_IN} END""",
    f"""CREATE TRIGGER response_words_updated AFTER UPDATE OF {_SEARCHED} ON responses
        WHEN {_IS_CHANGED.format(distinct="NOT")} BEGIN {_TAKE_OUT} {_PUT_IN} END""",
    f"""CREATE TRIGGER response_words_deleted AFTER DELETE ON responses
        BEGIN {_TAKE_OUT} END""",
)

# Accents are taken apart from their letters and left out; signs only part words. A per cent sign
# would be taken for a parameter.
_FOLDED = r"""
    CREATE FUNCTION response_words_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT translate(
            normalize(regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g'), NFC),
            '!"#$&''()*+,-./:;<=>?@[\]^_`{|}~' || chr(37), repeat(' ', 32))
    $$
"""
_VECTOR = f"""
    CREATE FUNCTION response_words_vector(said responses) RETURNS tsvector LANGUAGE sql STABLE AS $$
        SELECT setweight(
                to_tsvector('simple', response_words_folded(coalesce(said.comment, ''))),
                CASE WHEN said.comment_hidden_at IS NULL THEN 'A' ELSE 'C' END::"char")
            || setweight(to_tsvector('simple', response_words_folded(said.customer_name || ' '
                || said.customer_email || ' ' || said.ref || ' ' || said.member_given || ' '
                || {_MEMBER.format(row="said")})), 'B')
    $$
"""
_KEPT = f"""
    CREATE FUNCTION response_words_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR NOT {_HAS_WORDS.format(**_NEW)} THEN
                DELETE FROM response_words
                    WHERE workspace_id = OLD.workspace_id AND response_id = OLD.id;
            ELSE
                INSERT INTO response_words
                    VALUES (NEW.workspace_id, NEW.id, response_words_vector(NEW))
                    ON CONFLICT (workspace_id, response_id) DO UPDATE SET words = excluded.words;
            END IF;
            RETURN NULL;
        END
    $$
"""
_CALLS = "EXECUTE FUNCTION response_words_kept()"
_POSTGRESQL = (
    """CREATE TABLE response_words (
        workspace_id INTEGER NOT NULL,
        response_id UUID NOT NULL,
        words TSVECTOR NOT NULL,
        PRIMARY KEY (workspace_id, response_id))""",
    _FOLDED,
    _VECTOR,
    _KEPT,
    f"""INSERT INTO response_words
        SELECT workspace_id, id, response_words_vector(responses) FROM responses
        WHERE {_HAS_WORDS.format(row="responses")}""",
    "CREATE INDEX response_words_index ON response_words USING gin (words)",
    f"""CREATE TRIGGER response_words_inserted AFTER INSERT ON responses
        FOR EACH ROW WHEN ({_HAS_WORDS.format(**_NEW)}) {_CALLS}""",
    f"""CREATE TRIGGER response_words_updated AFTER UPDATE OF {_SEARCHED} ON responses
        FOR EACH ROW WHEN ({_IS_CHANGED.format(distinct="DISTINCT FROM")}) {_CALLS}""",
    f"""CREATE TRIGGER response_words_deleted AFTER DELETE ON responses
        FOR EACH ROW {_CALLS}""",
)
