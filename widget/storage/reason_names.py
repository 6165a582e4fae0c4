"""What a survey's reasons are called where they stand for themselves: in reports and files."""

from widget.domain.surveys import Definition, Reason
from widget.translations import LANGUAGES, translate


def reason_name(definition: Definition, reason: Reason) -> str:
    """A reason in the survey's main language."""
    return definition.reason_text(reason, definition.main_language, _built_in).value


def reason_names(definition: Definition) -> dict[str, str]:
    """All reasons of a definition by their ids."""
    reasons = (*definition.positive_reasons, *definition.negative_reasons)
    return {reason.id: reason_name(definition, reason) for reason in reasons}


def _built_in(text: str, language: str) -> str | None:
    return translate(text, language) if language.split("-")[0] in LANGUAGES else None
