"""Schema changes, forward only, each tested with data on SQLite and PostgreSQL."""
