"""A rating row as HTML and text: whole, small, plain, and readable in every language."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser

import pytest

from widget.domain.help_desks import HELP_DESKS, unsigned_link
from widget.domain.looks import contrast
from widget.domain.scales import STYLES, Kind, Style
from widget.domain.surveys import Definition, new_definition, with_text
from widget.email_rows import rating_row, rating_row_text
from widget.translations import LANGUAGES
from widget.web.face.speech import Speech

EVERY_STYLE: list[tuple[Kind, Style]] = [
    (kind, style) for kind, styles in STYLES.items() for style in styles
]
every_style = pytest.mark.parametrize(("kind", "style"), EVERY_STYLE)
LARGEST = 6 * 1024


class Links(HTMLParser):
    """The links of some HTML in order: address, name for a screen reader, and seen text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            given = dict(attrs)
            self.found.append((given["href"] or "", given.get("aria-label") or "", ""))
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            url, label, seen = self.found[-1]
            self.found[-1] = (url, label, seen + data)

    def names(self) -> list[str]:
        return [label or seen for _url, label, seen in self.found]


def signed(score: int) -> str:
    return f"https://feedback.example/s/token?score={score}"


def row(
    definition: Definition,
    language: str = "en",
    url: Callable[[int], str] = signed,
    **names: str,
) -> str:
    return rating_row(definition, Speech(definition, language, "Acme"), url, **names)


@every_style
def test_there_is_one_link_for_each_score_in_order(kind: Kind, style: Style) -> None:
    definition = new_definition(kind, style)
    links = Links(row(definition)).found
    assert [url for url, _label, _seen in links] == [
        signed(score) for score in definition.question.scale.scores
    ]


@pytest.mark.parametrize(
    ("kind", "style", "names"),
    [
        ("stars", "stars", ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]),
        (
            "csat",
            "faces5",
            [
                "1 – Very dissatisfied",
                "2 – Dissatisfied",
                "3 – Neutral",
                "4 – Satisfied",
                "5 – Very satisfied",
            ],
        ),
        ("csat", "faces3", ["Dissatisfied", "Neutral", "Satisfied"]),
        (
            "nps",
            "numbers",
            ["0 – Not at all likely", *map(str, range(1, 10)), "10 – Extremely likely"],
        ),
    ],
)
def test_each_link_has_a_name_that_says_the_score(
    kind: Kind, style: Style, names: list[str]
) -> None:
    assert Links(row(new_definition(kind, style))).names() == names


@every_style
def test_without_those_names_what_is_seen_still_says_the_score(kind: Kind, style: Style) -> None:
    definition = new_definition(kind, style)
    html = row(definition)
    for (_url, label, seen), point in zip(
        Links(html).found, definition.question.scale.points, strict=True
    ):
        assert seen.startswith(str(point.score)) or seen == point.name
        assert not label or label.startswith(str(point.score))
    if kind == "nps":
        assert "0 – Not at all likely · 10 – Extremely likely" in unescape(html).replace(
            "\u00a0", " "
        )


@every_style
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_is_small_plain_and_survives_as_7bit_mail(
    kind: Kind, style: Style, language: str
) -> None:
    definition = new_definition(kind, style)
    for desk in HELP_DESKS:

        def link(score: int, desk=desk) -> str:  # type: ignore[no-untyped-def]
            return unsigned_link(
                "https://feedback.example.com", "k3v9x2m7q4wz", score, desk, language
            )

        html = row(definition, language, link)
        assert len(html) <= LARGEST, desk.id
        assert html.isascii()
        assert max(map(len, html.splitlines())) < 900
        assert not re.search(r"<(img|script|style|link|svg|input|form)\b", html)
        assert all(placeholder in html for placeholder in desk.placeholders.values())
    message = EmailMessage()
    message.set_content(html, subtype="html", cte="7bit")
    sent = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert sent.get_content() == html


def test_a_signed_link_as_long_as_they_come_still_fits() -> None:
    definition = new_definition("nps")
    html = row(
        definition, "ar", lambda score: f"https://feedback.example.com/s/{'x' * 180}?{score}"
    )
    assert len(html) <= LARGEST


def test_ten_likely_points_stand_in_two_groups_that_wrap_on_phones() -> None:
    html = row(new_definition("nps"))
    groups = re.findall(r'<table [^>]*align="left"[^>]*>(.*?)</table>', html, re.DOTALL)
    assert [len(Links(group).found) for group in groups] == [6, 5]
    assert len(re.findall("align=", row(new_definition("stars")))) == 2


def test_a_right_to_left_language_turns_the_row_and_not_its_numbers() -> None:
    html = row(new_definition("nps"), "ar")
    assert html.count('dir="rtl"') == 3
    assert html.count('align="right"') == 2
    assert 'align="left"' not in html
    assert [seen for _url, _label, seen in Links(html).found] == list(map(str, range(11)))


def test_wording_and_addresses_cannot_break_out() -> None:
    definition = with_text(
        new_definition("stars"), "question.stars", "en", '<img src=x> & "{member}"?'
    )
    html = row(definition, url=lambda score: f'https://x.example/?a="><b>&s={score}', member="<i>")
    assert "<img" not in html
    assert "<i>" not in html
    assert Links(html).found[0][0] == 'https://x.example/?a="><b>&s=1'


def test_the_row_asks_in_the_teams_words_about_the_member() -> None:
    definition = with_text(
        new_definition("stars"), "question.stars", "fr", "{member} vous a-t-elle aidé ?"
    )
    assert "Ana vous a-t-elle aid&#233; ?" in row(definition, "fr", member="Ana")
    assert "notre &#233;quipe vous a-t-elle" in row(definition, "fr")


@pytest.mark.parametrize("accent", ["#5b5bd6", "#FFC107", "#000000", "#ffffff", "#757575"])
def test_what_stands_on_a_cell_can_be_read(accent: str) -> None:
    definition = new_definition("stars")
    html = row(replace(definition, looks=replace(definition.looks, accent=accent)))
    grounds = set(re.findall(r'bgcolor="(#\w{6})"', html))
    inks = set(re.findall(r'style="color:(#\w{6})', html))
    assert grounds == {accent}
    assert contrast(grounds.pop(), inks.pop()) >= 4.5


def test_text_outside_the_cells_takes_the_messages_own_colour() -> None:
    html = row(new_definition("nps"))
    for cell in re.findall(r"<td style=\"([^\"]*)\"", html):
        assert "color" not in cell


@every_style
def test_cells_are_as_tall_as_a_finger_needs(kind: Kind, style: Style) -> None:
    html = row(new_definition(kind, style))
    cells = re.findall(r"<td bgcolor[^>]*>", html)
    assert all('height="44"' in cell for cell in cells)
    # Eleven stand in one line: see below.
    width = 'width="40"' if kind == "nps" else 'width="44"'
    assert all(width in cell or "padding:0 14px" in cell for cell in cells)
    assert html.count("line-height:44px") == len(cells)


def test_no_row_of_groups_is_wider_than_what_a_mail_of_600_pixels_has_for_it() -> None:
    html = row(new_definition("nps"))
    widths = [int(width) for width in re.findall(r'<td bgcolor[^>]* width="(\d+)"', html)]
    spacings = len(widths) + html.count('cellspacing="3"')
    assert (len(widths), spacings) == (11, 13)
    assert sum(widths) + 3 * spacings <= 480


def test_the_text_has_a_line_for_each_score_with_its_link() -> None:
    definition = new_definition("csat")
    text = rating_row_text(definition, Speech(definition, "en", "Acme"), signed)
    assert text == (
        "How satisfied are you with the help you received?\n\n"
        f"1 – Very dissatisfied: {signed(1)}\n"
        f"2 – Dissatisfied: {signed(2)}\n"
        f"3 – Neutral: {signed(3)}\n"
        f"4 – Satisfied: {signed(4)}\n"
        f"5 – Very satisfied: {signed(5)}\n"
    )


def test_the_text_names_stars_words_and_bare_numbers() -> None:
    def lines(kind: Kind, style: Style) -> list[str]:
        definition = new_definition(kind, style)
        text = rating_row_text(definition, Speech(definition, "de", "Acme"), lambda _score: "URL")
        return text.splitlines()[2:]

    assert lines("stars", "stars")[0] == "1 Stern: URL"
    assert lines("csat", "thumbs") == ["Nein: URL", "Ja: URL"]
    assert lines("nps", "numbers")[7] == "7: URL"
