"""What mail clients draw: every element, attribute and CSS property that our mail may use.

The facts are those that caniemail.com has tested (https://www.caniemail.com/features/SLUG/), for
Outlook on Windows with Word's engine, Gmail in all its forms, Apple Mail and Yahoo Mail; where a
client's forms differ, the poorest one counts. A feature that some client lacks is used only with
a declared fallback.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

Level = Literal["yes", "partly", "no"]
CLIENTS = ("outlook", "gmail", "apple_mail", "yahoo")


@dataclass(frozen=True)
class Feature:
    """A feature by its name: `<table>`, `bgcolor=` or `border-radius:`.

    `slug` is its page on caniemail.com, "" for what is older than CSS (HTML 3.2), which Word draws
    by itself and the site does not list. `fallback` says what a customer sees, and why that is
    good enough, where a client does not draw it fully.
    """

    name: str
    slug: str = ""
    outlook: Level = "yes"
    gmail: Level = "yes"
    apple_mail: Level = "yes"
    yahoo: Level = "yes"
    fallback: str = ""

    @property
    def is_everywhere(self) -> bool:
        return all(getattr(self, client) == "yes" for client in CLIENTS)


_FEATURES = (
    Feature("<a>"),
    Feature("<b>"),
    Feature("<br>"),
    Feature("<body>"),
    Feature("<head>"),
    Feature("<html>"),
    Feature("<meta>"),
    Feature("<title>"),
    Feature("<h1>", "html-h1-h6"),
    Feature("<h2>", "html-h1-h6"),
    Feature("<p>", "html-p"),
    Feature("<strong>", "html-strong"),
    Feature("<table>", "html-table"),
    Feature("<tr>", "html-table"),
    Feature("<td>", "html-table"),
    Feature("<div>", "html-div"),
    Feature("<span>", "html-span"),
    Feature("<img>"),
    Feature(
        "<style>",
        "html-style",
        outlook="partly",
        gmail="partly",
        yahoo="partly",
        fallback="Holds colours for the dark alone; without it a client’s own dark mode decides.",
    ),
    Feature(
        "@media prefers-color-scheme",
        "css-at-media-prefers-color-scheme",
        outlook="no",
        gmail="no",
        yahoo="no",
        fallback="The mail stays light, or is turned over as a whole by the client.",
    ),
    Feature("href="),
    Feature("class="),
    Feature("src="),
    Feature("alt="),
    Feature("style="),
    Feature("charset="),
    Feature("content="),
    Feature("name="),
    Feature("border="),
    Feature("bgcolor="),
    Feature("align=", "html-align"),
    Feature("cellpadding=", "html-cellpadding"),
    Feature("cellspacing=", "html-cellspacing"),
    Feature(
        "width=",
        "html-width",
        outlook="partly",
        fallback="At 120 dpi Outlook keeps the size in pixels: cells are smaller beside the text.",
    ),
    Feature(
        "height=",
        "html-height",
        outlook="partly",
        fallback="At 120 dpi Outlook keeps the size in pixels: cells are smaller beside the text.",
    ),
    Feature(
        "lang=",
        "html-lang",
        outlook="partly",
        yahoo="partly",
        fallback="Screen readers then read in the message’s language; nothing looks different.",
    ),
    Feature(
        "dir=",
        "html-dir",
        outlook="partly",
        gmail="partly",
        fallback="Stands on tables only, where Outlook heeds it; links need none of their own.",
    ),
    Feature(
        "role=",
        "html-role",
        yahoo="no",
        fallback="Yahoo’s readers hear that the links stand in a table.",
    ),
    Feature(
        "aria-label=",
        "html-aria-label",
        yahoo="no",
        fallback="What is seen says the score, and the line below says what its ends mean.",
    ),
    Feature("background-color:", "css-background-color"),
    Feature(
        "overflow:",
        "css-overflow",
        outlook="no",
        apple_mail="partly",
        yahoo="partly",
        fallback="Only keeps the preview line out of sight, beside `display: none`.",
    ),
    Feature(
        "max-height:",
        "css-max-height",
        outlook="no",
        fallback="Only keeps the preview line out of sight, beside `display: none`.",
    ),
    Feature("color:"),
    Feature(
        "color-scheme:",
        "css-color-scheme",
        outlook="no",
        gmail="no",
        yahoo="no",
        fallback="Says that the mail knows the dark; clients that do not ask decide by themselves.",
    ),
    Feature("font-family:"),
    Feature(
        "border-spacing:",
        "css-border-spacing",
        outlook="no",
        fallback="Where a long row wraps, its lines stand further apart than its cells.",
    ),
    Feature(
        "border-radius:",
        "css-border-radius",
        outlook="no",
        fallback="Outlook draws square corners.",
    ),
    Feature(
        "display:",
        "css-display",
        outlook="partly",
        gmail="partly",
        yahoo="partly",
        fallback="In Outlook the digit or word is the link, not the whole cell around it.",
    ),
    Feature(
        "font-size:",
        "css-font-size",
        outlook="partly",
        yahoo="partly",
        fallback="Only rem is missing there, and we write pixels.",
    ),
    Feature(
        "font-weight:",
        "css-font-weight",
        outlook="partly",
        yahoo="partly",
        fallback="Only fine steps are missing there, and we write bold or normal.",
    ),
    Feature(
        "line-height:",
        "css-line-height",
        outlook="partly",
        fallback="Cells keep their height by their attribute, with the text in the middle.",
    ),
    Feature(
        "padding:",
        "css-padding",
        outlook="partly",
        fallback="Stands on table cells only, where Outlook heeds it.",
    ),
    Feature(
        "text-decoration:",
        "css-text-decoration",
        outlook="partly",
        gmail="partly",
        fallback="Links are underlined in Gmail’s app for other accounts.",
    ),
    Feature(
        "margin:",
        "css-margin",
        outlook="partly",
        gmail="partly",
        fallback="Only negative and automatic margins are missing there, and we write neither.",
    ),
    Feature(
        "border:",
        "css-border",
        outlook="partly",
        fallback="Stands on tables and cells only, and is thinner than 8 pixels.",
    ),
    Feature(
        "text-align:",
        "css-text-align",
        outlook="partly",
        gmail="partly",
        yahoo="partly",
        fallback="Only start and end are missing there, and we write left, right and center.",
    ),
    Feature(
        "width:",
        "css-width",
        outlook="partly",
        fallback="Stands on tables and cells only, where Outlook heeds it.",
    ),
    Feature(
        "max-width:",
        "css-max-width",
        outlook="partly",
        fallback="Older Outlooks draw the table as wide as the window.",
    ),
)

FEATURES: dict[str, Feature] = {feature.name: feature for feature in _FEATURES}


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "style":
            return
        # Inside a sheet: which media it asks for, and which properties it sets.
        for query in re.findall(r"@media\s*\(\s*([a-z-]+)", data):
            self.names.add(f"@media {query}")
        self.names |= {f"{name}:" for name in re.findall(r"[{;]\s*([a-z-]+)\s*:", data)}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(f"<{tag}>")
        for name, value in attrs:
            self.names.add(f"{name}=")
            if name == "style":
                declared = (part.partition(":")[0].strip() for part in (value or "").split(";"))
                self.names |= {f"{part}:" for part in declared if part}


def used_features(html: str) -> set[str]:
    """The names of all elements, attributes, CSS properties and media queries in some HTML."""
    collector = _Collector()
    collector.feed(html)
    collector.close()
    return collector.names


def undeclared_features(html: str) -> set[str]:
    """What some HTML of a mail uses although FEATURES does not say how clients draw it."""
    return used_features(html) - FEATURES.keys()


def fallbacks_of(html: str) -> list[Feature]:
    """The features in some HTML that a client does not draw fully, by name."""
    used = (FEATURES[name] for name in sorted(used_features(html)) if name in FEATURES)
    return [feature for feature in used if not feature.is_everywhere]
