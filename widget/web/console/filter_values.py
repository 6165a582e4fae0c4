"""Values that a filter's free texts suggest: a part that a form asks for when it is unfolded."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.dashboard_queries import NONE
from widget.domain.score_filters import Group
from widget.domain.suggestions import meant_by
from widget.extensions import db
from widget.storage.customer_values import CustomerValues, customer_values
from widget.storage.known_values import known_values
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat

# The fields that are free texts, as addresses call them.
TEXTS: tuple[Group, ...] = ("channel", "language", "client", "segment")
# Of so many a browser's list is still of use.
MOST_SUGGESTED = 200


@dataclass(frozen=True)
class Hint:
    """A value in the filter that no answer has, and where the one is that may be meant."""

    name: str
    value: str
    meant: str | None
    address: str


@blueprint.get("/filters/values/<any(dashboard, dashboard_why, responses):where>")
@needs("see_own")
def filter_values(where: str) -> Response:
    """Which channels, languages, clients and segments there are within the scope of whoever asks,
    and which of those in the address there are not; without htmx a page that lists them."""
    known = {
        group: known_values(db.session(), seat().workspace_id, seat().scope, group)
        for group in TEXTS
    }
    values = {
        "page": where,
        "known": {group: (found or [])[:MOST_SUGGESTED] for group, found in known.items()},
        "hints": [
            hint
            for group, found in known.items()
            if found is not None
            for hint in _hints(where, group, found)
        ],
        "names": {
            "channel": _("Channel"),
            "language": _("Language"),
            "client": _("Client"),
            "segment": _("Segment"),
        },
    }
    partial = render_template("console/filters/_values.html", **values)
    return htmx.page_or_partial(
        render_template("console/filters/values.html", **values), partial, 200
    )


def suggested_values() -> CustomerValues:
    """What fields about customers suggest, for whoever manages the workspace: its whole directory.
    Has to be asked before anything is changed that is to be kept."""
    return customer_values(db.session(), seat().workspace_id, MOST_SUGGESTED)


def _hints(page: str, group: Group, known: list[str]) -> list[Hint]:
    there = set(known)
    found = []
    for value in dict.fromkeys(text.strip() for text in request.args.getlist(group)):
        if value and value != NONE and value not in there:
            meant = meant_by(value, known)
            found.append(Hint(group, value, meant, _address(page, group, value, meant)))
    return found


def _address(page: str, group: Group, value: str, meant: str | None) -> str:
    """The page with the value that was meant, or with none, in the place of another."""
    said: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    said[group] = [meant or "" if one.strip() == value else one for one in said[group]]
    kept = {name: [one for one in values if one] for name, values in said.items()}
    address: dict[str, Any] = {name: values for name, values in kept.items() if values}
    return url_for(f"console.{page}", **address)
