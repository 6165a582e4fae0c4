"""HTML of a mail as plain text, in which quotations are marked as mails of text mark them."""

import re
from html.parser import HTMLParser
from itertools import islice

import nh3

# A mail's own words stand at its beginning; styles of word processors may go before them.
HTML_LIMIT = 200_000
# Bold, links and the like: a browser opens each that was not closed again in every paragraph that
# follows, which takes memory that grows with the square. They say nothing of the text.
_FORMATTING = "a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING_TAGS = re.compile(rf"</?(?:{_FORMATTING})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BEGINS_FORMATTING = re.compile(rf"<(?:{_FORMATTING})(?=[\s/>])", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?([a-zA-Z0-9]*)[^<>]*>")
_MOST_OPENED = 1_000_000
# A browser looks through all that is open for each tag, which takes a time that grows with the
# square. So many take a tenth of a second, and hardly a letter has them; what comes after keeps
# its lines.
MOST_TAGS = 5_000
_BEGINS_A_TAG = re.compile(r"</?[a-zA-Z]")
_NO_BREAK = re.compile(r"<(?!br>)")

_SKIPPED = frozenset({"script", "style", "title", "template"})
_ON_A_LINE_OF_THEIR_OWN = frozenset(
    {"div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
)
_APART = frozenset({"p", "blockquote"})
_BREAKING = _ON_A_LINE_OF_THEIR_OWN | _APART | {"br"}
_SPACES = re.compile(r"[ \t\n\r\f\u00a0]+")
_DEEPEST_QUOTE = 10


def text_of_html(html: str) -> str:
    """The text that a browser would show, without pictures; lines within `blockquote` begin with
    `>`."""
    plain = _FORMATTING_TAGS.sub("", html[:HTML_LIMIT])
    # What is left was written to be no tag to us and one to browsers.
    if len(_BEGINS_FORMATTING.findall(plain)) * plain.count("<") > _MOST_OPENED:
        plain = _ANY_TAG.sub(" ", plain).replace("<", " ")
    head, rest = _cut(plain)
    reader = _Reader()
    reader.feed(_tidy(head))
    reader.feed(_tidy(_only_lines(rest)))
    reader.close()
    return reader.text()


def _tidy(html: str) -> str:
    # What is broken would take the standard library's parser minutes, what is tidy does not.
    return nh3.clean(
        html,
        tags=_BREAKING,
        clean_content_tags=_SKIPPED,
        attributes={},
        link_rel=None,
    )


def _cut(html: str) -> tuple[str, str]:
    """The beginning with as many tags as are read, and what comes after."""
    following = islice(_BEGINS_A_TAG.finditer(html), MOST_TAGS, None)
    at = next((tag.start() for tag in following), len(html))
    return html[:at], html[at:]


def _only_lines(html: str) -> str:
    """HTML without its tags, but for the ends of lines."""
    return _NO_BREAK.sub(" ", _ANY_TAG.sub(_line_or_space, html))


def _line_or_space(tag: re.Match[str]) -> str:
    return "<br>" if tag[1].lower() in _BREAKING else " "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line(keeps_empty=True)
        elif tag in _APART:
            self._part()
        elif tag in _ON_A_LINE_OF_THEIR_OWN:
            self._end_line()
        if tag == "blockquote":
            self._quotes = min(self._quotes + 1, _DEEPEST_QUOTE)
        elif tag == "hr":
            self._lines.append("_" * 32)
        elif tag == "li":
            self._line.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART:
            self._part()
        elif tag in _ON_A_LINE_OF_THEIR_OWN:
            self._end_line()
        if tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)

    def handle_data(self, data: str) -> None:
        self._line.append(_SPACES.sub(" ", data))

    def _part(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._marks())

    def _end_line(self, *, keeps_empty: bool = False) -> None:
        said = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if said or keeps_empty:
            self._lines.append(f"{self._marks()} {said}".strip() if self._quotes else said)

    def _marks(self) -> str:
        return ">" * self._quotes
