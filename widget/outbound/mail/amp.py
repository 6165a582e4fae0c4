"""The optional part of a mail that answers inside the mail itself (AMP for Email).

Off by default: Gmail, Yahoo and Mail.ru alone show it, and each wants the sender registered first.
"""

from widget.domain.looks import text_on
from widget.domain.surveys import Definition
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.words import Words

# The format's limit of a whole document.
MARKUP_LIMIT = 200_000


def amp_part(definition: Definition, words: Words, action: str) -> str:
    """The document: one question as radios, one button, and what is said afterwards.

    `action` is the absolute address that the answer is posted to.
    """
    question = definition.question
    return ascii_html(
        mail_template("request.amp.html").render(
            words=words,
            question=words.sentence(f"question.{question.kind}", "", ""),
            points=[(point.score, words.point_name(point.name)) for point in question.scale.points],
            action=action,
            accent=definition.looks.accent,
            on_accent=text_on(definition.looks.accent),
        )
    )
