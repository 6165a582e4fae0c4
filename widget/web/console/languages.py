"""What the console calls languages, in the console's own language."""

from babel import Locale, UnknownLocaleError

from widget.domain.languages import fallbacks
from widget.translations import LANGUAGES
from widget.web.console.access import blueprint


@blueprint.app_template_filter("language_name")
def language_name(tag: str) -> str:
    """`fr-CA` as `French (Canada)`; a tag that nobody knows as it is."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    return str(name) if name else tag


def has_built_in_words(tag: str) -> bool:
    """Whether buttons and scales speak a language, or one that it falls back to."""
    return any(part in LANGUAGES for part in fallbacks(tag))
