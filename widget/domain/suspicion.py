"""Which clicks on a mail's links look like a machine's, and why.

Filters of mail open every link, some in a real browser that runs scripts and presses buttons. What
one client did is judged by what that client did: nobody's answer suffers for the visits of
somebody else. A reason weighs some points; ENOUGH of them together set an answer aside.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

Act = Literal["HEAD", "GET", "prefetch", "honeypot", "gesture", "POST", "amp"]
# What gives a score. `amp` is the button inside a mail, sent by a mail program's server.
ANSWERS: tuple[Act, ...] = ("gesture", "POST", "amp")
Reason = Literal[
    "known_robot",
    "honeypot",
    "asked_head_first",
    "several_scores",
    "data_centre",
    "no_user_agent",
    "two_scores",
    "soon_after_delivery",
    "pressed_at_once",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

ENOUGH = 3
ONE_MINUTE = timedelta(minutes=1)
# Nobody goes back to the mail and opens a second link as fast as this.
NO_PERSONS_PACE = timedelta(seconds=5)
# Whoever has done nothing for longer begins anew. Behind one address there may be a filter that
# opens every link at once, and a person with the same browser who comes hours later.
SITTING = timedelta(hours=1)
# The shortest time in which a person can have seen the page and pressed its button.
AT_ONCE = timedelta(seconds=1)

# Cubot makes telephones.
_ROBOTS = re.compile(
    r"""
      headless | phantomjs | slimerjs | puppeteer | playwright | selenium | webdriver
    | \bcurl/ | \bwget/ | libwww | lwp:: | httpie | python-requests | python-urllib | python-httpx
    | \bhttpx/ | aiohttp | go-http-client | okhttp | apache-httpclient | java/\d | axios/
    | node-fetch | \bundici\b | guzzlehttp | \bruby\b | scrapy | colly | http_request2 | winhttp
    | slackbot | slack-imgproxy | twitterbot | facebookexternalhit | whatsapp/ | telegrambot
    | discordbot | linkedinbot | skypeuripreview | microsoftpreview | msteams.*preview
    | googleimageproxy | yahoomailproxy | bitlybot | embedly | iframely | linkpreview
    | bingpreview | mimecast | proofpoint | barracuda | safelinks | urldefense | trendmicro
    | symantec | sophos | fireeye | virustotal | urlscan
    | (?<!cu)bot\b | crawler | spider | linkcheck | link-check | link\ checker | scanner
    """,
    re.VERBOSE | re.IGNORECASE,
)

_MAIL_PROGRAMS = re.compile("googleimageproxy|yahoomailproxy", re.IGNORECASE)


@dataclass(frozen=True)
class Click:
    """Something that a client did with a link of a mail.

    `client` tells clients apart: the same address and user agent have the same. `score` is that of
    the link, or of the answer; None where there was none.
    """

    at: datetime
    act: Act
    client: str
    score: int | None = None
    user_agent: str = ""
    in_data_centre: bool = False


@dataclass(frozen=True)
class Client:
    """Whoever sends a request, as far as it may be kept.

    `digest` is the same for the same response, address and user agent; `network` is the address's
    /24 or /48, "" for a private one; `user_agent` is cut to 200 characters.
    """

    digest: str
    network: str
    user_agent: str
    in_data_centre: bool

    def click(self, at: datetime, act: Act, score: int | None) -> Click:
        """Something this client did."""
        return Click(at, act, self.digest, score, self.user_agent, self.in_data_centre)


@dataclass(frozen=True)
class Suspicion:
    """A reason to doubt that a person answered. `points` count towards ENOUGH."""

    reason: Reason
    points: int
    sentence: str


_TABLE = (
    Suspicion("known_robot", 3, "The program called itself a robot or a browser without a screen."),
    Suspicion("honeypot", 3, "It followed a link that people cannot see."),
    Suspicion("asked_head_first", 3, "It asked for the headers alone, which no browser does."),
    Suspicion("several_scores", 3, "It opened, or sent, several scores within a minute."),
    Suspicion("data_centre", 2, "It came from a network of data centres."),
    Suspicion("no_user_agent", 2, "It did not say which browser it is."),
    Suspicion("two_scores", 1, "It opened the links of two scores within a minute."),
    Suspicion("soon_after_delivery", 1, "It came within a minute after the mail was sent."),
    Suspicion("pressed_at_once", 1, "It answered less than a second after opening the page."),
)
SUSPICIONS: dict[Reason, Suspicion] = {suspicion.reason: suspicion for suspicion in _TABLE}


def judge(
    clicks: Iterable[Click], answer: Click, *, delivered_at: datetime | None
) -> tuple[Suspicion, ...]:
    """The reasons to doubt an answer, most telling first; empty when there is none.

    `clicks` are all that happened to the response's links, by anybody; those of other clients are
    passed over, and so is what lies more than a SITTING's pause away. `answer` is the click that
    gave the score. `delivered_at` is when the mail was handed over; None when we sent none.
    """
    own = [click for click in clicks if click.client == answer.client]
    if answer not in own:
        own.append(answer)
    # Stable: of two at the same moment, the one that was told first came first.
    own.sort(key=lambda click: click.at)
    own = _sitting(own, own.index(answer))
    found: set[Reason] = set()
    if any(click.act == "honeypot" for click in own):
        found.add("honeypot")
    if any(click.act == "HEAD" for click in own):
        found.add("asked_head_first")
    if delivered_at and any(timedelta(0) <= click.at - delivered_at < ONE_MINUTE for click in own):
        found.add("soon_after_delivery")
    found |= _by_sender(answer) | _by_scores(own) | _by_pace(own)
    return tuple(suspicion for suspicion in _TABLE if suspicion.reason in found)


def is_suspicious(suspicions: Iterable[Suspicion]) -> bool:
    """Whether reasons are enough to set an answer aside."""
    return sum(suspicion.points for suspicion in suspicions) >= ENOUGH


def is_robot(user_agent: str) -> bool:
    """Whether a user agent is one of a program that answers nothing for a person."""
    return bool(_ROBOTS.search(user_agent))


def _sitting(own: Sequence[Click], answer: int) -> list[Click]:
    """The clicks before and after the one at a position, as far as no pause is too long."""
    first = last = answer
    while first > 0 and own[first].at - own[first - 1].at <= SITTING:
        first -= 1
    while last + 1 < len(own) and own[last + 1].at - own[last].at <= SITTING:
        last += 1
    return list(own[first : last + 1])


def _by_sender(answer: Click) -> set[Reason]:
    """What the sender says of itself. A mail program's server stands in a data centre and may have
    any name, or none; but scripts that pass for one mostly leave their own."""
    name = answer.user_agent
    if answer.act == "amp":
        is_script = is_robot(name) and not _MAIL_PROGRAMS.search(name)
        return {"known_robot"} if is_script else set()
    found: set[Reason] = {"data_centre"} if answer.in_data_centre else set()
    if not name.strip():
        found.add("no_user_agent")
    elif is_robot(name):
        found.add("known_robot")
    return found


def _by_scores(own: Sequence[Click]) -> set[Reason]:
    """Links opened, not scores sent: on the page a person may well choose another one.

    Inside a mail there are no links to open; but nobody chooses and sends three scores there in the
    time that it takes to open two.
    """
    sent = [click for click in own if click.act == "amp"]
    for position, first in enumerate(sent):
        within = [click for click in sent[position:] if click.at - first.at < NO_PERSONS_PACE]
        if len({click.score for click in within}) > 2:
            return {"several_scores"}
    opened = [click for click in own if click.act in ("HEAD", "GET") and click.score is not None]
    found: set[Reason] = set()
    for position, first in enumerate(opened):
        within = [click for click in opened[position:] if click.at - first.at < ONE_MINUTE]
        scores = {click.score for click in within}
        fast = {click.score for click in within if click.at - first.at < NO_PERSONS_PACE}
        if len(scores) > 2 or len(fast) > 1:
            return {"several_scores"}
        if len(scores) > 1:
            found = {"two_scores"}
    return found


def _by_pace(own: Sequence[Click]) -> set[Reason]:
    opened_at: datetime | None = None
    for click in own:
        if click.act == "GET":
            opened_at = click.at
        elif click.act in ("POST", "gesture") and opened_at and click.at - opened_at < AT_ONCE:
            return {"pressed_at_once"}
    return set()
