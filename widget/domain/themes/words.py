"""The words of a comment, as they are compared and as they were written.

Words are compared in one form: composed (Unicode's NFKC), in one case by Unicode's folding (so that
ß is ss), without hyphens and apostrophes (e-mail is email), Arabic without stretching, vowel marks,
the article, and differences that everyday writing leaves out. Numbers and addresses are no words.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

from widget.domain.keywords import UNSPACED
from widget.domain.themes.function_words import FUNCTION, NEGATIONS

# Chinese with its spoken forms, Japanese, Thai, Lao, Khmer, Burmese, Tibetan and its neighbour.
WITHOUT_SPACES: Final = frozenset(
    {"zh", "yue", "wuu", "nan", "ja", "th", "lo", "km", "my", "bo", "dz"}
)
# What is longer is a link's rest, a key pressed too long, or no language that separates words.
_LONGEST = 40
_REMEMBERED = 1 << 15
_PARTED = (None,)


class Word(NamedTuple):
    """A word: `key` for comparing, `form` as written. (A tuple, as there are millions of them.)"""

    key: str
    form: str
    is_function: bool
    is_negation: bool


def base_language(tag: str) -> str:
    """The language of a tag without its region and script: `de-AT` gives `de`."""
    return tag.split("-")[0].lower()


def separates_words(language: str) -> bool:
    """Whether a language (a tag) is written with spaces between words."""
    return base_language(language) not in WITHOUT_SPACES


# Marks are no letters to Python's \w, but belong to the letters before them. Those past here are
# of scripts that hardly anybody writes comments in.
_MARKS = "".join(
    chr(point) for point in range(0x300, 0x1E00) if unicodedata.category(chr(point))[0] == "M"
)
_JOINERS = "\u200c\u200d"
_NOT_SPACED = "".join(f"{chr(low)}-{chr(high)}" for low, high in UNSPACED)
_LETTER = rf"[^\W\d_{_NOT_SPACED}]"
_REST = rf"(?:[^\W_{_NOT_SPACED}]++|[{_MARKS}{_JOINERS}])"
# The one group is a word; all else that matches parts words, as a comma does.
_WORDS = re.compile(rf"({_LETTER}{_REST}*+(?:['‐-]{_REST}++)*+)|\d\w*+(?:[.,:]\d\w*+)*+|\n|\S")
_ADDRESS_SIGN = re.compile(r"[@/]|www\.", re.IGNORECASE)
# Lengths are limited because a long run without spaces would be walked again from each letter.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+%-]{0,64}@[\w.-]+|(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}/\S*",
    re.IGNORECASE,
)
_APOSTROPHES = re.compile("[’ʼ′´`]")
_VOWEL_MARKS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_INNER = re.compile(f"['‐{_JOINERS}-]")
_STRETCHING = "\u0640"
_SOFT_HYPHEN = "\u00ad"

# Articles and the like that lose their vowel before another: l'attente, un'ora.
_ELIDED: Final = {
    "fr": re.compile(r"(?:[ldjmtscn]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)", re.IGNORECASE),
    "it": re.compile(
        r"(?:[ldcmtsvn]|un|gl|dell|all|dall|nell|sull|coll|quell|quest|anch|dov|cos|com)'(?=.)",
        re.IGNORECASE,
    ),
}
# Shortened verbs and the genitive: we'll, the company's, geht's.
_SHORTENED: Final = {
    "en": re.compile(r"(?:'(?:s|ll|re|ve|d|m))+$", re.IGNORECASE),
    "de": re.compile(r"'s$", re.IGNORECASE),
    "nl": re.compile(r"'s$", re.IGNORECASE),
}
# What everyday Arabic writes in either way: alef with and without hamza, final yeh and its dotless
# form, final heh and teh marbuta.
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "اااايه")
# "The", also after "and", "with", "like", "so" and "for", before a word of three letters and more.
_ARABIC_ARTICLE = re.compile("^(?:[وبكف]?ال|لل)(?=...)")


def words_in(text: str, language: str) -> list[Word | None]:
    """The words of a text in their order, with None where something other than space parts them.

    `language` is a base language that separates words.
    """
    found: list[Word | None] = []
    for written in _WORDS.findall(_cleaned(text)):
        # What is too long is not remembered either: memory would follow its length.
        found += _words_of(written, language) if 0 < len(written) <= _LONGEST else _PARTED
    return found


def _cleaned(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("'", text))
        text = text.replace(_STRETCHING, "").replace(_SOFT_HYPHEN, "")
    # Most comments have no address, and are not searched for one.
    return _ADDRESS.sub(" . ", text) if _ADDRESS_SIGN.search(text) else text


@lru_cache(maxsize=_REMEMBERED)
def _words_of(written: str, language: str) -> tuple[Word, ...]:
    """The words of one run of letters: more than one where something elided stands before."""
    return tuple(word_of(form, language) for form in _forms(written, language))


def _forms(written: str, language: str) -> list[str]:
    forms = []
    if "'" in written:
        if (elided := _ELIDED.get(language)) and (found := elided.match(written)):
            forms.append(found.group())
            written = written[found.end() :]
        if shortened := _SHORTENED.get(language):
            written = shortened.sub("", written)
    return [*forms, written]


def word_of(form: str, language: str) -> Word:
    """The word that stands in a text as `form`, as the forms in a Word do."""
    key = folded(form, language)
    is_negation = key in _negations(language)
    # A letter alone is an initial or the rest of something.
    is_function = len(key) < 2 or key.endswith("'") or key in _functions(language)
    return Word(key, form, is_function, is_negation)


def folded(form: str, language: str) -> str:
    """A written word in the form in which words are compared."""
    key = unicodedata.normalize("NFKC", form.casefold()).replace("i̇", "i")
    if key.endswith("'"):
        return key
    if not key.isascii():
        key = _VOWEL_MARKS.sub("", key)
    if language == "ar":
        key = _ARABIC_ARTICLE.sub("", key.translate(_ARABIC_LETTERS))
    return _INNER.sub("", key)


@cache
def _functions(language: str) -> frozenset[str]:
    """The keys of a language's function words; none where no list is shipped."""
    return _keys(FUNCTION.get(language, ""), language)


@cache
def _negations(language: str) -> frozenset[str]:
    """The keys of its negations. A function word as spelt is none without accents."""
    spelt = {folded(word, language) for word in FUNCTION.get(language, "").split()}
    return _keys(NEGATIONS.get(language, ""), language) - spelt


def _keys(words: str, language: str) -> frozenset[str]:
    """The keys of words, with and without their accents, which phones make people leave out."""
    forms = [form for word in words.split() for form in (word, _bare(word, language))]
    return frozenset(folded(form, language) for form in forms)


def _bare(word: str, language: str) -> str:
    if language == "de":
        return word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    parts = unicodedata.normalize("NFD", word.replace("ł", "l"))
    return "".join(part for part in parts if not unicodedata.combining(part))
