"""A survey's mail as it would be, before anybody is asked: to be looked at, or sent to oneself."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from widget.domain.errors import MailNotSent
from widget.domain.faces import MemberCard
from widget.domain.mail_addresses import DeliveryName, message_id
from widget.outbound.mail.compose import Envelope, Letter, Person, compose
from widget.outbound.mail.letters import Post
from widget.outbound.mail.transport import Mailer, MailRefused, NoMailServer
from widget.outbound.mail.words import Words, choose_language
from widget.storage.mail_pages import MailSetup

# Whom the mail on the page is to; a name that needs no translation.
SAMPLE_CUSTOMER = "Kim Lee"


def trial_letter(
    post: Post,
    setup: MailSetup,
    language: str,
    member: MemberCard | None,
    customer: str,
    *,
    is_rehearsal: bool = False,
) -> Letter:
    """The letter in a language; as a campaign's, if one is rehearsed. Its links lead to the survey
    in test mode."""
    home = post.settings.public_url
    spoken = choose_language(language, setup.definition, setup.mail)

    def answer_url(score: int | None) -> str:
        query = {"test": "1", "channel": "email", "lang": spoken}
        if score is not None:
            query = {"score": str(score), **query}
        return f"{home}/e/{setup.public_id}?{urlencode(query)}"

    return Letter(
        definition=setup.definition,
        mail=setup.mail,
        words=Words(setup.definition, spoken, setup.company),
        member=post.person(member.name, member.title, member.bio, member.photo)
        if member
        else Person(),
        customer=customer,
        answer_url=answer_url,
        unsubscribe_url=f"{home}/u/trial",
        postal_address=setup.policy.postal_address,
        occasion="relationship" if is_rehearsal else "interaction",
        is_rehearsal=is_rehearsal,
    )


def send_trial(
    post: Post,
    mailer: Mailer,
    setup: MailSetup,
    letter: Letter,
    *,
    workspace_id: int,
    id: UUID,
    recipient: str,
    at: datetime,
) -> None:
    """Send a letter to one address now. Raises MailNotSent with the server's words."""
    sender = post.sender(setup.policy)
    envelope = Envelope(
        message_id=message_id(DeliveryName(workspace_id, id), sender.rpartition("@")[2]),
        sender=sender,
        recipient=recipient,
        meant_for=recipient,
        bounce_to=sender,
        date=at,
    )
    try:
        mailer.send(sender, recipient, compose(envelope, letter).as_bytes())
    except (MailRefused, NoMailServer) as error:
        raise MailNotSent(str(error)) from error
    finally:
        mailer.close()
