"""The terms of a comment: words and phrases of up to three words."""

from collections.abc import Iterable

from widget.domain.themes.words import Word


def terms_in(words: Iterable[Word | None], *, ends_negated: bool = True) -> set[str]:
    """The terms among words that follow one another, each as its words' keys between spaces.

    A term is a run of one to three words within one clause that neither begins nor ends with a
    function word, though one may stand inside ("waste of time"), and has a word that is neither
    function word nor negation: "not helpful" is a term, "not" and "not so" are none. Where not
    `ends_negated`, none ends with a negation: in "the answers are not helpful" that is cut off from
    what it denies.
    """
    found: set[str] = set()
    # The keys of the two words before, and whether a term may begin with each and be about it.
    # Spelt out for two words, because this is where counting spends its time.
    first = second = ""
    first_edge = first_full = second_edge = second_full = False
    for word in words:
        if word is None:
            first = second = ""
            first_edge = first_full = second_edge = second_full = False
            continue
        key, _, is_function, is_negation = word
        edge = not is_function
        full = edge and not is_negation
        if full or (edge and ends_negated):
            if full:
                found.add(key)
            if second_edge and (full or second_full):
                found.add(f"{second} {key}")
            if first_edge and (full or second_full or first_full):
                found.add(f"{first} {second} {key}")
        first, first_edge, first_full = second, second_edge, second_full
        second, second_edge, second_full = key, edge, full
    return found


def terms_within(term: str) -> set[str]:
    """The shorter runs of a term's words."""
    words = term.split(" ")
    return {
        " ".join(words[start : start + length])
        for length in range(1, len(words))
        for start in range(len(words) - length + 1)
    }
