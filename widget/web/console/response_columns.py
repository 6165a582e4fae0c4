"""The columns of the list of responses: what they show, and choosing them."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.choose_columns import choose_columns
from widget.domain.response_columns import COLUMNS, Column, columns_to_show, known_columns
from widget.extensions import db
from widget.storage.responses import ListedResponse
from widget.storage.seats import response_columns
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.response_filters import asked


@blueprint.route("/responses/columns", methods=["GET", "POST"])
@needs("read_responses")
def responses_columns() -> Response | str:
    """Choose the columns that one wants to see, and see them with the filter in the address."""
    if request.method == "GET":
        return render_template(
            "console/responses/columns.html",
            asked=asked(),
            columns=shown_columns(),
            all_columns=COLUMNS,
        )
    chosen = known_columns(request.form.getlist("columns"))
    choose_columns(db.session(), seat().workspace_id, seat().user_id, chosen)
    return redirect(url_for("console.responses", **asked().address, columns=chosen), 303)


def shown_columns() -> tuple[Column, ...]:
    """The columns of the address, else those that somebody chose last."""
    asked_for = request.args.getlist("columns")
    remembered = (
        None if asked_for else response_columns(db.session(), seat().workspace_id, seat().user_id)
    )
    return columns_to_show(asked_for, remembered)


# Looked up in the reader's language where one is shown: a page asks for hundreds.
_NAMES: dict[Column, Callable[[], str]] = {
    "comment": lambda: _("Comment"),
    "member": lambda: _("Member"),
    "customer": lambda: _("Customer"),
    "survey": lambda: _("Survey"),
    "channel": lambda: _("Channel"),
    "ref": lambda: _("Reference"),
    "tags": lambda: _("Tags"),
    "language": lambda: _("Language"),
    "source": lambda: _("Came by"),
    "client": lambda: _("Client"),
    "segment": lambda: _("Segment"),
    "version": lambda: _("Version"),
    "finished": lambda: _("Finished"),
}


@blueprint.app_template_filter("column_name")
def column_name(column: Column) -> str:
    """A column as people know it."""
    return _NAMES[column]()


def _customer(found: ListedResponse) -> str:
    row = found.response
    return row.customer_name or row.customer_email or row.customer_id


_TEXTS: dict[Column, Callable[[ListedResponse], str]] = {
    "member": lambda found: found.member_name or found.response.member_given,
    "customer": _customer,
    "survey": lambda found: found.survey_name,
    "channel": lambda found: found.response.channel,
    "ref": lambda found: found.response.ref,
    "language": lambda found: found.response.language,
    "source": lambda found: found.response.source,
    "client": lambda found: (found.response.attributes or {}).get("client", ""),
    "segment": lambda found: (found.response.attributes or {}).get("segment", ""),
    "version": lambda found: str(found.version),
    "finished": lambda found: _("yes") if found.response.finished_at else _("no"),
}


@blueprint.app_template_filter("column_text")
def column_text(found: ListedResponse, column: Column) -> str:
    """What stands in a column that is a plain text; "" for nothing."""
    return _TEXTS[column](found)
