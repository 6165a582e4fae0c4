"""What the worker does, and how often: the one list of its jobs."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine, create_engine

from widget.actions.announce_grants import AnnounceGrants
from widget.actions.change_responses import run_bulk_changes
from widget.actions.copy_columns import CopyColumns
from widget.actions.delete_response import expire_responses
from widget.actions.find_themes import FindThemes, forget_old_themes
from widget.actions.finish_idle_responses import FinishIdleResponses
from widget.actions.forget_link_visits import ForgetLinkVisits
from widget.actions.forget_messages import forget_messages
from widget.actions.import_members import forget_member_files
from widget.actions.make_exports import ForgetExports, MakeExports
from widget.actions.make_report_pdfs import MakeReportPdfs, forget_report_pdfs
from widget.actions.purge_erased import purge_erased
from widget.actions.raise_alerts import RaiseAlerts
from widget.actions.redate_responses import redate_responses
from widget.actions.remind_overdue import RemindOverdue
from widget.actions.run_campaigns import campaign_backoff, run_campaigns
from widget.actions.run_customer_imports import (
    customer_import_backoff,
    forget_customer_files,
    run_customer_imports,
)
from widget.actions.run_import import import_backoff, run_imports
from widget.actions.schedule_reports import MakeScheduledReports
from widget.actions.send_due_requests import send_due
from widget.actions.send_due_subscriptions import send_due_subscriptions
from widget.actions.settle_provisional import settle_due
from widget.domain.mail_addresses import address_digest
from widget.domain.messages import WEBHOOK, WEBHOOK_TRIAL, Lane
from widget.domain.replies import PURPOSE as REPLY
from widget.domain.rows_seen import Seen
from widget.domain.subscriptions import PURPOSE
from widget.domain.turns import Turns
from widget.outbound.chat import ChatSender
from widget.outbound.mail.letters import Post
from widget.outbound.mail.notes import MailNotes
from widget.outbound.mail.numbers import SendNumbers
from widget.outbound.mail.replies import SendReplies
from widget.outbound.mail.report_attachment import ReportAttachments
from widget.outbound.mail.sending import SendMail
from widget.outbound.mail.transport import make_mailer
from widget.outbound.messages import SendMessages
from widget.outbound.public_client import PublicClient
from widget.outbound.spreadsheets import SpreadsheetReader
from widget.outbound.webhooks import SendWebhooks
from widget.outbound.worker import Job, Worker
from widget.report_pages.pdf import make_pdf
from widget.settings import Settings
from widget.storage.addresses import digest_addresses_with
from widget.storage.columnar.files import keep_copies_in
from widget.storage.engine import prepare_engine
from widget.storage.export_files import ExportFiles

_LOOK_FOR_SERVER_EVERY_S = 1.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


def make_jobs(settings: Settings, engine: Engine, should_stop: Callable[[], bool]) -> list[Job]:
    """The jobs of a worker with these settings, on a database."""
    send_mail = SendMail(
        Post(settings), make_mailer(settings), clock=_utc_now, should_stop=should_stop
    )
    files = ExportFiles(settings.exports_folder)
    make_exports = MakeExports(
        files, settings.exports_room, clock=_utc_now, should_stop=should_stop
    )
    idle = FinishIdleResponses(timedelta(minutes=settings.idle_minutes))
    return [
        Job("settle provisional answers", 10, settle_due),
        Job("run imports", 1, partial(run_imports, backoff=import_backoff(), turns=Turns())),
        Job("run campaigns", 1, partial(run_campaigns, backoff=campaign_backoff())),
        Job("make due mails", 2, send_due),
        Job("send mail", 1, send_mail),
        Job("send messages", 1, _send_messages(settings, engine, "quick")),
        Job("send numbers and reports", 1, _send_messages(settings, engine, "slow")),
        Job("send webhooks", 1, _send_messages(settings, engine, "webhooks")),
        Job("change responses", 2, run_bulk_changes),
        Job("redate responses", 2, redate_responses),
        Job("make exports", 1, make_exports),
        Job("forget exports", 300, ForgetExports(files)),
        Job("announce grants", 5, AnnounceGrants(settings.public_url)),
        Job("finish idle responses", 60, idle),
        Job("expire responses", 60, expire_responses),
        Job("forget link visits", 3600, ForgetLinkVisits(timedelta(days=settings.visit_days))),
        Job("forget messages", 600, forget_messages),
        Job("forget files of members", 3600, forget_member_files),
        Job("copy responses by column", 60, CopyColumns(settings.columns_from)),
        Job(
            "import customers",
            1,
            partial(
                run_customer_imports,
                backoff=customer_import_backoff(),
                seen=Seen(),
                sheet_lines=SpreadsheetReader(should_stop),
            ),
        ),
        Job("forget files of customers", 3600, forget_customer_files),
        Job("purge what was erased", 60, purge_erased),
        Job("send due subscriptions", 30, send_due_subscriptions),
        Job("find themes", 1, FindThemes(should_stop)),
        Job("forget old themes", 600, forget_old_themes),
        Job("raise alerts", 3, RaiseAlerts(settings.public_url)),
        Job("remind of overdue follow-ups", 60, RemindOverdue(settings.public_url)),
        Job("make drafts of reports", 30, MakeScheduledReports(settings.public_url)),
        Job("make PDFs of reports", 1, MakeReportPdfs(make_pdf)),
        Job("forget PDFs of reports", 600, forget_report_pdfs),
    ]


def _send_messages(settings: Settings, engine: Engine, lane: Lane) -> SendMessages:
    # A connection of its own: each job has a thread of its own.
    mailer = make_mailer(settings)
    notes = MailNotes(mailer, settings.mail_from, ReportAttachments(engine))
    client = PublicClient()
    chat = ChatSender(client)
    webhooks = partial(SendWebhooks, client, settings.public_url)
    return SendMessages(
        {"mail": notes, "slack": chat, "teams": chat},
        clock=_utc_now,
        by_purpose={
            PURPOSE: partial(SendNumbers, mailer, settings),
            REPLY: partial(SendReplies, mailer, Post(settings)),
            WEBHOOK: webhooks,
            WEBHOOK_TRIAL: webhooks,
        },
        lane=lane,
    )


def work(settings: Settings, *, server_pid: int | None = None) -> None:
    """Run the worker in this process until SIGTERM or SIGINT.

    `server_pid` is the process that started it; its end is ours too, however it came about.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker: %(message)s")
    engine = prepare_engine(
        create_engine(
            settings.database_url,
            pool_pre_ping=settings.database_url.startswith("postgres"),
            # Errors are logged, and customers' addresses do not belong in a log.
            hide_parameters=True,
        )
    )
    digest_addresses_with(engine, lambda email: (address_digest(settings.address_key, email),))
    keep_copies_in(engine, settings.data / "columns")
    stopping = threading.Event()
    jobs = make_jobs(settings, engine, stopping.is_set)
    worker = Worker(engine, jobs, _utc_now)

    def stop(*_: object) -> None:
        stopping.set()
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if server_pid:
        watch = threading.Thread(target=_stop_without, args=(server_pid, stop), daemon=True)
        watch.start()
    worker.run()
    engine.dispose()


def _stop_without(server_pid: int, stop: Callable[[], None]) -> None:
    # Whoever loses its parent is given another.
    while os.getppid() == server_pid:
        time.sleep(_LOOK_FOR_SERVER_EVERY_S)
    stop()
