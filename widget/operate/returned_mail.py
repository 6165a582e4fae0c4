"""Mails that came back, given to `sayso bounce` by a mail server's pipe."""

from widget.actions.receive_bounce import receive_bounce
from widget.domain.bounces import BounceReport, read_dsn
from widget.domain.mail_addresses import BounceAddress
from widget.extensions import db
from widget.settings import Settings
from widget.web.clock import now

# What a bounce needs of the mail that it returns fits well into this.
MESSAGE_LIMIT = 2 * 1024 * 1024


def take_bounce(settings: Settings, message: bytes) -> int:
    """Keep what a returned mail reports; returns how many reports were of mails of ours.

    Anybody can write such a mail. What names its delivery by an address that we signed is believed;
    by a Message-ID alone it speaks of its own workspace's mails, as that workspace's API key might.
    """
    address = settings.bounce_address or settings.mail_from
    bounces = BounceAddress(settings.secret_keys, address)
    return sum(
        receive_bounce(
            db.session(),
            report,
            workspace_id=None if report.is_signed else _owner(report),
            key=settings.address_key,
            reported_by="dsn",
            at=now(),
        )
        for report in read_dsn(message, bounces.read)
    )


def _owner(report: BounceReport) -> int | None:
    return report.delivery.workspace_id if report.delivery else None
