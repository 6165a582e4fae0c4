"""Routes of the JSON API."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the API."""
