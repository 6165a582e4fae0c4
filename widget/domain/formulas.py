"""Texts that go to a spreadsheet: none of them is taken for a formula."""

import re

# What makes a spreadsheet take a text for a formula, and what it may skip before it does.
_SIGNS = "=+-@＝＋－＠"
_STARTS = frozenset(f"{_SIGNS}\t\r\n\0")
MAY_BE_FORMULA = _STARTS | frozenset(chr(code) for code in range(0x3001) if chr(code).isspace())
# Of a run of spaces and quotation marks only the beginning is looked at: long ones cost no more.
_WITHIN = re.compile(rf"[;\t\r\n](?:[^\S\t\r\n]|\")*(?=[{re.escape(_SIGNS)}])")


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with a quote before it where it could."""
    return f"'{text}" if text and (text[0] in _STARTS or text.lstrip()[:1] in _STARTS) else text


def defused_in_csv(text: str) -> str:
    """The same for a cell of a CSV file, which a spreadsheet may part otherwise than it was meant.

    Where semicolons or tabs part cells by the rules of its country, quotation marks in the middle
    of a line mean nothing to it: a sign after a semicolon, a tab or the end of a line begins a
    cell then.
    """
    return defused_within(defused(text))


def defused_within(text: str) -> str:
    """The same of a text whose beginning is defused already."""
    return _WITHIN.sub(r"\g<0>'", text) if has_separators(text) else text


def has_separators(text: str) -> bool:
    """Whether a text has what may part cells, in any country; hardly any has, and this is quick."""
    return ";" in text or "\n" in text or "\t" in text or "\r" in text
