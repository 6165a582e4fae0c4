"""What is said of files of customers: where they stand, what their columns are, what rows do."""

from flask_babel import gettext as _

from widget.domain.customer_files import ROW_OUTCOMES
from widget.domain.customers import ATTRIBUTE
from widget.storage.customer_imports import CheckedRow, ImportRow
from widget.web.console.access import blueprint


@blueprint.app_template_filter("import_status")
def import_status(found: ImportRow) -> str:
    """Where an import stands, in a few words."""
    words: dict[str, str] = {
        "reading": _("being read"),
        "mapping": _("waits for its columns to be named"),
        "checking": _("%(percent)s %% checked", percent=found.percent),
        "checked": _("waits to be started"),
        "running": _("%(percent)s %% imported", percent=found.percent),
        "done": _("imported"),
        "cancelled": _("thrown away"),
        "failed": _("cannot be read"),
    }
    return str(words[found.status])


@blueprint.app_template_filter("row_outcome")
def row_outcome(outcome: str) -> str:
    """What one row does, in a word or two."""
    words: dict[str, str] = {
        "new": _("New"),
        "changed": _("Changed"),
        "same": _("As it is"),
        "repeated": _("The same person as an earlier row"),
        "error": _("Cannot be used"),
    }
    return str(words.get(outcome, outcome))


@blueprint.app_template_filter("row_changes")
def row_changes(row: CheckedRow) -> list[tuple[str, str, str]]:
    """What is changed of a customer who is known: of what, from what, to what."""
    words = target_words()
    return [
        (words.get(name, name.removeprefix(ATTRIBUTE)), before, after)
        for name, before, after in row.changes
    ]


def target_words() -> dict[str, str]:
    """What a column may be, in words, attributes apart."""
    return {
        "email": _("Email"),
        "name": _("Name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "external_id": _("Your own id"),
        "client": _("Client"),
        "segment": _("Segment"),
        "language": _("Language"),
        "country": _("Country"),
        "time_zone": _("Time zone"),
    }


def outcomes(found: ImportRow) -> list[tuple[str, str, int]]:
    """What the rows do, or did, with how many do it; those that are noted were counted before."""
    words: dict[str, str] = {
        "new": _("New customers"),
        "changed": _("Known, with something new"),
        "same": _("Known, as they are"),
        "repeated": _("The same person as an earlier row"),
        "error": _("Cannot be used"),
        "noted": _("Used, with a field left out"),
    }
    told = (*ROW_OUTCOMES, "noted")
    return [(one, words[one], found.counts[one]) for one in told if found.counts.get(one)]
