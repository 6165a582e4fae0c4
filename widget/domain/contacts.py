"""Where a customer says they can be reached: an email address or a telephone number."""

import re

from widget.domain.addresses import shown
from widget.domain.errors import ContactRefused

CONTACT_LIMIT = 200

_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_FEWEST_DIGITS = 5


def read_contact(text: str) -> str:
    """An address as typed, without space around it; "" for none.

    Raises ContactRefused for what neither reads like an email address nor holds the digits of a
    telephone number: nobody could be reached there.
    """
    contact = shown(text, CONTACT_LIMIT + 1)
    can_be_reached = _EMAIL.search(contact) or sum(map(str.isdigit, contact)) >= _FEWEST_DIGITS
    if contact and (not can_be_reached or len(contact) > CONTACT_LIMIT):
        raise ContactRefused("Write an email address or a telephone number.")
    return contact
