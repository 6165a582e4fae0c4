"""Customers have a client and a segment, are found by words, imported, merged and erased."""

# ruff: noqa: S608 - every part of these statements is a constant of this file

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
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
_ASKED = """EXISTS (SELECT 1 FROM requests WHERE requests.workspace_id = customers.workspace_id
    AND requests.customer_id = customers.id AND {which})"""
_OF_TESTS = (
    f"UPDATE customers SET is_of_tests = TRUE WHERE {_ASKED.format(which='is_test')}"
    f" AND NOT {_ASKED.format(which='NOT is_test')}"
)
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
    op.add_column(
        "customers",
        sa.Column("is_of_tests", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(_OF_TESTS)
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
    _find_requests_of_customers()
    is_said = sa.text("customer_id <> ''")
    op.create_index(
        "ix_responses_customer",
        "responses",
        ["workspace_id", "customer_id"],
        sqlite_where=is_said,
        postgresql_where=is_said,
    )
    is_audit = sa.text("response_id IS NULL")
    op.create_index(
        "ix_events_audit",
        "events",
        ["workspace_id", "id"],
        sqlite_where=is_audit,
        postgresql_where=is_audit,
    )
    _make_imports()
    _make_merged_and_erased()
    run = op.get_bind().exec_driver_sql
    for statement in _SEARCH[op.get_bind().dialect.name]:
        run(statement)


def _fill(name: str) -> None:
    text = _TEXT[op.get_bind().dialect.name]
    of_customer = text.format(table="customers", column="attributes", name=name)
    of_request = text.format(table="requests", column="properties", name=name)
    statement = _FILL.format(
        name=name, of_customer=of_customer, of_request=of_request, limit=_LIMIT
    )
    op.execute(statement)


def _find_requests_of_customers() -> None:
    for name in ("sent", "answered"):
        is_in_earnest = sa.text(f"{name}_at IS NOT NULL AND NOT is_test")
        op.create_index(
            f"ix_requests_customer_{name}",
            "requests",
            ["workspace_id", "customer_id", f"{name}_at", "is_test"],
            sqlite_where=is_in_earnest,
            postgresql_where=is_in_earnest,
        )


def _make_imports() -> None:
    op.create_table(
        "customer_imports",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_format", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_customer_imports_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_customer_imports_made_by")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_customer_imports")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_imports_open", "customer_imports", ["status"])
    op.create_table(
        "customer_import_parts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "import_id"],
            ["customer_imports.workspace_id", "customer_imports.id"],
            name=op.f("fk_customer_import_parts_workspace_id_import_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "import_id", "number", name=op.f("pk_customer_import_parts")
        ),
        sqlite_with_rowid=False,
    )


def _make_merged_and_erased() -> None:
    op.create_table(
        "merged_customers",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customers.workspace_id", "customers.id"],
            name=op.f("fk_merged_customers_workspace_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_merged_customers")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_merged_customers_customer", "merged_customers", ["workspace_id", "customer_id"]
    )
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_erasures_workspace_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_erasures_user_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_erasures")),
        sqlite_with_rowid=False,
    )
    waits = sa.text("purged_at IS NULL")
    op.create_index(
        "ix_erasures_waiting", "erasures", ["at"], sqlite_where=waits, postgresql_where=waits
    )


# What of a customer is searched, as 0014 has it of responses.
_SEARCHED = ("name", "email", "external_id", "client")
_WORDS = " || ' ' || ".join(f"coalesce({{row}}.{name}, '')" for name in _SEARCHED)
_OLD, _NEW = _WORDS.format(row="OLD"), _WORDS.format(row="NEW")
_PLACE = (
    "SELECT place FROM customer_words WHERE workspace_id = {row}.workspace_id"
    " AND customer_id = {row}.id"
)
_TAKE_OUT = f"""
    INSERT INTO customer_words_index (customer_words_index, rowid, said)
        SELECT 'delete', ({_PLACE.format(row="OLD")}), {_OLD};
"""
_SEARCH = {
    "sqlite": (
        """CREATE TABLE customer_words (
            place INTEGER PRIMARY KEY,
            workspace_id INTEGER NOT NULL,
            customer_id CHAR(32) NOT NULL,
            UNIQUE (workspace_id, customer_id))""",
        """CREATE VIRTUAL TABLE customer_words_index USING fts5(
            said, content = '', tokenize = 'unicode61 remove_diacritics 2')""",
        """INSERT INTO customer_words (workspace_id, customer_id)
            SELECT workspace_id, id FROM customers ORDER BY workspace_id, id""",
        f"""INSERT INTO customer_words_index (rowid, said)
            SELECT place, {_WORDS.format(row="customers")} FROM customer_words JOIN customers
                ON customers.workspace_id = customer_words.workspace_id
                AND customers.id = customer_words.customer_id
            ORDER BY place""",
        f"""CREATE TRIGGER customer_words_inserted AFTER INSERT ON customers BEGIN
            INSERT INTO customer_words (workspace_id, customer_id)
                VALUES (NEW.workspace_id, NEW.id);
            INSERT INTO customer_words_index (rowid, said) VALUES (last_insert_rowid(), {_NEW});
            END""",
        f"""CREATE TRIGGER customer_words_updated AFTER UPDATE OF {", ".join(_SEARCHED)}
            ON customers WHEN {_OLD} <> {_NEW} BEGIN {_TAKE_OUT}
            INSERT INTO customer_words_index (rowid, said)
                SELECT ({_PLACE.format(row="NEW")}), {_NEW};
            END""",
        f"""CREATE TRIGGER customer_words_deleted AFTER DELETE ON customers BEGIN {_TAKE_OUT}
            DELETE FROM customer_words WHERE workspace_id = OLD.workspace_id
                AND customer_id = OLD.id;
            END""",
    ),
    "postgresql": (
        f"""CREATE FUNCTION customer_words(said customers) RETURNS tsvector
            LANGUAGE sql IMMUTABLE AS $$
                SELECT setweight(
                    to_tsvector('simple', response_words_folded({_WORDS.format(row="said")})), 'A')
            $$""",
        "CREATE INDEX customer_words_index ON customers USING gin (customer_words(customers))",
    ),
}
