"""Sign-in and session tokens are the console's business: their hooks run there and nowhere else.

Extensions hook into every request of an application. For a customer's click that would be most
of the work, and a chance to touch a cookie; so what they hook is moved to the console's blueprints.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

_BLUEPRINTS = ("console", "security")


@contextmanager
def console_only(app: Flask) -> Iterator[None]:
    """Whatever is hooked into requests inside this block runs for the console's blueprints only."""
    tables: list[dict[Any, list[Callable[..., Any]]]] = [
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
    ]
    before = [len(table[None]) for table in tables]
    yield
    for table, count in zip(tables, before, strict=True):
        hooks = table[None][count:]
        del table[None][count:]
        for name in _BLUEPRINTS:
            table[name].extend(hooks)
