"""The least a Flask server can do, to be compared with: `python -m bench.baselines NAME …`.

Served by granian with the product's own options, so that only the application differs.
"""

import os
import sqlite3
import sys
import threading
from pathlib import Path

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces

from widget.operate.server import granian_options

_FILE = "SAYSO_BENCH_FILE"

empty = Flask("empty")


@empty.get("/")
def nothing() -> str:
    return "ok"


raw_insert = Flask("raw_insert")
_connections = threading.local()


def make_database(file: Path) -> None:
    """The table that `raw_insert` writes to."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE ratings (id INTEGER PRIMARY KEY, score INTEGER NOT NULL)")
    connection.close()


def _connection() -> sqlite3.Connection:
    """This thread's own connection."""
    found: sqlite3.Connection | None = getattr(_connections, "own", None)
    if found is None:
        found = _connections.own = sqlite3.connect(os.environ[_FILE])
        found.execute("PRAGMA busy_timeout = 10000")
        found.execute("PRAGMA synchronous = FULL")
    return found


@raw_insert.post("/")
def store() -> str:
    connection = _connection()
    connection.execute("INSERT INTO ratings (score) VALUES (?)", (int(request.form["score"]),))
    connection.commit()
    return "ok"


def main() -> None:
    name, port, workers, file = sys.argv[1:]
    os.environ[_FILE] = file
    options = granian_options("127.0.0.1", int(port), int(workers))
    # As many threads as the product has.
    options |= {"interface": Interfaces.WSGI, "blocking_threads": 8}
    Granian(f"bench.baselines:{name}", **options).serve()


if __name__ == "__main__":
    main()
