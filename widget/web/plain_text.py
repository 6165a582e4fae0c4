"""Text that no form of ours sends and no database of ours stores is refused at the door."""

from flask import abort, request


def refuse_nul() -> None:
    """Before a request: 404 for an address with a NUL in it, 422 for a field; else nothing."""
    if any("\0" in value for value in (request.view_args or {}).values() if isinstance(value, str)):
        abort(404)
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            if "\0" in name or "\0" in value:
                shown = name.replace("\0", "")[:50]
                abort(422, f"“{shown}” holds a character that cannot be stored (NUL).")
