"""Customers from a file: upload, say what the columns are, look at what each row will do, start."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from flask import Response as FlaskResponse
from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.import_customers import (
    discard_customers,
    map_customers,
    start_customers,
    upload_customers,
)
from widget.domain.addresses import shown, storable
from widget.domain.csv_files import write_lines
from widget.domain.customer_files import (
    MOST_BYTES,
    MOST_ROWS,
    TARGETS,
    TEMPLATE,
    details_of,
)
from widget.domain.customers import ATTRIBUTE
from widget.domain.errors import FileRefused
from widget.domain.formulas import defused, defused_in_csv
from widget.extensions import db
from widget.storage.customer_imports import (
    IN_HAND,
    PART,
    CheckedRow,
    ImportRow,
    rows_of_import,
)
from widget.storage.customer_imports import (
    customer_import as stored_import,
)
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat, signed_in_seat
from widget.web.console.customer_import_words import outcomes, row_outcome, target_words

PAGE = 100
_SAMPLES = 3
# So many rows are looked through for samples of columns that are mostly empty.
_SAMPLED = 5_000
# What a column may be beside fields: an attribute under its own name.
_AS_ATTRIBUTE = "attribute"


@blueprint.before_app_request
def _let_files_of_customers_in() -> None:
    # As for files of requests: a file that is a little too large is told so in words.
    if request.endpoint == "console.customers_import":
        found = signed_in_seat()
        if found is not None and found.may("manage_workspace"):
            request.max_content_length = 2 * MOST_BYTES


@blueprint.route("/customers/import", methods=["GET", "POST"])
@needs("manage_workspace")
def customers_import() -> Response | str | tuple[str, int]:
    """The form for a file."""
    problem = ""
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            id = upload_customers(
                db.session(),
                seat().workspace_id,
                file_name=shown(upload.filename or "", 200) if upload else "",
                content=upload.read(MOST_BYTES + 1) if upload else b"",
                user_id=seat().user_id,
                at=now(),
            )
        except FileRefused as error:
            problem = str(error)
        else:
            return redirect(url_for("console.customer_import", customer_import_id=id), 303)
    page = render_template(
        "console/customers/import.html",
        problem=problem,
        most_rows=MOST_ROWS,
        most_mb=MOST_BYTES // 1024 // 1024,
    )
    return (page, 422) if problem else page


@blueprint.get("/customers/import/template.csv")
@needs("manage_workspace")
def customers_import_template() -> FlaskResponse:
    """A file to begin with: headers, and a row that shows what goes where."""
    response = FlaskResponse(write_lines(TEMPLATE), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return response


@blueprint.get("/customers/import/<uuid:customer_import_id>")
@needs("manage_workspace")
def customer_import(customer_import_id: UUID) -> Response:
    """Where an import stands: its columns, what its rows will do, or how far it has come."""
    found = stored_import(db.session(), seat().workspace_id, customer_import_id)
    if found.status in IN_HAND and htmx.wants_partial():
        # The worker is at an end with it, and somebody has to say how to go on.
        return htmx.open_page(request.path)
    if found.status == "mapping" or (found.status == "checked" and "columns" in request.args):
        return htmx.vary(make_response(_mapping_page(found, "")))
    if found.status == "checked":
        return htmx.vary(make_response(_preview_page(found)))
    values = {"found": found, "outcomes": outcomes(found)}
    return htmx.page_or_partial(
        render_template("console/customers/import_progress.html", **values),
        render_template("console/customers/_import_progress.html", **values),
    )


@blueprint.post("/customers/import/<uuid:customer_import_id>/columns")
@needs("manage_workspace")
def customer_import_columns(customer_import_id: UUID) -> Response | tuple[str, int]:
    """Say what the columns of a file are, and let its rows be checked."""
    found = stored_import(db.session(), seat().workspace_id, customer_import_id)
    mapping = [
        _target(header, storable(request.form.get(f"column-{number}", "")))
        for number, header in enumerate(found.headers)
    ]
    try:
        map_customers(db.session(), seat().workspace_id, customer_import_id, mapping)
    except FileRefused as error:
        found = stored_import(db.session(), seat().workspace_id, customer_import_id)
        return _mapping_page(found, str(error), mapping), 422
    return _to(customer_import_id)


@blueprint.post("/customers/import/<uuid:customer_import_id>/<any(start,discard):verb>")
@needs("manage_workspace")
def customer_import_start_or_discard(customer_import_id: UUID, verb: str) -> Response:
    """Start an import, or throw its file away."""
    if verb == "discard":
        discard_customers(db.session(), seat().workspace_id, customer_import_id)
        flash(_("Thrown away; nobody was changed."))
        return redirect(url_for("console.customers"), 303)
    try:
        start_customers(db.session(), seat().workspace_id, customer_import_id)
    except FileRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.customers_import"), 303)
    return _to(customer_import_id)


@blueprint.get("/customers/import/<uuid:customer_import_id>/errors.csv")
@needs("manage_workspace")
def customer_import_errors(customer_import_id: UUID) -> FlaskResponse:
    """The rows that cannot be used, and those of which something is left out, as they were, each
    with what is wrong with it."""
    found = stored_import(db.session(), seat().workspace_id, customer_import_id)
    response = FlaskResponse(
        stream_with_context(_error_lines(found)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="errors.csv"'
    return response


def _to(customer_import_id: UUID) -> Response:
    return redirect(url_for("console.customer_import", customer_import_id=customer_import_id), 303)


def _target(header: str, chosen: str) -> str:
    return f"{ATTRIBUTE}{header}" if chosen == _AS_ATTRIBUTE else chosen


def _mapping_page(found: ImportRow, problem: str, mapping: list[str] | None = None) -> str:
    rows = rows_of_import(db.session(), seat().workspace_id, found.id)
    samples = first_cells(islice((row.cells for row in rows), _SAMPLED), len(found.headers))
    taken = mapping or found.mapping
    return render_template(
        "console/customers/import_columns.html",
        found=found,
        problem=problem,
        columns=[
            (
                number,
                header,
                _AS_ATTRIBUTE if target.startswith(ATTRIBUTE) else target,
                [defused(cell) for cell in samples[number]],
            )
            for number, (header, target) in enumerate(zip(found.headers, taken, strict=True))
        ],
        targets=_targets(),
    )


def first_cells(rows: Iterable[Sequence[str]], columns: int) -> list[list[str]]:
    """The first cells of each column that hold something; reads no more rows than it takes."""
    found: list[list[str]] = [[] for _column in range(columns)]
    for cells in rows:
        for column, cell in zip(found, cells, strict=False):
            if cell and len(column) < _SAMPLES:
                column.append(cell)
        if all(len(column) == _SAMPLES for column in found):
            break
    return found


def _targets() -> list[tuple[str, str]]:
    words = target_words()
    return [
        ("", _("Leave out")),
        *((target, words[target]) for target in TARGETS),
        (_AS_ATTRIBUTE, _("An attribute of this name")),
    ]


def _is_shown(row: CheckedRow, only: str) -> bool:
    return row.is_noted if only == "noted" else only in ("", row.outcome)


def _preview_page(found: ImportRow) -> str:
    only = request.args.get("only", "")
    first = max(request.args.get("first", 0, type=int), 0)
    # The part in which the page before has ended; all parts but the last are full.
    since = min(max(request.args.get("part", 0, type=int), 0), found.rows // PART)
    read = rows_of_import(db.session(), seat().workspace_id, found.id, since=since)
    rows = (
        (since + place // PART, row)
        for place, row in enumerate(read)
        if _is_shown(row, only) and row.number > first
    )
    page = list(islice(rows, PAGE + 1))
    return render_template(
        "console/customers/import_preview.html",
        found=found,
        outcomes=outcomes(found),
        only=only,
        rows=[_previewed(found, row) for _part, row in page[:PAGE]],
        later=_later(*page[PAGE - 1]) if len(page) > PAGE else None,
        is_first=first == 0,
        defused=defused,
    )


def _later(part: int, row: CheckedRow) -> dict[str, int]:
    """What the address of the next page says, after the last row of one."""
    return {"first": row.number, "part": part}


def _previewed(found: ImportRow, row: CheckedRow) -> tuple[CheckedRow, dict[str, str], str]:
    details = details_of(row.cells, found.mapping)
    attributes = ", ".join(f"{name}: {text}" for name, text in details.attributes.items())
    return row, {str(name): text for name, text in details.fields.items()}, attributes


def _error_lines(found: ImportRow) -> Iterator[str]:
    yield "\ufeff" + write_lines(
        [[str(_("Row")), str(_("Result")), str(_("Problem")), *map(defused_in_csv, found.headers)]]
    )
    for row in rows_of_import(db.session(), seat().workspace_id, found.id):
        if row.problem:
            said = [str(row.number), row_outcome(row.outcome), defused_in_csv(row.problem)]
            yield write_lines([[*said, *map(defused_in_csv, row.cells)]])
