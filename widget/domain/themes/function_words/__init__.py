"""The small words that hold sentences together, for each shipped language that separates words.

They say nothing of what a comment is about, so no term begins or ends with one. Negations are kept
apart from them: "not helpful" is a term. Each list is a text of words between spaces, in everyday
spelling; how a word is folded for comparing is `themes.words`' business.
"""

from typing import Final

from widget.domain.themes.function_words import ar, de, en, es, fr, it, nl, pl, pt

FUNCTION: Final[dict[str, str]] = {
    "ar": ar.FUNCTION,
    "de": de.FUNCTION,
    "en": en.FUNCTION,
    "es": es.FUNCTION,
    "fr": fr.FUNCTION,
    "it": it.FUNCTION,
    "nl": nl.FUNCTION,
    "pl": pl.FUNCTION,
    "pt": pt.FUNCTION,
}
NEGATIONS: Final[dict[str, str]] = {
    "ar": ar.NEGATIONS,
    "de": de.NEGATIONS,
    "en": en.NEGATIONS,
    "es": es.NEGATIONS,
    "fr": fr.NEGATIONS,
    "it": it.NEGATIONS,
    "nl": nl.NEGATIONS,
    "pl": pl.NEGATIONS,
    "pt": pt.NEGATIONS,
}
# Where what is denied stands before its negation: "funktioniert nicht", "werkt niet", "ne répond
# pas". In the others it follows: "not helpful".
ENDS_NEGATED: Final = frozenset({"de", "fr", "nl"})
