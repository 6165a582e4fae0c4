"""What is sent to the API is read here, for every route."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint, abort
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except RecursionError:
            abort(400, message="The JSON in the body is nested too deeply.")


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """Routes of the API; JSON that is nested too deeply to be read gets a 400."""

    ARGUMENTS_PARSER = _Parser()
