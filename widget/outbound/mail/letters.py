"""From a row of the queue to a whole mail."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.asking import AskingPolicy, sender_address
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.mail_addresses import BounceAddress, DeliveryName, message_id
from widget.domain.mail_wording import SurveyMail
from widget.domain.surveys import Definition
from widget.outbound.mail.compose import Envelope, Letter, Person
from widget.outbound.mail.words import Words, choose_language
from widget.settings import Settings
from widget.storage.deliveries import DueMail
from widget.storage.surveys import version_definition

# Versions never change, so what was read once stays true.
_KNOWN_VERSIONS = 200


@dataclass
class Post:
    """Writes mails as the settings say: addresses, links and their signatures."""

    settings: Settings
    _definitions: dict[int, Definition] = field(default_factory=dict)
    _words: dict[tuple[int | None, str, str], Words] = field(default_factory=dict)

    @cached_property
    def _answer(self) -> LinkSigner:
        return LinkSigner(self.settings.secret_keys, "answer")

    @cached_property
    def _unsubscribe(self) -> LinkSigner:
        return LinkSigner(self.settings.secret_keys, "unsubscribe")

    @cached_property
    def _bounces(self) -> BounceAddress | None:
        address = self.settings.bounce_address
        return BounceAddress(self.settings.secret_keys, address) if address else None

    def envelope(self, due: DueMail, now: datetime) -> Envelope:
        """Who the mail is from and to; in test mode everything goes to one address."""
        sender = self.sender(AskingPolicy.from_json(due.asking))
        name = DeliveryName(due.workspace_id, due.id)
        return Envelope(
            message_id=message_id(name, sender.rpartition("@")[2]),
            sender=sender,
            recipient=due.test_mail_to or due.recipient,
            meant_for=due.recipient,
            bounce_to=self.bounce_address(name, sender),
            date=now,
        )

    def sender(self, policy: AskingPolicy) -> str:
        """The address that a workspace's mails are from, as a mail server takes it."""
        return sender_address(policy, self.settings.mail_from)

    def bounce_address(self, name: DeliveryName, sender: str) -> str:
        """The envelope sender of a mail: where it comes back to."""
        return self._bounces.of(name) if self._bounces else sender

    def letter(self, due: DueMail, definition: Definition) -> Letter:
        """What the mail says."""
        home, link = self.settings.public_url, RequestLink(due.workspace_id, due.request_id)
        page = f"{home}/s/{self._answer.sign(link)}"
        mail = SurveyMail.from_json(due.mail)
        language = choose_language(due.language, definition, mail)
        return Letter(
            definition=definition,
            mail=mail,
            words=self._words_of(due, definition, language),
            member=self.person(due.member_name, due.member_title, due.member_bio, due.member_photo),
            customer=due.customer_name,
            answer_url=lambda score: page if score is None else f"{page}?score={score}",
            unsubscribe_url=f"{home}/u/{self._unsubscribe.sign(link)}",
            postal_address=AskingPolicy.from_json(due.asking).postal_address,
            occasion="interaction" if due.campaign_plan is None else "relationship",
            is_reminder=due.purpose == "reminder",
            amp_url=f"{page}/amp" if mail.amp else "",
        )

    def _words_of(self, due: DueMail, definition: Definition, language: str) -> Words:
        """The words of a version in a language: the same for all of a campaign's mails."""
        key = (due.version_id, language, due.workspace_name)
        if key not in self._words:
            if len(self._words) >= _KNOWN_VERSIONS:
                self._words.clear()
            self._words[key] = Words(definition, language, due.workspace_name)
        return self._words[key]

    def person(self, name: str, title: str, bio: str, photo: str | None) -> Person:
        """A member as mails show them."""
        url = f"{self.settings.public_url}/images/{photo}" if photo else ""
        return Person(name, title, bio, url)

    def definition(self, engine: Engine, survey_id: int, version_id: int) -> Definition:
        """A published version; each is read once."""
        found = self._definitions.get(version_id)
        if found is None:
            with Session(engine) as session:
                found = version_definition(session, survey_id, version_id)
            assert found is not None, "a survey points to a version of its own"
            if len(self._definitions) >= _KNOWN_VERSIONS:
                self._definitions.clear()
            self._definitions[version_id] = found
        return found
