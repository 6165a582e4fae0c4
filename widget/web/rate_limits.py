"""How many answers one place may send: polite to a busy office, tiresome to a script."""

import ipaddress
from functools import lru_cache
from time import monotonic
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

# One visit answers a handful of steps; more than this is no person.
_PER_VISIT = parse("60/minute")
_PER_REPORTER = parse("20/hour")
# What is kept of unsigned links being opened, which anybody can write.
_PER_OPENING = parse("600/minute")
# What is kept of a request's links being opened: more than any filter of mail opens at once.
_PER_REQUEST_OPENING = parse("120/minute")
# Mail programs send all their users' answers from a few networks: those are not told apart.
_PER_MAILED_SURVEY = parse("6000/minute")
_PER_SIGN_IN = parse("10/minute")
_PER_ADDRESS_SIGN_IN = parse("60/minute")
# Shared pages and testimonials, and what is pressed on them; drawing a picture costs most.
_PER_VIEWER = parse("600/minute")
_PER_DRAWING = parse("60/minute")
_PER_PRESSER = parse("120/minute")
# Mails that somebody has us send to an address of their choice.
_PER_INVITING_WORKSPACE = parse("60/hour")
_PER_INVITED = parse("6/hour")
_PER_ADDRESS_PASSWORD_ASK = parse("20/hour")
_PER_API_WORKSPACE = parse("600/minute")
# Mails that a service posts for all workspaces; each costs a second at worst.
_PER_INBOUND_SERVER = parse("600/minute")
# Reports that somebody mails to addresses of their choice, and PDFs, which cost seconds each.
_PER_REPORTING_WORKSPACE = parse("100/hour")
_PER_REPORTED_TO = parse("6/hour")
_PER_PDF_OF_PERSON = parse("30/hour")
# What the worker reads thousands of comments for.
_PER_FIND_OF_PERSON = parse("60/hour")


class Limiter(Protocol):
    def hit(self, item: RateLimitItem, *identifiers: str) -> bool: ...


class InProcess:
    """Fixed windows in a dictionary: the library's own memory store starts a thread to expire them,
    which costs more than storing the answer's statements does."""

    def __init__(self) -> None:
        self._windows: dict[RateLimitItem, tuple[int, dict[tuple[str, ...], int]]] = {}

    def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count one; False when the window's limit is used up."""
        current = int(monotonic() // item.get_expiry())
        window, counts = self._windows.get(item, (-1, {}))
        if window != current:
            # Forgetting the window before as a whole keeps this as small as one window's traffic.
            counts = {}
            self._windows[item] = (current, counts)
        counts[identifiers] = count = counts.get(identifiers, 0) + 1
        return count <= item.amount


class RateLimits:
    """Counts in Redis where that is set, else in each process."""

    def __init__(self, redis_url: str | None, answers: str | None) -> None:
        self._limiter: Limiter = (
            FixedWindowRateLimiter(storage_from_string(redis_url)) if redis_url else InProcess()
        )
        self._answers: RateLimitItem | None = parse(answers) if answers else None

    def allow_answer(self, survey: str, visit: str | None, address: str | None) -> bool:
        """Count one answer; False when its address and survey, or its visit, sent too many.

        `visit` is None for an answer whose token is no good: those are counted too.
        """
        if self._answers is None:
            return True
        if not self._limiter.hit(self._answers, "answers", survey, address_prefix(address)):
            return False
        return visit is None or self._limiter.hit(_PER_VISIT, "visit", visit)

    def allow_answer_in_mail(self, survey: int, request: UUID) -> bool:
        """Count one answer from inside a mail; False past 60 a minute for one request, or 6000
        for its survey."""
        if self._answers is None:
            return True
        if not self._limiter.hit(_PER_VISIT, "in mail", request.hex):
            return False
        return self._limiter.hit(_PER_MAILED_SURVEY, "in mails", str(survey))

    def allow_report(self, survey: str, address: str | None) -> bool:
        """Count one report of a broken snippet, which anybody can send by opening an address."""
        return self._limiter.hit(_PER_REPORTER, "report", survey, address_prefix(address))

    def allow_opening(self, survey: str, address: str | None) -> bool:
        """Count one opening of an unsigned link; False when too many came from one network."""
        return self._limiter.hit(_PER_OPENING, "opening", survey, address_prefix(address))

    def allow_opening_of_request(self, request: UUID, address: str | None) -> bool:
        """Count one opening of a request's link; False when too many came from one network."""
        return self._limiter.hit(
            _PER_REQUEST_OPENING, "request opening", request.hex, address_prefix(address)
        )

    def allow_view(self, address: str | None) -> bool:
        """Count one look at a public page; False when too many came from one network."""
        return self._limiter.hit(_PER_VIEWER, "view", address_prefix(address))

    def allow_drawing(self, address: str | None) -> bool:
        """Count one picture that has to be drawn; False when one network wants too many."""
        return self._limiter.hit(_PER_DRAWING, "drawing", address_prefix(address))

    def allow_press(self, address: str | None) -> bool:
        """Count one pressed link; False when too many came from one network to be people's."""
        return self._limiter.hit(_PER_PRESSER, "press", address_prefix(address))

    def allow_api_call(self, workspace_id: int) -> bool:
        """Count one request to the API; False past 600 a minute in a workspace."""
        return self._limiter.hit(_PER_API_WORKSPACE, "api", str(workspace_id))

    def allow_inbound_mail(self) -> bool:
        """Count one mail that came in for whichever workspace; False past 600 a minute."""
        return self._limiter.hit(_PER_INBOUND_SERVER, "inbound mails")

    def allow_mail_to_person(self, workspace_id: int, email: str) -> bool:
        """Count one mail by which a workspace invites somebody or sends them a link; False past 60
        an hour from a workspace, or 6 to an address."""
        allowed = self._limiter.hit(_PER_INVITING_WORKSPACE, "invites", str(workspace_id))
        return self._limiter.hit(_PER_INVITED, "invited", str(workspace_id), email) and allowed

    def allow_report_to(self, workspace_id: int, email: str) -> bool:
        """Count one report that a workspace mails; False past 100 an hour from a workspace, or 6 to
        an address."""
        allowed = self._limiter.hit(_PER_REPORTING_WORKSPACE, "reports", str(workspace_id))
        return (
            self._limiter.hit(_PER_REPORTED_TO, "report to", str(workspace_id), email) and allowed
        )

    def allow_pdf(self, user_id: int) -> bool:
        """Count one PDF that has to be made; False past 30 an hour for one person."""
        return self._limiter.hit(_PER_PDF_OF_PERSON, "pdf", str(user_id))

    def allow_find(self, user_id: int) -> bool:
        """Count one find of what is behind scores; False past 60 an hour for one person."""
        return self._limiter.hit(_PER_FIND_OF_PERSON, "find", str(user_id))

    def allow_password_ask(self) -> bool:
        """Count one asking for a new password; False past 20 an hour from one network."""
        prefix = address_prefix(request.remote_addr)
        return self._limiter.hit(_PER_ADDRESS_PASSWORD_ASK, "password asks", prefix)

    def allow_guess(self, whose: str) -> bool:
        """Count one guess at a password or code; False past 10 a minute at the same person's from
        one network, or 60 from it altogether. Slows guessing without locking anybody out for long.

        `whose` is a normal email address, or what else names the secret.
        """
        prefix = address_prefix(request.remote_addr)
        allowed = self._limiter.hit(_PER_ADDRESS_SIGN_IN, "guesses", prefix)
        return self._limiter.hit(_PER_SIGN_IN, "sign-in", whose, prefix) and allowed


@lru_cache(maxsize=10_000)
def address_prefix(address: str | None) -> str:
    """The network an address is counted with: /24 for IPv4, /48 for IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network((ip, bits), strict=False))


def register(app: Flask, redis_url: str | None, answers: str | None) -> None:
    app.extensions["sayso_rate_limits"] = RateLimits(redis_url, answers)


def rate_limits() -> RateLimits:
    limits: RateLimits = current_app.extensions["sayso_rate_limits"]
    return limits
