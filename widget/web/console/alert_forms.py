"""A rule of alerts as its form gives it."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from widget.domain.addresses import normal_email
from widget.domain.alert_rules import ASSIGNS, NEVER, AlertRule, Assign
from widget.domain.scales import Kind

_DEFAULT = "default"
_UNREADABLE = 99


def read_rule(form: MultiDict[str, str], kinds: Sequence[Kind]) -> AlertRule:
    """The rule that a form describes; what cannot be read is out of range, so that it is refused.

    Kinds that the form does not ask about have their default.
    """
    assign: Assign = next((known for known in ASSIGNS if known == form.get("assign")), "manager")
    chosen = form.getlist("person") if assign == "person" else form.getlist("people")
    return AlertRule(
        is_on="is_on" in form,
        at_most={
            kind: _number(text)
            for kind in kinds
            if (text := form.get(f"at_most_{kind}", _DEFAULT)) != _DEFAULT
        },
        keywords=lines_in(form.get("keywords", "")),
        on_contact="on_contact" in form,
        assign=assign,
        people=ids_in(chosen) if assign in ("person", "in_turn") else (),
        mail_assignee="mail_assignee" in form,
        mail_to=tuple(normal_email(one) for one in lines_in(form.get("mail_to", ""))),
        channels=ids_in(form.getlist("channels")),
    )


def threshold_choice(rule: AlertRule, kind: Kind) -> str:
    """What the form shows chosen for a kind."""
    return str(rule.at_most[kind]) if kind in rule.at_most else _DEFAULT


def _number(text: str) -> int:
    if text == str(NEVER):
        return NEVER
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else _UNREADABLE


def ids_in(texts: Sequence[str]) -> tuple[int, ...]:
    """Ids as boxes and lists send them; whatever is none is left out."""
    fine = [text for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
    return tuple(int(text) for text in fine)


def lines_in(text: str) -> tuple[str, ...]:
    """One entry a line, or separated by commas; each once."""
    pieces = text.replace("\x00", "").replace(",", "\n").splitlines()
    return tuple(dict.fromkeys(" ".join(piece.split()) for piece in pieces if piece.strip()))
