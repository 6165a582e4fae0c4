"""The rules of the field in plain Python: no Flask, no database, no clock of its own."""
