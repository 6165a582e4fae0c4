"""Mails that a program wrote: holiday replies, receipts of help desks, reports of mail servers."""

from collections.abc import Mapping

# The headers that tell (RFC 3834 §2, and what programs send that do not know it); `date` tells two
# mails without a Message-ID apart.
TELLING = (
    "auto-submitted",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-ms-exchange-inbox-rules-loop",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "return-path",
    "content-type",
    "date",
)
_BY_THEIR_BEING_THERE = frozenset(TELLING[1:7])
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_NOBODYS = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})

# How programs that send no such header begin a subject, in lower case.
_SUBJECTS = (
    *("automatic reply", "auto reply", "auto-reply", "autoreply", "auto:", "out of office"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesenheit:", "automatisch antwoord"),
    *("réponse automatique", "absence du bureau", "respuesta automática", "fuera de la oficina"),
    *("risposta automatica", "fuori sede", "resposta automática", "afwezigheidsbericht"),
    *("odpowiedź automatyczna", "automatyczna odpowiedź", "自動応答", "自動返信", "رد تلقائي"),
    *("undeliverable:", "undelivered mail", "delivery status notification", "unzustellbar:"),
    *("mail delivery failed", "returned mail:", "read:", "gelesen:"),
)


def is_automatic(headers: Mapping[str, str], subject: str, sender: str) -> bool:
    """Whether a program wrote a mail. `headers` are by lower-case names, of `TELLING`.

    A person's mail that is taken for a program's is still in its thread for everybody to read.
    """
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if any(name in headers for name in _BY_THEIR_BEING_THERE | {"list-id"}):
        return True
    if headers.get("precedence", "").strip().lower() in _PRECEDENCES:
        return True
    if headers.get("return-path", "").strip() == "<>":
        return True
    if headers.get("content-type", "").strip().lower().startswith("multipart/report"):
        return True
    if sender.partition("@")[0].lower() in _NOBODYS:
        return True
    return subject.strip().lower().startswith(_SUBJECTS)
