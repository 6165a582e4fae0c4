"""Counting the terms of comments, one comment after another, each language for itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from widget.domain.scales import Sentiment
from widget.domain.themes.function_words import ENDS_NEGATED, NEGATIONS
from widget.domain.themes.grams import terms_in
from widget.domain.themes.table import SIDES, TermCount, TermTable
from widget.domain.themes.words import Word, base_language, separates_words, word_of, words_in

# How many terms a language's table has room for; `table` says what that costs in exactness.
CAPACITY = 50_000
# Comments go to the table in batches: of so many words for each term it has room for.
_BATCH = 2


class TermCounts:
    """The terms of one language's comments.

    `comments` and `words` are exact, by side; of words, those are counted that can be terms by
    themselves, once a comment. In a language that does not separate words only comments are
    counted. At most (1 + 2) · `capacity` terms, and as many written words, are in memory, and those
    of one comment.
    """

    def __init__(self, language: str, capacity: int = CAPACITY) -> None:
        self.language = base_language(language)
        self.capacity = capacity
        self.comments: dict[Sentiment, int] = dict.fromkeys(SIDES, 0)
        self.words: dict[Sentiment, int] = dict.fromkeys(SIDES, 0)
        # Nothing is known of the order of words in a language without a list.
        self._ends_negated = self.language in ENDS_NEGATED or self.language not in NEGATIONS
        self._has_words = separates_words(self.language)
        self._forms: Counter[str] = Counter()
        self._table = TermTable(capacity)
        self._clear_batch()

    def add(self, comment: str, side: Sentiment, response_id: UUID) -> None:
        """Count one response's comment. A response is to be counted once."""
        self.comments[side] += 1
        if not self._has_words:
            return
        words = words_in(comment, self.language)
        terms = list(terms_in(words, ends_negated=self._ends_negated))
        if not terms:
            return
        self._count_forms(words)
        self._counts[side].update(terms)
        self._said[side].append((response_id.int, terms))
        self.words[side] += sum(" " not in term for term in terms)
        self._batched += max(len(words), len(terms))
        if self._batched >= _BATCH * self.capacity:
            self._settle()

    def merge(self, other: "TermCounts") -> None:
        """Count everything that another has counted too. Raises ValueError for another language."""
        if other.language != self.language:
            raise ValueError(f"Terms of {other.language} are not counted with {self.language}.")
        for side in SIDES:
            self.comments[side] += other.comments[side]
            self.words[side] += other.words[side]
        self._settled().absorb(other._settled())
        self._forms.update(other._forms)
        self._forget_forms()

    @property
    def held(self) -> int:
        """How many terms are in memory, those that both sides said lately counted twice."""
        return len(self._table.missed) + sum(len(counts) for counts in self._counts.values())

    @property
    def floor(self) -> int:
        """A term that is not among those counted is in at most so many comments."""
        return self._settled().floor

    def count(self, term: str) -> TermCount:
        """How often a term was counted."""
        return self._settled().count(term)

    def counted(self, support: int) -> Iterator[tuple[str, TermCount]]:
        """The terms that at least `support` comments have, for certain."""
        table = self._settled()
        for term in table.missed:
            count = table.count(term)
            if count.total >= support:
                yield term, count

    def newest(self, term: str, side: Sentiment) -> tuple[UUID, ...]:
        """The newest responses of a side whose comments have a term, newest first."""
        return tuple(UUID(int=id) for id in self._settled().newest[side].get(term, ()))

    def _count_forms(self, words: Sequence[Word | None]) -> None:
        """The capital of a clause's first word may be the clause's: such a form is known, and
        counts nothing."""
        counted: list[str] = []
        begins = True
        for word in words:
            if word is None:
                begins = True
                continue
            if begins and _has_a_capital_first(word[1]):
                self._forms.setdefault(word[1], 0)
            else:
                counted.append(word[1])
            begins = False
        self._forms.update(counted)

    def forms(self) -> dict[str, str]:
        """How each word, by its key, was most often written; capitals that may be a clause's stay
        out where there are other forms."""
        best: dict[str, tuple[int, str]] = {}
        for form, count in self._forms.items():
            key = word_of(form, self.language).key
            # Of forms as frequent as each other the last in order: small letters before capitals.
            best[key] = max(best.get(key, (0, "")), (count, form))
        return {key: form for key, (_, form) in best.items()}

    def _clear_batch(self) -> None:
        self._counts: dict[Sentiment, Counter[str]] = {side: Counter() for side in SIDES}
        self._said: dict[Sentiment, list[tuple[int, list[str]]]] = {side: [] for side in SIDES}
        self._batched = 0

    def _settled(self) -> TermTable:
        """The table with everything counted in it."""
        if self._batched:
            self._settle()
        return self._table

    def _settle(self) -> None:
        batch = TermTable(self.capacity)
        for side in SIDES:
            batch.put(side, self._counts[side], self._said[side])
        self._table.absorb(batch)
        self._clear_batch()
        self._forget_forms()

    def _forget_forms(self) -> None:
        if len(self._forms) > self.capacity:
            self._forms = Counter(dict(self._forms.most_common(self.capacity)))


def _has_a_capital_first(form: str) -> bool:
    """Whether the first letter is a capital and no other: `Slow`, neither `iPhone` nor `SLOW`."""
    rest = form[1:]
    return form[0] != form[0].lower() and rest == rest.lower()


class CommentCounts:
    """The terms of all comments, each language for itself."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.languages: dict[str, TermCounts] = {}

    def add(self, comment: str, language: str, side: Sentiment, response_id: UUID) -> None:
        """Count one response's comment, in the language (a tag) in which the customer was asked."""
        self.of(language).add(comment, side, response_id)

    def of(self, language: str) -> TermCounts:
        """The counts of a language: empty ones where it has no comment."""
        base = base_language(language)
        if base not in self.languages:
            self.languages[base] = TermCounts(base, self.capacity)
        return self.languages[base]

    def merge(self, other: "CommentCounts") -> None:
        """Count everything that another has counted too."""
        for language, counts in other.languages.items():
            self.of(language).merge(counts)
