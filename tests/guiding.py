"""What tests about guidance and templates for replies make and look at."""

from tests.builders import Workspace
from tests.following import user_id
from widget.actions.change_guidance import save_reply_template
from widget.domain.guidance import Guidance
from widget.domain.reply_templates import ReplyTemplate
from widget.domain.response_filters import Mood
from widget.extensions import db
from widget.storage.guidance import guidance_of
from widget.storage.reply_templates import reply_templates


def add_template(
    acme: Workspace,
    name: str,
    mood: Mood = "negative",
    language: str = "",
    text: str = "Hello {customer}",
) -> int:
    """A template for replies, after all others; returns its id."""
    template = ReplyTemplate(mood, language, name, text)
    with acme.world.app.app_context():
        owner = user_id(acme, acme.owner)
        return save_reply_template(db.session(), acme.id, template, by=owner, at=acme.world.clock())


def stored_templates(acme: Workspace) -> list[ReplyTemplate]:
    """The workspace's own templates in their order."""
    with acme.world.app.app_context():
        db.session.rollback()
        return reply_templates(db.session(), acme.id)


def stored_guidance(acme: Workspace) -> Guidance:
    with acme.world.app.app_context():
        db.session.rollback()
        return guidance_of(db.session(), acme.id)
