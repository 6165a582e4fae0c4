"""What keeps the standard library's parser of mails from taking hours, or falling over.

It takes headers apart in a time that grows with the square of their length, and it does so while it
parses; and what strangers write makes it raise more than its documentation says.
"""

import re
from email.errors import MessageError

WHAT_A_BROKEN_MAIL_RAISES = (
    *(RecursionError, MessageError, LookupError, ValueError, TypeError),
    *(ArithmeticError, AttributeError),
)

# Each level of parts is tried on each line: about 80 ns a level and line.
_MOST_WORK = 20_000_000
# The sum of the squares of such headers' lengths: a tenth of a second each time they are read.
_MOST_SQUARES = 60_000_000
_TAKEN_APART = re.compile(
    rb"(?:\A|(?<=[\r\n]))content-(?:type|disposition)[ \t]*:"
    rb"(?:[^\r\n]|(?:\r\n|\r|\n)[ \t])*",
    re.IGNORECASE,
)


def is_quick_to_read(data: bytes) -> bool:
    """Whether a mail is parsed within a second or two, however its headers and parts are made."""
    if data.count(b"\n") * data.lower().count(b"boundary") > _MOST_WORK:
        return False
    squares = 0
    for header in _TAKEN_APART.finditer(data):
        squares += (header.end() - header.start()) ** 2
        if squares > _MOST_SQUARES:
            return False
    return True
