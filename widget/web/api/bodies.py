"""What is sent to the API is read here, for every route."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint, abort
from webargs.flaskparser import FlaskParser

# The longest reply with every letter escaped is half of it. Schemas of lists say `largest_body`.
LARGEST_BODY = 128 * 1024


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        largest = getattr(schema, "largest_body", LARGEST_BODY)
        # What is wrong with each of a hundred thousand fields would be told at length.
        if (req.content_length or len(req.get_data())) > largest:
            abort(413, message=f"A body here may be {largest // 1024} KB long.")
        try:
            return super().load_json(req, schema)
        except RecursionError:
            abort(400, message="The JSON in the body is nested too deeply.")
        except ValueError:
            # Python reads no number of more digits than it says in a fraction of a second.
            abort(400, message="A number in the body has too many digits.")


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """Routes of the API; JSON that cannot be read gets a 400, and too much of it a 413."""

    ARGUMENTS_PARSER = _Parser()
