"""Messages as chats take them: what customers wrote stays text."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from widget.domain.chat_messages import slack_message, teams_message
from widget.domain.messages import Content, tidy_content

NASTY = "<!channel> @here <https://evil.example|Log in> *bold* & <@U123>\n[x](https://e.example)"
CONTENT = Content(
    "1 of 5 stars for <!here>",
    "A follow-up was opened.",
    (("Customer", "<@U1> & @channel"), ("Survey", "A & B")),
    NASTY,
    "https://sayso.example/console/follow-ups/1?a=1&b=2",
    "Open the follow-up",
)


def test_slack_gets_no_markup_of_others() -> None:
    message = slack_message(CONTENT)
    texts = [block["text"] for block in message["blocks"]]
    assert texts[0] == {
        "type": "plain_text",
        "text": "1 of 5 stars for <\u2060!here>",
        "emoji": False,
    }
    sections = texts[1:]
    assert all(text["type"] == "mrkdwn" and text["verbatim"] for text in sections)
    # The one link is ours.
    assert "".join(text["text"] for text in sections).count("<") == 1
    assert sections[-1]["text"].startswith("<https://sayso.example/")
    assert "&lt;!channel&gt;" in sections[1]["text"]
    everything = json.dumps(message, ensure_ascii=False).lower()
    assert "@here" not in everything
    assert "@channel" not in everything
    assert "<" not in message["text"]


def test_each_line_of_a_customer_is_quoted_in_slack() -> None:
    [_header, _text, quote, *_rest] = slack_message(CONTENT)["blocks"]
    assert all(line.startswith("> ") for line in quote["text"]["text"].splitlines())


def test_what_is_too_long_for_slack_is_cut_between_characters() -> None:
    for extra in range(6):
        content = tidy_content(Content("S", "x" * extra + "&" * 1_990))
        text = slack_message(content)["blocks"][1]["text"]["text"]
        assert len(text) <= 3_000
        assert text.rstrip("…").lstrip("x").replace("&amp;", "") == ""


def texts_of(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for one in part for found in texts_of(one)]
    if isinstance(part, dict):
        mine = [part] if "text" in part else []
        return mine + [found for one in part.values() for found in texts_of(one)]
    return []


def test_teams_gets_one_card_whose_texts_know_no_markdown() -> None:
    message = teams_message(CONTENT)
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {part["type"] for part in texts_of(card)} == {"TextRun"}
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": CONTENT.link_words, "url": CONTENT.link}
    ]


def test_a_card_replaces_no_dates_and_fits_into_teams() -> None:
    content = tidy_content(
        Content("S", "T", (("W", "é" * 300),) * 12, "{{DATE(2017-02-14T06:08:00Z)}}" + "😡" * 2_000)
    )
    body = json.dumps(teams_message(content), ensure_ascii=False).encode()
    assert b"{{DATE" not in body
    assert len(body) < 28 * 1024


@given(st.text(), st.text())
def test_any_text_makes_a_message(subject: str, quote: str) -> None:
    content = tidy_content(Content(subject, "T", (("W", subject),), quote, "https://s.example/"))
    assert json.dumps(slack_message(content))
    assert len(slack_message(content)["blocks"]) <= 50
    assert len(teams_message(content)["attachments"]) == 1
