"""A customer who has left every kind of trace, and looking for what may be left of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import inspect, text

from tests.builders import (
    AskedByMail,
    Workspace,
    add_customer,
    answer_survey,
    ask,
    ask_by_mail,
    customer_of,
    send_due_requests,
    set_rules,
)
from tests.following import follow_ups, raise_alerts, user_id
from tests.replying import HOME, reply, send_replies
from tests.ruling import add_rule, make_webhook
from tests.web.landing.mailing import reader
from widget.actions.change_guidance import change_guidance
from widget.actions.decide_testimonial import approve_testimonial
from widget.actions.keep_filter import keep_filter
from widget.actions.note_follow_up import write_note
from widget.actions.note_response import Author, note_response
from widget.actions.receive_reply import receive_reply
from widget.actions.share_response import share_response
from widget.actions.tag_response import set_tag
from widget.actions.upload_requests import upload_requests
from widget.actions.work_on_follow_up import resolve
from widget.domain.inbound.mails import Attachment, InboundMail
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.mail_addresses import ThreadName, address_digest
from widget.domain.roles import EVERYTHING
from widget.domain.rules.rule import Acts
from widget.domain.tags import read_tag
from widget.extensions import db
from widget.outbound.mail.letters import Post
from widget.outbound.mail.notes import MailNotes
from widget.outbound.mail.sending import SendMail
from widget.outbound.mail.transport import FileMailer
from widget.outbound.messages import SendMessages
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.suppressions import suppress

EMAIL = "quillon.zephyrine@trace.example"
COMMENT = "The xylophone arrived broken and nobody apologised"
LATER_COMMENT = "The xylophone arrived broken, and then somebody apologised profusely"
# Nothing else in a database has any of these.
NEEDLES = (
    *("quillon", "zephyrine", "trace.example", "CRM-778899", "xylophone", "profusely"),
    *("vermilion", "brumbleford", "TCK-4711", "orders/4711", "+49 1234567", "saxifrage"),
    *("marmalade", "pomegranate"),
)


@dataclass(frozen=True)
class Traced:
    """The customer, one of their requests that was answered, and an answer on a page."""

    customer: UUID
    request: UUID
    on_page: UUID


def leave_traces(acme: Workspace) -> Traced:
    """Ask somebody, let them answer in each way, and let the team do all that it can with that."""
    world, survey = acme.world, acme.survey()
    add_rule(acme, acts=Acts(mail_to=("desk@acme.example",), webhooks=(make_webhook(acme),)))
    set_rules(acme, survey, suppression_days=0)
    mail = ask_by_mail(acme, survey, email=EMAIL, name="Quillon Zephyrine", ref="TCK-4711")
    attributes = {"shade": "vermilion"}
    add_customer(acme, EMAIL, external_id="CRM-778899", client="Brumbleford", attributes=attributes)
    _answer_by_mail(acme, mail.id, survey)
    unread = ask_by_mail(acme, survey, email="other@c.example", name="Other")
    reader(acme, unread).answer(unread, 3)
    ask(acme, survey, EMAIL, name="Quillon Zephyrine", external_url="https://x.example/orders/4711")
    send_requests(acme)
    held = ask(acme, survey, EMAIL, tags=("vermilion",), properties={"shade": "vermilion"})
    _hold(acme, held, survey)
    world.clock.pass_time(minutes=1)
    on_page = answer_survey(
        acme,
        survey,
        1,
        comment="A saxifrage, " + COMMENT,
        contact="+49 1234567",
        wants_contact=True,
        customer_email="Quillon.Zephyrine@Trace.example",
        customer_name="Quillon Zephyrine",
        page="https://shop.example/orders/4711",
        attributes={"client": "Brumbleford"},
    )
    other = answer_survey(acme, survey, 2, comment=f"Ask {EMAIL}, they know", ref="T-9")
    raise_alerts(acme)
    _send_alerts(acme)
    _work_on(acme, UUID(on_page), UUID(other))
    with world.app.app_context():
        approve_testimonial(
            db.session(),
            acme.id,
            mail.id,
            None,
            scope=EVERYTHING,
            user_id=user_id(acme, acme.owner),
            at=world.clock(),
        )
        share_response(db.session(), acme.id, mail.id, at=world.clock())
        content = f"email,name\n{EMAIL},Quillon\n".encode()
        files = {"file_name": "list.csv", "content": content, "user_id": None}
        upload_requests(db.session(), acme.id, survey, at=world.clock(), **files)
        with writing(db.session) as session:
            digest = address_digest(world.settings.address_key, EMAIL)
            suppress(session, acme.id, digest, "unsubscribed", world.clock())
            append_event(
                session,
                "responses.exported",
                workspace_id=acme.id,
                survey_id=None,
                data={"by": 1, "filter": {"q": [EMAIL]}},
                at=world.clock(),
            )
        kept = {"is_shared": True, "at": world.clock()}
        query = "q=quillon.zephyrine%40trace.example&mood=negative"
        owner = user_id(acme, acme.owner)
        keep_filter(db.session(), acme.id, owner, "responses", "Quillon Zephyrine", query, **kept)
        db.session.remove()
    return Traced(customer_of(acme, mail.id), mail.id, UUID(on_page))


def _answer_by_mail(acme: Workspace, request: UUID, survey: str) -> None:
    """Answer twice, so that there are revisions with words."""
    about = {"id": str(request), "may_publish": True, "customer_email": EMAIL, "ref": "TCK-4711"}
    answer_survey(acme, survey, 5, comment=COMMENT, customer_name="Quillon Zephyrine", **about)
    acme.world.clock.pass_time(minutes=1)
    answer_survey(acme, survey, 4, comment=LATER_COMMENT, **about)


def _hold(acme: Workspace, request: UUID, survey: str) -> None:
    """Let a machine press the button of a mail."""
    signer = LinkSigner(acme.world.settings.secret_keys, "answer")
    mail = AskedByMail(request, signer.sign(RequestLink(acme.id, request)), survey)
    robot = reader(acme, mail, user_agent="python-requests/2.32", pause_s=0)
    robot.press(robot.open(mail.path(2)), score=2, comment="saxifrage")


def send_requests(acme: Workspace) -> None:
    acme.world.clock.pass_time(hours=1)
    send_due_requests(acme)
    folder = acme.world.settings.data / "mail"
    job = SendMail(Post(acme.world.settings), FileMailer(folder), clock=acme.world.clock)
    with acme.world.app.app_context():
        while job(db.engine, acme.world.clock()):
            pass


def _send_alerts(acme: Workspace) -> None:
    notes = MailNotes(FileMailer(acme.world.settings.data / "mail"), "feedback@sayso.example")
    with acme.world.app.app_context():
        while SendMessages({"mail": notes}, clock=acme.world.clock)(db.engine, acme.world.clock()):
            pass


def _work_on(acme: Workspace, response: UUID, other: UUID) -> None:
    at, owner = acme.world.clock(), user_id(acme, acme.owner)
    said = 'Called Quillon: "nobody apologised" is what they said of the xylophone arrived broken.'
    with acme.world.app.app_context():
        session = db.session()
        author = Author(owner, "Alice")
        note_response(session, acme.id, response, author, f"{said} Refunded.", link="", at=at)
        note_response(session, acme.id, other, author, f"See {EMAIL}.", link="", at=at)
    [row] = [one for one in follow_ups(acme) if one.response_id == response]
    reply(acme, row.response_id, "Dear Quillon, the marmalade is on us.")
    with acme.world.app.app_context():
        name = ThreadName(acme.id, row.id)
        mail = InboundMail(
            *((), "Quillon.Zephyrine@trace.example", "Re: marmalade", "<1@trace.example>"),
            text="Pomegranate, please.\n\n> the marmalade is on us",
            attachments=(Attachment("zephyrine.pdf", 7),),
        )
        receive_reply(db.session(), name, mail, home=HOME, at=at)
    _send_alerts(acme)
    # Alerts and replies are both written to files.
    send_replies(acme, FileMailer(acme.world.settings.data / "mail"))
    with acme.world.app.app_context():
        session = db.session()
        about = {"user_id": owner, "home": HOME, "at": at}
        write_note(session, acme.id, row.id, f"{said} Refunded.", **about)
        tag = {"given": True, "by": owner, "at": at}
        set_tag(session, acme.id, response, read_tag("#Quillon Zephyrine"), **tag)
        set_tag(session, acme.id, other, read_tag(f"Ask {EMAIL}"), **tag)
        guided = {"offers_ours": True, "by": owner, "at": at}
        change_guidance(session, acme.id, "negative", "As with Quillon Zephyrine.", **guided)
        resolve(
            session,
            acme.id,
            row.id,
            "Zephyrine is content now.",
            asks_again=False,
            user_id=owner,
            at=at,
        )


def left_in_rows(acme: Workspace, needles: Sequence[str] = NEEDLES) -> dict[str, list[str]]:
    """The needles that some column of some table still holds, by table."""
    with acme.world.app.app_context(), db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = {}
        for table in tables:
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            left = needles_in(" ".join(map(repr, rows)), needles)
            if left:
                found[table] = left
        return found


def left_in_files(folder: Path) -> dict[str, list[str]]:
    """The needles that the bytes of some file still hold, by file."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            left = needles_in(file.read_bytes().decode("latin-1"))
            if left:
                found[file.name] = left
    return found


def needles_in(text: str, needles: Sequence[str] = NEEDLES) -> list[str]:
    return [needle for needle in needles if needle.lower() in text.lower()]


def terms_of(acme: Workspace, index: str) -> Iterable[str]:
    """Every word that a search index of SQLite knows."""
    with acme.world.app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE temp.terms_{index} USING fts5vocab('main', '{index}', 'row')"
        )
        return list(connection.scalars(text(f"SELECT term FROM temp.terms_{index}")))
