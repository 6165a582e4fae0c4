"""How areas are called in the console: as the team words them in the survey's main language."""

from collections.abc import Collection, Iterable

from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.surveys import published_definitions
from widget.web.console.access import seat
from widget.web.face.speech import Speech


def area_names(surveys: Collection[str]) -> dict[str, str]:
    """Areas of surveys (public ids; none means all) as they are published, by their ids."""
    definitions = published_definitions(db.session(), seat().workspace_id, surveys)
    return names_in(definitions)


def names_in(definitions: Iterable[Definition]) -> dict[str, str]:
    """The names of all areas of some definitions; of the same area the last one's."""
    names = {}
    for definition in definitions:
        speech = Speech(definition, definition.main_language, seat().workspace_name)
        for reason in (*definition.positive_reasons, *definition.negative_reasons):
            names[reason.id] = speech.reason(reason).striptags()
    return names
