"""Replies to customers as they are kept: each is a note of its follow-up's thread, and a message of
the queue with the note's id, which carries it out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, email_problem, normal_email
from widget.domain.asking import AskingPolicy
from widget.domain.follow_ups import LETTERS
from widget.domain.mail_addresses import DeliveryName, message_id
from widget.domain.mail_wording import SurveyMail
from widget.domain.messages import Content
from widget.domain.replies import PURPOSE, Correspondent, references
from widget.domain.surveys import Definition
from widget.storage.addresses import address_digests
from widget.storage.indexed import by_index
from widget.storage.models import (
    Customer,
    Delivery,
    FollowUp,
    FollowUpNote,
    Member,
    Message,
    Request,
    Response,
    Survey,
    User,
    Workspace,
)
from widget.storage.suppressions import SentMail, reasons_against
from widget.storage.surveys import version_definition

# Deliveries in one of these are with their customer, or have been.
_ARRIVED = ("accepted", "sent", "delivered")


@dataclass(frozen=True)
class ReplyState:
    """What became of a reply. `status` is one of `domain.replies.STATE_WORDS`."""

    status: str
    why: str
    sent_at: datetime | None


@dataclass(frozen=True)
class ReplyLetter:
    """What the mail of a reply is made of. `refers_to` are Message-IDs, as headers have them.
    `is_first`: no mail went before it in its thread. `quote` is the customer's comment. `customer`
    has the address that it was written to."""

    text: str
    message_id: str
    refers_to: tuple[str, ...]
    is_first: bool
    follow_up_id: UUID
    customer: Correspondent
    writer: str
    writer_address: str
    member: str
    company: str
    policy: AskingPolicy
    test_mail_to: str
    definition: Definition
    mail: SurveyMail
    score: int
    quote: str
    at: datetime


def correspondent_of(session: Session, response: Mapping[str, Any]) -> Correspondent:
    """Whom a reply about a stored response goes to: whoever was asked, else whom the page named,
    else where they asked to be contacted."""
    workspace_id = response["workspace_id"]
    asked = session.execute(
        select(Customer.email, Customer.name)
        .join(
            Request,
            (Request.workspace_id == Customer.workspace_id) & (Request.customer_id == Customer.id),
        )
        .where(Request.workspace_id == workspace_id, Request.id == response["id"])
    ).one_or_none()
    known = [asked.email if asked else "", response["customer_email"], response["contact"]]
    address = next((one for one in known if one and not email_problem(one.strip())), "").strip()
    return Correspondent(
        address=address,
        name=(asked.name if asked else "") or response["customer_name"],
        language=response["language"],
        is_test=response["is_test"],
        why_not=_reasons_against(session, workspace_id, address),
    )


def _reasons_against(session: Session, workspace_id: int, address: str) -> frozenset[str]:
    reasons: set[str] = set()
    if address:
        digest = address_digests(session)
        for spelling in {normal_email(address), customer_email(address)}:
            for one in digest(spelling):
                reasons |= reasons_against(session, workspace_id, one)
    return frozenset(reasons)


def correspondent_of_response(
    session: Session, workspace_id: int, response_id: UUID
) -> Correspondent | None:
    """The same of a response by its id; None when there is none."""
    row = (
        session.execute(
            select(Response.__table__).where(
                Response.workspace_id == workspace_id, Response.id == response_id
            )
        )
        .mappings()
        .one_or_none()
    )
    return correspondent_of(session, dict(row)) if row else None


def has_reply(session: Session, workspace_id: int, id: UUID) -> bool:
    """Whether a reply was queued under an id."""
    return session.get(Message, (workspace_id, id)) is not None


def reply_to(
    session: Session, workspace_id: int, response_id: UUID, id: UUID
) -> FollowUpNote | None:
    """The note of a reply about a response, in whichever of its threads; None when there is none
    with this id."""
    threads = select(FollowUp.id).where(by_index(workspace_id, FollowUp.response_id, [response_id]))
    return session.scalar(
        select(FollowUpNote).where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id.in_(threads),
            FollowUpNote.id == id,
            FollowUpNote.kind == "reply",
        )
    )


def reply_states(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, ReplyState]:
    """What became of some replies."""
    rows = session.execute(
        select(Message.id, Message.status, Message.last_error, Message.sent_at).where(
            Message.workspace_id == workspace_id, Message.id.in_(ids)
        )
    )
    return {row.id: ReplyState(row.status, row.last_error, row.sent_at) for row in rows}


def is_reply_being_sent(session: Session, workspace_id: int, follow_ups: Collection[UUID]) -> bool:
    """Whether a worker has taken up a reply of some follow-ups, and not said what became of it.
    Until the transaction ends, none takes one up."""
    ids = select(FollowUpNote.id).where(
        FollowUpNote.workspace_id == workspace_id,
        FollowUpNote.follow_up_id.in_(follow_ups),
        FollowUpNote.kind == "reply",
    )
    statuses = session.scalars(
        select(Message.status)
        .where(Message.workspace_id == workspace_id, Message.id.in_(ids))
        .with_for_update()
    )
    return "sending" in statuses.all()


def reply_letter(
    session: Session, workspace_id: int, follow_up_id: UUID, id: UUID
) -> ReplyLetter | None:
    """A reply with all that its mail needs; None when it is there no more."""
    note = session.get(FollowUpNote, (workspace_id, follow_up_id, id))
    row = session.execute(
        select(FollowUp, Response, Survey, Workspace)
        .join(
            Response,
            (Response.workspace_id == FollowUp.workspace_id)
            & (Response.id == FollowUp.response_id),
        )
        .join(Survey, Survey.id == Response.survey_id)
        .join(Workspace, Workspace.id == FollowUp.workspace_id)
        .where(FollowUp.workspace_id == workspace_id, FollowUp.id == follow_up_id)
    ).one_or_none()
    if note is None or row is None or note.kind != "reply" or "to" not in note.data:
        return None
    _follow_up, response, survey, workspace = row
    writer = session.get(User, note.user_id) if note.user_id else None
    member = session.get(Member, response.member_id) if response.member_id else None
    customer = correspondent_of_response(session, workspace_id, response.id)
    definition = version_definition(session, response.survey_id, response.version_id)
    assert customer is not None, "a response has somebody who gave it"
    assert definition is not None, "a response has the version that it answered"
    domain = str(note.data["message_id"]).rpartition("@")[2].rstrip(">")
    asked, in_thread = _mails_before(session, note, response.id, domain)
    return ReplyLetter(
        text=note.text,
        message_id=note.data["message_id"],
        refers_to=references([*asked, *in_thread]),
        is_first=not asked and not in_thread,
        follow_up_id=follow_up_id,
        customer=_as_written_to(session, workspace_id, customer, note.data["to"]),
        writer=(writer.name or "") if writer else "",
        writer_address=writer.email if writer else "",
        member=member.name if member else "",
        company=workspace.name,
        policy=AskingPolicy.from_json(workspace.asking),
        test_mail_to=workspace.test_mail_to,
        definition=definition,
        mail=SurveyMail.from_json(survey.mail),
        score=response.score,
        quote=(response.comment or "") if response.comment_hidden_at is None else "",
        at=note.at,
    )


def _as_written_to(
    session: Session, workspace_id: int, customer: Correspondent, address: str
) -> Correspondent:
    """A customer at the address that a reply was written to, which may be theirs no more."""
    if customer.address in ("", address):
        return customer
    # A complaint is the person's, wherever they are written to.
    reasons = {why for why in customer.why_not if why == "complaint"}
    reasons |= _reasons_against(session, workspace_id, address)
    return replace(customer, address=address, why_not=frozenset(reasons))


def _mails_before(
    session: Session, note: FollowUpNote, response_id: UUID, domain: str
) -> tuple[list[str], list[str]]:
    """The Message-IDs of the mails that asked, and of those in a note's thread before it."""
    sent = select(Delivery.id).where(
        Delivery.workspace_id == note.workspace_id,
        Delivery.request_id == response_id,
        Delivery.status.in_(_ARRIVED),
        Delivery.is_test.is_(False),
    )
    asked = [
        message_id(DeliveryName(note.workspace_id, id), domain)
        for id in session.scalars(sent.order_by(Delivery.id))
    ]
    letters = session.execute(
        select(FollowUpNote.id, FollowUpNote.data)
        .where(
            FollowUpNote.workspace_id == note.workspace_id,
            FollowUpNote.follow_up_id == note.follow_up_id,
            FollowUpNote.kind.in_(LETTERS[:2]),
            FollowUpNote.at <= note.at,
            FollowUpNote.id != note.id,
        )
        .order_by(FollowUpNote.at, FollowUpNote.id)
    )
    return asked, [row.data["message_id"] for row in letters if row.data.get("message_id")]


def mail_of_reply(session: Session, workspace_id: int, id: UUID) -> SentMail | None:
    """Whose mail a reply was; None when there is no such reply, or nobody has its mail yet."""
    row = session.execute(
        select(Message.target, Message.content, Workspace)
        .join(Workspace, Workspace.id == Message.workspace_id)
        .where(
            Message.workspace_id == workspace_id,
            Message.id == id,
            Message.purpose == PURPOSE,
            Message.status.in_(("sending", "sent", "bounced")),
        )
    ).one_or_none()
    if row is None or not row.target:
        return None
    target, content, workspace = row
    follow_up_id = UUID(hex=content["follow_up_id"])
    note = session.get(FollowUpNote, (workspace_id, follow_up_id, id))
    # A test's mail went to somebody else.
    is_test = bool(workspace.test_mail_to) or note is None or note.data.get("to") != target
    return SentMail(workspace_id, id, target, is_test, workspace.name, "", follow_up_id)


def reply_content(follow_up_id: UUID, link: str) -> Content:
    """What the queue keeps of a reply: no word of it, which stand in the thread alone."""
    return Content("", "", link=link, follow_up_id=follow_up_id.hex)
