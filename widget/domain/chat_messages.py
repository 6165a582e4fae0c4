"""A message as Slack and Microsoft Teams take it. What others wrote stays text in both."""

import re
from typing import Any

from widget.domain.messages import Content, plain_text

# Slack's limits for a header and a section; ours keep below them after escaping.
_HEADER_LIMIT = 150
_SECTION_LIMIT = 2_900
_QUOTED_LINES = 30
_EVERYBODY = re.compile(r"@(?=channel\b|here\b|everyone\b|all\b|group\b)", re.IGNORECASE)
# Seen by nobody; it keeps what stands on either side from being read as one.
_JOINER = "\u2060"


def slack_message(content: Content) -> dict[str, Any]:
    """The body for one of Slack's incoming webhooks, and for chats that take the same."""
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {
                "type": "plain_text",
                "text": _plain(content.subject)[:_HEADER_LIMIT],
                "emoji": False,
            },
        },
        _section(_escaped(content.text)),
    ]
    if content.quote:
        lines = _escaped(content.quote).splitlines()
        blocks.append(_section("\n".join(f"> {line}" for line in lines)))
    if content.facts:
        blocks.append(
            _section(
                "\n".join(f"{_escaped(word)}: {_escaped(said)}" for word, said in content.facts)
            )
        )
    if content.link:
        words = _escaped(content.link_words or content.link).replace("|", "¦")
        blocks.append(_section(f"<{_escaped(content.link)}|{words}>"))
    # What notifications show, and what chats show that know no blocks.
    return {"text": _escaped(plain_text(content))[:_SECTION_LIMIT], "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    # Verbatim: no address, channel or name that a customer wrote becomes a link or a ping.
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": _cut(text) or " ", "verbatim": True},
    }


def _cut(text: str) -> str:
    if len(text) <= _SECTION_LIMIT:
        return text
    # Not in the middle of an escaped character.
    return re.sub(r"&[a-z]{0,3}$", "", text[:_SECTION_LIMIT]) + "…"


def _escaped(text: str) -> str:
    """A text that Slack shows as it is: its three special characters, and no `@channel`."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _without_pings(safe)


def _plain(text: str) -> str:
    """The same where Slack reads no markup, should it ever do: `<!channel>` calls everybody."""
    return _without_pings(text).replace("<!", f"<{_JOINER}!")


def _without_pings(text: str) -> str:
    return _EVERYBODY.sub(f"@{_JOINER}", text)


def teams_message(content: Content) -> dict[str, Any]:
    """The body for a webhook of Teams' Workflows: one Adaptive Card.

    Everything stands in text runs, which know no Markdown. The version is the newest that
    Workflows post.
    """
    body = [_runs(_run(content.subject, size="large", weight="bolder"))]
    body += [_runs(_run(line)) for line in content.text.splitlines() if line.strip()]
    quoted = [line for line in content.quote.splitlines() if line.strip()]
    shown, rest = quoted[:_QUOTED_LINES], quoted[_QUOTED_LINES:]
    if shown:
        items = [_runs(_run(line)) for line in [*shown, *([" ".join(rest)] if rest else [])]]
        body.append({"type": "Container", "style": "emphasis", "items": items})
    body += [_runs(_run(f"{word}: ", weight="bolder"), _run(said)) for word, said in content.facts]
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if content.link:
        title = content.link_words or "Open"
        card["actions"] = [{"type": "Action.OpenUrl", "title": title, "url": content.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _runs(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **looks: str) -> dict[str, Any]:
    # Cards replace {{DATE(…)}} by a date.
    return {"type": "TextRun", "text": text.replace("{{", f"{{{_JOINER}{{"), **looks}
