"""Help desks as data: where a rating row is pasted, and which placeholders are filled in there.

A placeholder stands literally in a link and is replaced by the help desk when it sends. What no
documentation or source code tells is left out rather than guessed: a rating without a ticket's
number still counts, a wrong placeholder only looks right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FieldName = Literal["ref", "member", "email", "name"]


@dataclass(frozen=True)
class HelpDesk:
    """One place to paste a row into.

    `placeholders` maps a link's parameter to what the help desk replaces; a parameter that it
    cannot fill is missing. `unconfirmed` are those that the vendor's documentation does not
    confirm. `place`, `steps` and `caveats` are English sentences for the console.
    """

    id: str
    name: str
    place: str
    steps: tuple[str, ...]
    placeholders: Mapping[FieldName, str] = field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


# Which parameters are about the customer, and can be left out of links for privacy.
ABOUT_CUSTOMER: tuple[FieldName, ...] = ("email", "name")

_SOURCE_VIEW = "Switch the editor to its HTML or source view before you paste."
_BLANK = "A placeholder without a value is left blank; the rating counts all the same."

_ZENDESK_TRIGGER = HelpDesk(
    "zendesk-trigger",
    "Zendesk: trigger or automation",
    "The body of an email that a trigger or an automation sends",
    (
        "In the Admin Center, open Objects and rules, Business rules, and then Triggers or "
        "Automations.",
        "Choose the rule that writes to the requester when a ticket is solved, or make one.",
        "Paste the row into the body of its action “Email user”, below your text.",
    ),
    {
        "ref": "{{ticket.id}}",
        "member": "{{ticket.assignee.email}}",
        "email": "{{ticket.requester.email}}",
        "name": "{{ticket.requester.name}}",
    },
    caveats=(
        "Placeholders are case-sensitive and do not work inside code blocks.",
        "Zendesk suppresses placeholders in some triggers that run on new tickets; ask when a "
        "ticket is solved.",
    ),
)
_ZENDESK_SIGNATURE = HelpDesk(
    "zendesk-signature",
    "Zendesk: signature",
    "The signature below every public reply of an agent",
    (
        "In the Admin Center, open Channels, Talk and email, Email.",
        "Paste the row at the end of the agent signature.",
    ),
    {"member": "{{agent.email}}"},
    caveats=(
        "Signatures know who answers, but nothing of the ticket or the customer: ratings from "
        "here come without a ticket’s number. Use a trigger to have it.",
    ),
)
_FRESHDESK = HelpDesk(
    "freshdesk",
    "Freshdesk",
    "An automation’s email to the requester, an email notification or a canned response",
    (
        "In Admin, open Workflows, Automations, and the rule that runs on ticket updates.",
        "Add the action “Send email to requester”.",
        _SOURCE_VIEW,
        "Paste the row below your text.",
    ),
    {
        "ref": "{{ticket.id}}",
        "member": "{{ticket.agent.email}}",
        "email": "{{ticket.requester.email}}",
        "name": "{{ticket.requester.name}}",
    },
    unconfirmed=("{{ticket.id}}", "{{ticket.requester.email}}", "{{ticket.requester.name}}"),
    caveats=("Some automations offer {{ticket.contact.*}} in place of {{ticket.requester.*}}.",),
)
_HELP_SCOUT = HelpDesk(
    "helpscout",
    "Help Scout",
    "An inbox’s signature, a saved reply or a workflow’s email",
    (
        "Open the inbox’s settings and its signature, or the saved reply.",
        _SOURCE_VIEW,
        "Paste the row at the end.",
    ),
    {
        "ref": "{%conversation.number%}",
        "member": "{%user.email%}",
        "email": "{%customer.email%}",
        "name": "{%customer.fullName%}",
    },
    unconfirmed=(
        "{%conversation.number%}",
        "{%user.email%}",
        "{%customer.email%}",
        "{%customer.fullName%}",
    ),
)
_GORGIAS = HelpDesk(
    "gorgias",
    "Gorgias",
    "A macro’s reply",
    (
        "Open Macros, and the macro that your agents close tickets with.",
        _SOURCE_VIEW,
        "Paste the row at the end of the reply.",
    ),
    {
        "ref": "{{ticket.id}}",
        "member": "{{current_user.email}}",
        "email": "{{ticket.customer.email}}",
        "name": "{{ticket.customer.firstname}}",
    },
    caveats=(
        _BLANK,
        "A rule has no current user: there, write {{ticket.assignee_user.email}} after member=.",
    ),
)
_FRONT = HelpDesk(
    "front",
    "Front",
    "A message template or a signature",
    (
        "Open Settings, and the signature or the message template.",
        _SOURCE_VIEW,
        "Paste the row at the end.",
    ),
    {
        "ref": "{{conversation.id}}",
        "member": "{{user.email}}",
        "email": "{{recipient.email}}",
        "name": "{{recipient.name}}",
    },
)
_FREESCOUT = HelpDesk(
    "freescout",
    "FreeScout",
    "A mailbox’s signature",
    (
        "Open the mailbox’s settings.",
        _SOURCE_VIEW,
        "Paste the row at the end of the email signature.",
    ),
    {
        "ref": "{%conversation.number%}",
        "member": "{%user.email%}",
        "email": "{%customer.email%}",
        "name": "{%customer.fullName%}",
    },
    caveats=("These placeholders are read from FreeScout’s own source code.",),
)
_INTERCOM = HelpDesk(
    "intercom",
    "Intercom",
    "A macro or an outbound email",
    (
        "Open the macro or the email.",
        "Add an HTML block where there is one, and paste the row into it.",
        "Where HTML is not taken, use one plain link from the text below the row.",
    ),
    caveats=(
        "No placeholder for a conversation or a teammate is known, so ratings from here say "
        "neither. To have both, let a webhook for closed conversations make the request "
        "through the API.",
    ),
)
_CONNECTWISE = HelpDesk(
    "connectwise",
    "ConnectWise PSA",
    "A status notification, a workflow rule’s email or an email format",
    (
        "Open System, Setup Tables, and the service board’s status, the workflow rule or the "
        "email format.",
        _SOURCE_VIEW,
        "Paste the row at the end of the message.",
    ),
    caveats=(
        "Tokens are lower-case words in square brackets, and each place knows others. None for a "
        "ticket or a contact could be confirmed: take them from the list in the editor, and write "
        "&amp;ref= and &amp;email= followed by the token at the end of each link.",
    ),
)
_AUTOTASK = HelpDesk(
    "autotask",
    "Autotask PSA",
    "A notification template",
    (
        "Open Admin, Automation, Email Notifications & Surveys, Notification Templates.",
        "Copy the template that tells the customer about a completed ticket.",
        _SOURCE_VIEW,
        "Paste the row at the end of the message.",
    ),
    {
        "member": "[Miscellaneous: Initiating Resource Email]",
        "email": "[Contact: Email Address]",
        "name": "[Contact: First Name]",
    },
    unconfirmed=(
        "[Miscellaneous: Initiating Resource Email]",
        "[Contact: Email Address]",
        "[Contact: First Name]",
    ),
    caveats=(
        "Autotask’s tokens are translated: on a server that is not English, take their names from "
        "the template editor’s list.",
        "A token that Autotask does not know stays as it is; the Embed page then shows it.",
        "No token for the ticket’s number could be confirmed: choose it from the editor’s list, "
        "and write &amp;ref= followed by it at the end of each link.",
    ),
)
_PLAIN = HelpDesk(
    "plain",
    "Other mail program or newsletter",
    "A signature, a newsletter or any message written in HTML",
    (
        "Open the signature or the message.",
        _SOURCE_VIEW,
        "Paste the row where it is to stand.",
        "Where only formatted text is taken, copy the row from its preview for Gmail, light.",
    ),
    caveats=(
        "The links say nothing about who answers. If your program fills in placeholders, add "
        "&amp;ref=, &amp;member= and &amp;email= with them at the end of each link.",
    ),
)

HELP_DESKS: tuple[HelpDesk, ...] = (
    _ZENDESK_TRIGGER,
    _ZENDESK_SIGNATURE,
    _FRESHDESK,
    _HELP_SCOUT,
    _GORGIAS,
    _FRONT,
    _FREESCOUT,
    _INTERCOM,
    _CONNECTWISE,
    _AUTOTASK,
    _PLAIN,
)


def help_desk(id: str) -> HelpDesk | None:
    """The help desk with this id; None when there is none."""
    return next((desk for desk in HELP_DESKS if desk.id == id), None)


def unsigned_link(
    home: str,
    public_id: str,
    score: int,
    desk: HelpDesk,
    language: str,
    *,
    with_customer: bool = True,
) -> str:
    """Where one cell of a pasted row leads: `HOME/e/PUBLIC_ID?score=4&ref={{ticket.id}}&…`.

    Placeholders stay literal, because help desks do not find them once they are percent-encoded.
    `language` is the row's, so that the page behind it speaks the same one. Without
    `with_customer` the link holds no address and no name of the customer.
    """
    parts = [f"score={score}"]
    for name, placeholder in desk.placeholders.items():
        if with_customer or name not in ABOUT_CUSTOMER:
            parts.append(f"{name}={placeholder}")
    parts += ["channel=email", f"lang={language}"]
    return f"{home}/e/{public_id}?" + "&".join(parts)
