"""The mail of a subscription: numbers with how sure they are, plots that say the same in words."""

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import Engine

from widget.actions.write_numbers import Numbers, write_numbers
from widget.domain.dashboards import LACK_WORDS, Tile
from widget.domain.figures import Figures
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.mail_addresses import DeliveryName, message_id, wire_address
from widget.domain.mail_wording import one_line
from widget.domain.periods import Period
from widget.domain.scales import KIND_NAMES
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.metrics import METRICS
from widget.domain.subscriptions import SubscriptionOver
from widget.outbound.mail.compose import MAIL_POLICY
from widget.outbound.mail.notes import hand_over
from widget.outbound.mail.plots import Plot, course_plot, distribution_plot
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.transport import Mailer
from widget.outbound.messages import NotSent
from widget.settings import Settings
from widget.storage.messages import DueMessage

ALL_ANSWERS_LINE = "\nAll answers"
# People of the team read the console, and so its mails, in English.
_FIGURES = Figures()


@dataclass(frozen=True)
class SendNumbers:
    """Writes a subscription's mail when it leaves, by what its subscriber may see at that time."""

    mailer: Mailer
    settings: Settings
    engine: Engine

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a mail. Raises NotSent, for good where there is to be no mail any more."""
        try:
            numbers = write_numbers(self.engine, due.workspace_id, due.id, now)
        except SubscriptionOver as over:
            raise NotSent(str(over), is_final=True) from over
        recipient = wire_address(numbers.address)
        if recipient is None:
            raise NotSent("No mail server of ours takes such an address.", is_final=True)
        token = LinkSigner(self.settings.secret_keys, "subscription").sign(
            RequestLink(due.workspace_id, due.id)
        )
        home, sender = self.settings.public_url, self.settings.mail_from
        letter = NumbersLetter(
            numbers,
            name=message_id(DeliveryName(due.workspace_id, due.id), sender.rpartition("@")[2]),
            sender=sender,
            recipient=recipient,
            at=now,
            page=f"{home}/console/dashboard?{numbers.query}",
            list_page=f"{home}/console/subscriptions",
            unsubscribe=f"{home}/u/numbers/{token}",
        )
        hand_over(self.mailer, sender, recipient, numbers_mail(letter))


@dataclass(frozen=True)
class NumbersLetter:
    """The numbers, and all that a mail has around them. `name` is its Message-ID; `page`,
    `list_page` and `unsubscribe` are absolute addresses."""

    numbers: Numbers
    name: str
    sender: str
    recipient: str
    at: datetime
    page: str
    list_page: str
    unsubscribe: str


@dataclass(frozen=True)
class Line:
    """A number in words. `change` is "" where there is nothing to compare with; `lack` says why
    then. `direction` is `better` or `worse` only where the change is more than chance."""

    name: str
    value: str
    interval: str
    n: str
    is_small: bool
    change: str
    verdict: str
    direction: str
    lack: str


def numbers_mail(letter: NumbersLetter) -> EmailMessage:
    """The whole message: text first, then HTML with its pictures beside it."""
    numbers, message = letter.numbers, EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = one_line(f"{numbers.name}: {period_words(numbers.period)}")
    message["From"] = f"Sayso <{letter.sender}>"
    message["To"] = letter.recipient
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.name
    message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    lines, plots = lines_of(numbers), plots_of(numbers)
    message.set_content(numbers_text(letter, lines, plots), charset="utf-8")
    # Short, as some programs do not find what is named in a header that was folded.
    stem = letter.name.partition("@")[0].rpartition(".")[2]
    pictures = [(f"plot-{number}.{stem}@sayso", plot) for number, plot in enumerate(plots, 1)]
    html = mail_template("numbers.html").render(
        letter=letter,
        numbers=numbers,
        lines=lines,
        breakdown=breakdown_of(numbers),
        pictures=pictures,
        days=period_words(numbers.period),
        days_before=period_words(numbers.before),
    )
    message.add_alternative(
        ascii_html(html), subtype="html", charset="us-ascii", cte="quoted-printable"
    )
    page = message.get_payload(1)
    assert isinstance(page, EmailMessage)
    for number, (cid, plot) in enumerate(pictures, 1):
        page.add_related(
            plot.png,
            "image",
            "png",
            cid=f"<{cid}>",
            disposition="inline",
            filename=f"plot-{number}.png",
        )
    return message


def numbers_text(letter: NumbersLetter, lines: list[Line], plots: list[Plot]) -> str:
    """The mail as plain text."""
    numbers = letter.numbers
    days = f"The {numbers.period.name} {period_words(numbers.period)}"
    about = "".join(f"\n{label}: {words}" for label, words in numbers.filter_words)
    blocks = [f"{numbers.workspace}: {numbers.name}\n{days}{about or ALL_ANSWERS_LINE}"]
    if not lines:
        blocks.append("No answers in these days.")
    for line in lines:
        small = ", few: read with care" if line.is_small else ""
        between = f" ({line.interval})" if line.interval else ""
        verdict = f", {line.verdict}" if line.verdict else ""
        lack = f"{line.lack[0].upper()}{line.lack[1:]}."
        change = f"Change: {line.change}{verdict}" if line.change else lack
        blocks.append(f"{line.name}: {line.value}{between}, n = {line.n}{small}\n  {change}")
    blocks += [plot.alt for plot in plots]
    table = breakdown_of(numbers)
    if table is not None:
        rows = "\n".join(f"  {row.words}: {row.value}{row.rest}" for row in table.rows)
        more = f"\n  {table.more}" if table.more else ""
        blocks.append(f"{table.title}\n{rows}{more}")
    blocks += [
        f"The dashboard with these numbers: {letter.page}",
        f"You subscribed to this. All your subscriptions: {letter.list_page}\n"
        f"Unsubscribe: {letter.unsubscribe}",
    ]
    return "\n\n".join(blocks) + "\n"


def lines_of(numbers: Numbers) -> list[Line]:
    """The tiles of the dashboard in words; none where nobody answered in either span."""
    known = any(tile.score.n or tile.change.n_first for tile in numbers.tiles)
    return [_line(tile) for tile in numbers.tiles] if known else []


@dataclass(frozen=True)
class BreakdownRow:
    """A row of the breakdown in words: whose number it is, the number, and how sure it is."""

    words: str
    value: str
    interval: str
    n: str
    is_small: bool
    verdict: str

    @property
    def rest(self) -> str:
        """All but the number, as text."""
        between = f" ({self.interval})" if self.interval else ""
        small = ", few" if self.is_small else ""
        return f"{between}, n = {self.n}{small}{f', {self.verdict}' if self.verdict else ''}"


@dataclass(frozen=True)
class BreakdownTable:
    """The breakdown in words. `more` says what it leaves out; "" where that is nothing."""

    title: str
    rows: list[BreakdownRow]
    more: str


def breakdown_of(numbers: Numbers) -> BreakdownTable | None:
    """The filter's breakdown in words; None where there is none."""
    found, metric = numbers.breakdown, numbers.metric
    if found is None:
        return None
    rows = [
        BreakdownRow(
            words,
            _FIGURES.value(row.score.value, metric),
            _FIGURES.interval(row.score, metric),
            _FIGURES.count(row.score.n),
            row.score.is_small,
            _against(row.against_others),
        )
        for words, row in found.rows
    ]
    rest = found.groups - len(rows)
    more = f"and {_FIGURES.count(rest)} more on the dashboard" if rest else ""
    return BreakdownTable(f"{METRICS[metric].name} by {found.title.lower()}", rows, more)


def _against(change: Comparison) -> str:
    """Whether somebody differs from all others, where that is more than chance."""
    if change.verdict not in ("higher", "lower"):
        return ""
    return f"{change.verdict} than all others, more than chance"


def plots_of(numbers: Numbers) -> list[Plot]:
    """The course of one number, and how many gave which score. None where nobody ever answered."""
    has_course = any(point.score.n for point in numbers.course)
    course = [course_plot(numbers.metric, numbers.course, _FIGURES)] if has_course else []
    shares = [
        distribution_plot(KIND_NAMES[summary.kind], summary, _FIGURES)
        for summary in numbers.distributions
        if summary.n
    ]
    return course + shares


def period_words(period: Period) -> str:
    """The days of a week or a month."""
    return f"{_day(period.first)} – {_day(period.last)}"


def _line(tile: Tile) -> Line:
    metric, change = tile.metric, _FIGURES.change(tile.change, tile.metric)
    between = _FIGURES.change_interval(tile.change, metric)
    direction = "" if tile.is_better is None else "better" if tile.is_better else "worse"
    return Line(
        name=METRICS[metric].name,
        value=_FIGURES.value(tile.score.value, metric),
        interval=_FIGURES.interval(tile.score, metric),
        n=_FIGURES.count(tile.score.n),
        is_small=tile.score.is_small,
        change=f"{change} ({between})" if change and between else change,
        verdict=_FIGURES.verdict(tile.change),
        direction=direction,
        lack=LACK_WORDS[tile.lack] if tile.lack else "nothing to compare with",
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
