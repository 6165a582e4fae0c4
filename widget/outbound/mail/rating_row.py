"""A survey's first question as a table of links, and the same as plain text."""

from collections.abc import Callable

from widget.domain.looks import text_on
from widget.domain.surveys import Definition
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.words import Words


def rating_row(
    definition: Definition,
    words: Words,
    url_for_score: Callable[[int], str],
    *,
    member: str = "",
    customer: str = "",
) -> str:
    """The main question as one HTML table with a link for each score; ASCII only."""
    scale = definition.question.scale
    points = [
        (
            str(point.score) if point.name.isdigit() else words.point_name(point.name),
            url_for_score(point.score),
        )
        for point in scale.points
    ]
    return ascii_html(
        mail_template("_scores.html").render(
            question=words.sentence(f"question.{scale.kind}", member, customer),
            points=points,
            accent=definition.looks.accent,
            on_accent=text_on(definition.looks.accent),
        )
    )


def rating_row_text(
    definition: Definition,
    words: Words,
    url_for_score: Callable[[int], str],
    *,
    member: str = "",
    customer: str = "",
) -> str:
    """The same as plain text: the question, then for each score a line of its words and link."""
    scale = definition.question.scale
    lines = [words.sentence(f"question.{scale.kind}", member, customer), ""]
    lines += [
        f"{words.point_name(point.name)}: {url_for_score(point.score)}" for point in scale.points
    ]
    return "\n".join(lines) + "\n"
