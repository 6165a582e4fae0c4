"""What somebody wrote in a mail, without what they quoted and what their program added.

Ours, since the libraries there are each know fewer languages than we speak with customers, and take
a time that grows with the square of a hostile text. Every line is looked at once.
"""

import re
from collections.abc import Sequence

# How the line begins that introduces a quotation, and what it says; some languages put the name
# after the verb. Lower case.
_INTRODUCES = (
    *(
        "on ",
        "am ",
        "le ",
        "el ",
        "il ",
        "op ",
        "em ",
        "w dniu",
        "dnia ",
        "den ",
        "on\u00a0",
        "în ",
    ),
    *("il giorno", "a ", "na ", "pe ", "في ", "v ", "dne ", "fra ", "från ", "от ", "в "),
)
_WROTE = (
    *("wrote", "schrieb", "a écrit", "escribió", "escribio", "ha scritto", "scrisse", "schreef"),
    *("geschreven", "escreveu", "napisał", "pisze", "skrev", "написал", "пишет", "كتب", "كتابة"),
    *("さんは書きました", "のメール", "napsal", "a scris", "kirjoitti"),
)
_LONGEST_INTRODUCTION = 400
# An address, a year, or a time of the day.
_TELLS_WHEN = re.compile(r"@|\b\d{4}\b|\b\d{1,2}[:.h]\d{2}\b")

# Two such lines one after the other are the head of a quoted mail, as Outlook writes it.
_HEADS: dict[str, frozenset[str]] = {
    "from": frozenset(
        {"from", "von", "de", "da", "van", "od", "från", "fra", "差出人", "من", "от", "mittente"}
    ),
    "other": frozenset(
        {
            *("sent", "date", "to", "cc", "subject", "gesendet", "datum", "an", "betreff"),
            *("envoyé", "à", "objet", "enviado", "enviado el", "fecha", "para", "asunto"),
            *("inviato", "data", "a", "oggetto", "verzonden", "aan", "onderwerp", "assunto"),
            *(
                "wysłano",
                "do",
                "temat",
                "送信日時",
                "日時",
                "宛先",
                "件名",
                "تاريخ",
                "إلى",
                "الموضوع",
            ),
            *("enviada em", "enviada", "envoyé le", "date d’envoi", "skickat", "till", "ämne"),
        }
    ),
}
_HEAD = re.compile(r"[*_ ]*([^\W\d][^:：\n]{0,18}?)[*_ ]*\s?[:：][*_ ]*\s?\S")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RULE = re.compile(r"[_-]{10,}$")
_DASHED = re.compile(r"-{2,} ?[^-]{4,60}? ?-{2,}$")
_QUOTED_MAIL = (
    *("original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine"),
    *("message d’origine", "message original", "mensaje original", "messaggio originale"),
    *("oorspronkelijk bericht", "mensagem original", "oryginalna wiadomość", "元のメッセージ"),
    *("forwarded message", "weitergeleitete nachricht", "message transféré", "mensaje reenviado"),
    *("messaggio inoltrato", "doorgestuurd bericht", "mensagem encaminhada", "رسالة أصلية"),
    *("reply message", "reply to message", "wiadomość przekazana", "الرسالة الأصلية"),
)
_PROGRAMS = (
    *("sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo", "sent via "),
    *(
        "sent with proton",
        "sent from proton",
        "sent from samsung",
        "sent from gmail",
        "get outlook",
    ),
    *("von meinem ", "gesendet von ", "gesendet mit ", "holen sie sich outlook"),
    *("envoyé de mon ", "envoyé depuis ", "envoyé à partir de ", "obtenir outlook", "télécharg"),
    *(
        "enviado desde ",
        "obtener outlook",
        "enviado do meu ",
        "enviado a partir ",
        "obter o outlook",
    ),
    *("inviato da ", "inviato dal ", "scarica outlook", "ottieni outlook", "outlook voor"),
    *("verstuurd vanaf ", "verzonden vanaf ", "verzonden met ", "download outlook", "wysłane z "),
    *("wysłano z ", "pobierz program outlook", "أُرسلت من", "تم الإرسال من", "yahoo mail: search"),
)
_PROGRAMS_END = ("から送信",)
_LONGEST_PROGRAM = 120


def what_was_written(text: str) -> str:
    """A mail's text without quotations, a signature below `-- `, and lines such as “Sent from my
    iPhone”. Where nothing would be left, the whole text: quoting was what they did."""
    lines = text.split("\n")
    bare = [_MARKS.sub("", line).strip() for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if bare[at].startswith(">"):
            at += 1
            continue
        end = _introduction(bare, at)
        if end is not None:
            following = next((line for line in bare[end:] if line), "")
            if not following.startswith(">"):
                break
            at = end
            continue
        is_quote = _is_head(bare, at) or _introduces_inline(bare[at])
        if is_quote or _is_signature(lines[at], kept):
            break
        kept.append(lines[at])
        at += 1
    said = _tidy(_without_programs_lines(kept))
    return said or _tidy(lines)


def _introduction(bare: Sequence[str], at: int) -> int | None:
    """The line after one that introduces a quotation, which may be broken into three."""
    joined = ""
    for end in range(at, min(at + 3, len(bare))):
        # An address may be broken before its last mark.
        if not bare[end] or (bare[end].startswith(">") and bare[end] != ">:"):
            return None
        joined = f"{joined} {bare[end]}".strip()
        if len(joined) > _LONGEST_INTRODUCTION:
            return None
        if joined.endswith((":", "：")) and _introduces(joined.lower()):
            return end + 1
    return None


def _introduces_inline(line: str) -> bool:
    """Whether a line introduces a quotation and goes on with it, as some telephones write."""
    lower = line[:_LONGEST_INTRODUCTION].lower()
    ends = (lower.find(f"{verb}:") + len(verb) for verb in _WROTE if f"{verb}:" in lower)
    return any("@" in lower[:end] and _introduces(lower[:end]) for end in ends)


def _introduces(line: str) -> bool:
    if not _TELLS_WHEN.search(line):
        return False
    # Gmail in Japanese and others: a time, a name and an address, and no verb.
    if line.rstrip(":： ").endswith(">") and "@" in line and line[0].isdigit():
        return True
    has_verb = any(verb in line for verb in _WROTE)
    return has_verb and (line.startswith(_INTRODUCES) or "@" in line or line[0].isdigit())


def _is_head(bare: Sequence[str], at: int) -> bool:
    """Whether a quoted mail begins here without marks: a rule, a title, or its head."""
    line = bare[at]
    if _RULE.fullmatch(line):
        return _is_head_of_mail([one for one in bare[at + 1 : at + 6] if one])
    lower = line.lower()
    if _DASHED.fullmatch(line) and any(title in lower for title in _QUOTED_MAIL):
        return True
    return _is_head_of_mail([one for one in bare[at : at + 6] if one])


def _is_head_of_mail(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or _head(lines[0]) not in _HEADS["from"]:
        return False
    return sum(_head(line) in _HEADS["other"] for line in lines[1:5]) >= 2


def _head(line: str) -> str:
    found = _HEAD.match(line[:200])
    return found[1].strip().lower() if found else ""


def _is_signature(line: str, kept: Sequence[str]) -> bool:
    return line.rstrip() == "--" and any(said.strip() for said in kept)


def _without_programs_lines(kept: Sequence[str]) -> Sequence[str]:
    """The lines without those at the end that a program added, each after an empty one."""
    end = len(kept)
    while end:
        last = kept[end - 1].strip()
        stands_apart = end == 1 or not kept[end - 2].strip()
        if last and not (stands_apart and _is_programs(last)):
            break
        end -= 1
    return kept[:end]


def _is_programs(line: str) -> bool:
    if len(line) > _LONGEST_PROGRAM:
        return False
    lower = _MARKS.sub("", line).lower()
    return lower.startswith(_PROGRAMS) or lower.endswith(_PROGRAMS_END)


def _tidy(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
