"""The schema: made by migrations, equal to the models, on both databases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.builders import World
from widget.actions.change_guidance import change_guidance, save_reply_template
from widget.actions.find_themes import FindThemes
from widget.actions.keep_customers import change_customer
from widget.actions.keep_filter import keep_filter
from widget.actions.make_report import make_report
from widget.actions.subscribe import subscribe
from widget.domain.customers import Details
from widget.domain.guidance import Guidance
from widget.domain.reply_templates import ReplyTemplate
from widget.domain.reports.plans import ReportPlan
from widget.domain.roles import EVERYTHING
from widget.domain.schedules import Schedule
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import Span
from widget.domain.surveys import Definition, Question
from widget.extensions import db
from widget.storage import migrate, themes
from widget.storage.deliveries import claim
from widget.storage.due_requests import due_names
from widget.storage.engine import prepare_engine, writing
from widget.storage.event_cursors import cursors, events_after
from widget.storage.guidance import guidance_of
from widget.storage.ids import new_id
from widget.storage.messages import claim_messages
from widget.storage.models import (
    ApiKey,
    Campaign,
    Customer,
    CustomerAlias,
    Delivery,
    Event,
    FollowUp,
    FollowUpNote,
    Member,
    Request,
    Response,
    ShareCount,
    SuppressedAddress,
    Survey,
    Workspace,
)
from widget.storage.reply_templates import reply_templates
from widget.storage.reports import find_report
from widget.storage.rewards import reward_of_responses
from widget.storage.rollups import count_everything_again, rolled_up_counts, true_counts
from widget.storage.rules import rules_in_order
from widget.storage.saved_filters import saved_filters
from widget.storage.seats import seat_of
from widget.storage.subscriptions import subscriptions_of
from widget.storage.suppressions import suppress, suppressed_counts


def empty_database(tmp_path: Path, request: pytest.FixtureRequest, database: str) -> Engine:
    """An empty `sqlite` or `postgresql` database, to be brought to some release's schema."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    return prepare_engine(create_engine(url))


FIRST_RELEASE = """
INSERT INTO workspaces (id, name, time_zone, is_demo, created_at)
    VALUES (1, 'Acme', 'UTC', FALSE, '2026-11-01 09:00:00');
INSERT INTO members (id, workspace_id, public_id, name, title, created_at)
    VALUES (1, 1, 'bcdfghjkmnpq', 'Ana', '', '2026-11-01 09:00:00');
INSERT INTO api_keys (id, workspace_id, name, start, sha256, created_at)
    VALUES (1, 1, 'Reports', 'sk_1', 'abc', '2026-11-01 09:00:00');
INSERT INTO surveys (id, workspace_id, public_id, name, kind, draft, created_at, updated_at)
    VALUES (1, 1, 'qpnmkjhgfdcb', 'How was it?', 'stars', '{}', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00');
INSERT INTO survey_versions (id, survey_id, number, definition, published_at)
    VALUES (1, 1, 1, '{"positive_from": 4}', '2026-11-01 09:00:00');
INSERT INTO responses (workspace_id, id, survey_id, version_id, kind, score, stars, comment,
        language, source, member_id, member_given, ref, channel, customer_email, customer_name,
        customer_id, page, is_test, day, answered_at, updated_at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e21', 1, 1, 'stars', 4, 4, 'Good', 'en', 'widget', 1,
        '', 'T-1', '', '', '', '', '', FALSE, '2026-11-01', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00')
"""


def test_a_migrated_database_has_exactly_the_tables_of_the_models(any_world: World) -> None:
    with any_world.app.app_context():
        assert migrate.is_current(db.engine)
        assert migrate.drift(db.engine) == []


def test_upgrading_a_current_database_changes_nothing(any_world: World) -> None:
    with any_world.app.app_context():
        migrate.upgrade(db.engine)
        assert migrate.is_current(db.engine)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_data_of_the_first_release_survives_every_later_migration(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.drift(engine) == []
        row = connection.execute(select(Survey.name, Survey.accepts_unsigned, Survey.asking)).one()
        assert tuple(row) == ("How was it?", True, None)
        assert connection.execute(select(Member.name, Member.bio)).one() == ("Ana", "")
        said = select(Response.score, Response.comment, Response.contact, Response.may_publish)
        assert tuple(connection.execute(said).one()) == (4, "Good", None, None)
        assert connection.execute(select(ApiKey.is_test)).scalar_one() is False
        assert connection.execute(select(ApiKey.abilities)).scalar_one() == ["read", "write"]
        assert connection.execute(select(Workspace.test_mail_to)).scalar_one() == ""
        assert connection.execute(select(Workspace.redated_until)).scalar_one() is None
    engine.dispose()


SECOND_RELEASE = """
INSERT INTO workspaces (id, name, time_zone, is_demo, created_at, test_mail_to)
    VALUES (1, 'Acme', 'UTC', FALSE, '2026-11-01 09:00:00', '');
INSERT INTO suppressed_addresses (workspace_id, address_digest, why, at)
    VALUES (1, 'd1', 'unsubscribed', '2026-11-02 09:00:00');
INSERT INTO suppressed_addresses (workspace_id, address_digest, why, at)
    VALUES (0, 'd1', 'complaint', '2026-11-03 09:00:00');
INSERT INTO suppressed_addresses (workspace_id, address_digest, why, at)
    VALUES (1, 'd2', 'hard_bounce', '2026-11-04 09:00:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_suppressed_addresses_survive_and_may_then_have_a_second_reason(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0002")
    with engine.begin() as connection:
        for statement in SECOND_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with Session(engine) as session, writing(session):
        assert migrate.drift(engine) == []
        rows = session.execute(
            select(
                SuppressedAddress.workspace_id,
                SuppressedAddress.address_digest,
                SuppressedAddress.why,
                SuppressedAddress.at,
            ).order_by(SuppressedAddress.at)
        ).all()
        assert [tuple(row) for row in rows] == [
            (1, "d1", "unsubscribed", datetime(2026, 11, 2, 9, tzinfo=UTC)),
            (0, "d1", "complaint", datetime(2026, 11, 3, 9, tzinfo=UTC)),
            (1, "d2", "hard_bounce", datetime(2026, 11, 4, 9, tzinfo=UTC)),
        ]
        suppress(session, 1, "d2", "unsubscribed", datetime(2026, 11, 5, tzinfo=UTC))
        assert suppressed_counts(session, 1) == {"unsubscribed": 2}
        if database == "sqlite":
            schema = text("SELECT sql FROM sqlite_master WHERE name = 'suppressed_addresses'")
            assert "WITHOUT ROWID" in session.execute(schema).scalar_one()
    engine.dispose()


ASKED_BEFORE_DELIVERIES_WERE_MARKED = """
INSERT INTO customers (workspace_id, id, email, name, external_id, language, country, time_zone,
        created_at, updated_at)
    VALUES (1, '{customer}', 'kim@c.example', 'Kim', '', '', '', '', '{at}', '{at}');
INSERT INTO requests (workspace_id, id, survey_id, customer_id, member_given, channel, ref,
        external_url, tags, brand, language, country, do_not_send, is_test, made_by, body_sha256,
        status, why, why_text, interaction_at, reminders_sent, expires_at, created_at)
    VALUES (1, '{real}', 1, '{customer}', '', '', '', '', '[]', '', '', '', FALSE, FALSE, 'api',
        '', 'sent', '', '', '{at}', 0, '{at}', '{at}');
INSERT INTO requests (workspace_id, id, survey_id, customer_id, member_given, channel, ref,
        external_url, tags, brand, language, country, do_not_send, is_test, made_by, body_sha256,
        status, why, why_text, interaction_at, reminders_sent, expires_at, created_at)
    VALUES (1, '{test}', 1, '{customer}', '', '', '', '', '[]', '', '', '', FALSE, TRUE, 'api',
        '', 'sent', '', '', '{at}', 0, '{at}', '{at}');
INSERT INTO deliveries (workspace_id, id, request_id, purpose, recipient, status, attempts, due_at,
        last_error, created_at)
    SELECT workspace_id, id, id, 'request', 'kim@c.example', 'sent', 1, created_at, '', created_at
        FROM requests
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_mails_of_tests_are_marked_as_tests_and_no_others(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0002")
    real, test, customer = (new_id() for _ in range(3))
    ids = {"real": real.hex, "test": test.hex, "customer": customer.hex}
    asked = ASKED_BEFORE_DELIVERIES_WERE_MARKED.format(at="2026-11-01 09:00:00", **ids)
    with engine.begin() as connection:
        for statement in (FIRST_RELEASE + ";" + asked).split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.drift(engine) == []
        rows = connection.execute(select(Delivery.id, Delivery.is_test, Delivery.recipient)).all()
    assert {(row.id, row.is_test, row.recipient) for row in rows} == {
        (real, False, "kim@c.example"),
        (test, True, "kim@c.example"),
    }
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_responses_from_before_rewards_suggest_none(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0005")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with Session(engine) as session:
        row = session.scalars(select(Response)).one()
        assert (row.stars, row.reward_id) == (4, None)
        assert reward_of_responses(session, 1, [row.id]) == {}
    engine.dispose()


# A second response on the same day, without a comment, and a third that is hidden.
MORE_COMMENTS = """
INSERT INTO responses (workspace_id, id, survey_id, version_id, kind, score, stars, comment,
        language, source, member_id, member_given, ref, channel, customer_email, customer_name,
        customer_id, page, is_test, day, answered_at, updated_at, reward_id)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e24', 1, 1, 'stars', 5, 5, '', 'en', 'widget', 1,
        '', '', '', '', '', '', '', FALSE, '2026-11-01', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00', 'coffee');
INSERT INTO responses (workspace_id, id, survey_id, version_id, kind, score, stars, comment,
        language, source, member_id, member_given, ref, channel, customer_email, customer_name,
        customer_id, page, is_test, day, answered_at, updated_at, hidden_at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e25', 1, 1, 'stars', 1, 1, 'Bad', 'en', 'widget', 1,
        '', '', '', '', '', '', '', FALSE, '2026-11-01', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00', '2026-11-01 10:00:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_comments_and_suggested_rewards_from_before_are_counted(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0012")
    with engine.begin() as connection:
        for statement in MORE_COMMENTS.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    day = date(2026, 11, 1)
    with engine.connect() as connection:
        there = rolled_up_counts(connection, 1)
        assert there == {
            (day, 1, 1, "", "comment", 1): 1,
            (day, 1, 1, "", "reward", 1): 1,
        }
        assert there.items() <= true_counts(connection, 1).items()
    engine.dispose()


# One response of two, and their events, as the release before follow-ups kept them.
BEFORE_FOLLOW_UPS = """
INSERT INTO surveys (id, workspace_id, public_id, name, kind, draft, created_at, updated_at)
    VALUES (1, 1, 'qpnmkjhgfdcb', 'How was it?', 'stars', '{}', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00');
INSERT INTO survey_versions (id, survey_id, number, definition, published_at)
    VALUES (1, 1, 1, '{}', '2026-11-01 09:00:00');
INSERT INTO responses (workspace_id, id, survey_id, version_id, kind, score, stars, language,
        source, member_given, ref, channel, customer_email, customer_name, customer_id, page,
        is_test, day, answered_at, updated_at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e21', 1, 1, 'stars', 1, 1, 'en', 'widget', '', '',
        '', '', '', '', '', FALSE, '2026-11-01', '2026-11-01 09:00:00', '2026-11-01 09:00:00');
INSERT INTO events (workspace_id, id, name, survey_id, response_id, data, at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e22', 'response.finished', 1,
        '019ab0c47a107c3e9f523d1f6a0c8e21', '{}', '2026-11-01 09:00:00');
INSERT INTO events (workspace_id, id, name, survey_id, response_id, data, at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e23', 'response.finished', 1,
        '019ab0c47a107c3e9f523d1f6a0c8e21', '{}', '2026-11-01 09:00:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_said_before_there_were_alerts_alarms_nobody_later(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0005")
    with engine.begin() as connection:
        for statement in [FIRST_RELEASE.split(";")[0], *BEFORE_FOLLOW_UPS.split(";")]:
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO workspaces (id, name, time_zone, is_demo, test_mail_to, created_at)"
                " VALUES (2, 'Quiet', 'UTC', FALSE, '', '2026-11-01 09:00:00')"
            )
        )
    migrate.upgrade(engine)
    newest = UUID("019ab0c47a107c3e9f523d1f6a0c8e23")
    assert cursors(engine, "alerts") == {1: newest, 2: UUID(int=0)}
    assert events_after(engine, 1, newest, ["response.finished"], 10) == []
    with engine.connect() as connection:
        assert connection.execute(select(Response.is_recovery)).scalar_one() is False
    engine.dispose()


BEFORE_SAVED_FILTERS = """
INSERT INTO workspaces (id, name, time_zone, is_demo, test_mail_to, created_at)
    VALUES (1, 'Acme', 'Asia/Kathmandu', FALSE, '', '2026-11-01 09:00:00');
INSERT INTO users (id, email, name, password, active, fs_uniquifier, created_at)
    VALUES (1, 'alice@acme.example', 'Alice', '', TRUE, 'a', '2026-11-01 09:00:00');
INSERT INTO memberships (user_id, workspace_id, role, sees_all) VALUES (1, 1, 'owner', FALSE);
INSERT INTO messages (workspace_id, id, channel, purpose, target, content, status, attempts, due_at,
        last_error, created_at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e21', 'mail', 'alert', 'alice@acme.example', '{}',
        'sent', 1, '2026-11-01 09:00:00', '', '2026-11-01 09:00:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_people_from_before_saved_filters_can_save_and_subscribe(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0014")
    with engine.begin() as connection:
        for statement in BEFORE_SAVED_FILTERS.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with Session(engine) as session:
        kept = keep_filter(
            session, 1, 1, "dashboard", "Ours", "span=last_30", is_shared=False, at=at
        )
        assert [one.name for one in saved_filters(session, 1, 1)] == ["Ours"]
        subscribe(session, 1, 1, kept, Schedule("week", 0, 8, "Asia/Kathmandu"), at=at)
        [found] = subscriptions_of(session, 1, 1, sees_shared=True)
        assert found.next_due_at == datetime(2026, 11, 30, 2, 15, tzinfo=UTC)
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_themes_of_what_was_said_before_can_be_found(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0015")
    migrate.upgrade(engine)
    now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    wanted = ScoreFilter(date(2026, 11, 1), date(2026, 11, 1))
    with Session(engine) as session, writing(session):
        session.execute(
            text("UPDATE survey_versions SET definition = :plain"),
            {"plain": json.dumps(Definition(Question("stars", "stars"), 4).to_json())},
        )
        session.execute(text("UPDATE surveys SET published_version_id = 1"))
        themes.ask_for(session, 1, EVERYTHING, wanted, now)
    assert FindThemes(lambda: False)(engine, now) == 1
    with Session(engine) as session:
        findings = themes.latest_for(session, 1, EVERYTHING, wanted, now).findings
        assert findings is not None
        assert findings.languages[0].written == {"positive": 1, "negative": 0}
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_days_that_change_are_noted_of_responses_from_before_too(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0020")
    migrate.upgrade(engine)
    days = text("SELECT COUNT(*) FROM changed_days")
    with engine.begin() as connection:
        assert connection.scalar(days) == 0
        connection.execute(text("UPDATE responses SET page = 'x', comment_hidden_at = NULL"))
        assert connection.scalar(days) == 0
        connection.execute(text("UPDATE responses SET stars = 5, score = 5"))
        connection.execute(text("UPDATE responses SET stars = 4, score = 4"))
        assert connection.scalar(days) == 1
        connection.execute(text("UPDATE responses SET day = '2026-11-02'"))
        assert connection.scalar(days) == 2
    with engine.begin() as connection:
        table = " ON responses" if database == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER changed_days_updated{table}"))
    assert migrate.drift(engine) == ["There is no trigger changed_days_updated."]
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_customers_from_before_have_the_client_of_their_newest_request(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0002")
    old, new, customer = (new_id() for _ in range(3))
    ids = {"real": old.hex, "test": new.hex, "customer": customer.hex}
    asked = ASKED_BEFORE_DELIVERIES_WERE_MARKED.format(at="2026-11-01 09:00:00", **ids)
    newer = f"""
        UPDATE requests SET properties = '{{"client": "Old", "segment": "Trial"}}'
            WHERE id = '{old.hex}';
        UPDATE requests SET properties = '{{"client": "Initech"}}',
            created_at = '2026-11-02 09:00:00' WHERE id = '{new.hex}'
    """
    with engine.begin() as connection:
        for statement in (FIRST_RELEASE + ";" + asked + ";" + newer).split(";"):
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.drift(engine) == []
        said = select(Customer.email, Customer.client, Customer.segment, Customer.is_of_tests)
        assert tuple(connection.execute(said).one()) == ("kim@c.example", "Initech", "Trial", False)
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_requests_and_mails_from_before_campaigns_are_still_due(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0002")
    real, test, customer = (new_id() for _ in range(3))
    ids = {"real": real.hex, "test": test.hex, "customer": customer.hex}
    asked = ASKED_BEFORE_DELIVERIES_WERE_MARKED.format(at="2026-11-01 09:00:00", **ids)
    with engine.begin() as connection:
        for statement in (FIRST_RELEASE + ";" + asked).split(";"):
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine, "0022")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE requests SET status = 'scheduled', due_at = '2026-11-01 09:00:00'"
        )
        connection.exec_driver_sql(
            "UPDATE deliveries SET status = 'due', due_at = '2026-11-01 09:00:00'"
        )
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with Session(engine) as session:
        assert {id for _workspace, id in due_names(session, now, 10)} == {real, test}
        mails = session.scalar(select(func.count()).select_from(Delivery))
    assert mails
    claimed = claim(engine, 1, now, limit=10, lease=timedelta(minutes=1))
    assert len(claimed) == mails
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_requests_from_before_know_the_client_that_their_properties_name(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0002")
    named, other, customer = (new_id() for _ in range(3))
    ids = {"real": named.hex, "test": other.hex, "customer": customer.hex}
    asked = ASKED_BEFORE_DELIVERIES_WERE_MARKED.format(at="2026-11-01 09:00:00", **ids)
    with engine.begin() as connection:
        for statement in (FIRST_RELEASE + ";" + asked).split(";"):
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine, "0023")
    said = json.dumps({"client": "Größe & “Söhne”", "segment": "x" * 300})
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE requests SET properties = :said WHERE is_test = :no"),
            {"said": said, "no": False},
        )
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with Session(engine) as session:
        rows = session.execute(select(Request.id, Request.client, Request.segment)).all()
    told = {id: (client, segment) for id, client, segment in rows}
    assert told == {named: ("Größe & “Söhne”", "x" * 200), other: ("", "")}
    engine.dispose()


def test_sqlite_keeps_a_write_ahead_log_and_syncs_fully(world: World) -> None:
    with world.app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_shares_counted_before_members_were_known_are_nobodys(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0017")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO share_counts (workspace_id, day, survey_id, channel, shard, offered,"
                " used) VALUES (1, '2026-11-01', 1, 'x', 0, 5, 2)"
            )
        )
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with Session(engine) as session:
        assert session.execute(select(ShareCount.member_id, ShareCount.used)).one() == (0, 2)
        with writing(session):
            at = {"workspace_id": 1, "day": date(2026, 11, 1), "survey_id": 1, "channel": "x"}
            session.add(ShareCount(**at, member_id=1, shard=0, offered=0, used=1))
        if database == "sqlite":
            schema = text("SELECT sql FROM sqlite_master WHERE name = 'share_counts'")
            assert "WITHOUT ROWID" in session.execute(schema).scalar_one()
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_answered_before_there_were_reports_is_reported(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0018")
    with engine.begin() as connection:
        connection.execute(text(ALICE))
        connection.execute(text(ALICE_OWNS))
        connection.execute(
            text("UPDATE survey_versions SET definition = :plain"),
            {"plain": json.dumps(Definition(Question("stars", "stars"), 4).to_json())},
        )
        connection.execute(text("UPDATE surveys SET published_version_id = 1"))
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with engine.begin() as connection:
        # What was written by hand above is in no rollup.
        count_everything_again(connection, 1)
    plan = ReportPlan("qpnmkjhgfdcb", Span(date(2026, 11, 1), date(2026, 11, 30)))
    with Session(engine) as session:
        seat = seat_of(session, 1, 1)
        assert seat is not None
        report = make_report(session, seat, plan, datetime(2026, 12, 2, 9, tzinfo=UTC))
        assert find_report(session, 1, report, EVERYTHING).figures.answers == 1
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_campaigns_from_before_they_knew_their_forms_stay(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0028")
    with engine.begin() as connection:
        for name in ("Autumn", "Winter"):
            connection.execute(
                text(
                    "INSERT INTO campaigns (workspace_id, name, survey_id, plan, seed, status,"
                    " created_at) VALUES (1, :name, 1, '{}', 'x', 'draft', '2026-11-01 09:00:00')"
                ),
                {"name": name},
            )
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with Session(engine) as session:
        found = session.execute(select(Campaign.name, Campaign.form_key)).all()
    assert sorted(found) == [("Autumn", None), ("Winter", None)]
    engine.dispose()


ALICE = """
INSERT INTO users (id, email, name, password, active, fs_uniquifier, created_at)
    VALUES (1, 'alice@acme.example', 'Alice', '', TRUE, 'a', '2026-11-01 09:00:00')
"""
ALICE_OWNS = """
INSERT INTO memberships (user_id, workspace_id, role, sees_all) VALUES (1, 1, 'owner', FALSE)
"""


BEFORE_RULES = """
INSERT INTO workspaces (id, name, time_zone, is_demo, test_mail_to, created_at)
    VALUES (1, 'Acme', 'UTC', FALSE, '', '2026-11-01 09:00:00');
INSERT INTO messages (workspace_id, id, channel, purpose, target, content, status, attempts, due_at,
        last_error, created_at)
    VALUES (1, '019ab0c47a107c3e9f523d1f6a0c8e21', 'mail', 'alert', 'alice@acme.example',
        '{"subject": "1 of 5", "text": "Bad"}', 'due', 0, '2026-11-01 09:00:00', '',
        '2026-11-01 09:00:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_messages_from_before_rules_still_leave_and_workspaces_have_no_rules(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0023")
    with engine.begin() as connection:
        for statement in BEFORE_RULES.split(";"):
            # A colon would be taken for the name of a value.
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine)
    at = datetime(2026, 11, 2, tzinfo=UTC)
    lease = timedelta(minutes=2)
    assert claim_messages(engine, at, limit=5, lease=lease, lane="webhooks") == []
    [due] = claim_messages(engine, at, limit=5, lease=lease, lane="quick")
    assert (due.content.subject, due.content.notice) == ("1 of 5", None)
    with Session(engine) as session:
        assert rules_in_order(session, 1) == []
    engine.dispose()


BEFORE_QUEUES = """
INSERT INTO follow_ups (workspace_id, id, response_id, survey_id, status, assignee_id, opened_why,
        opened_at, closed_at, outcome)
    VALUES (1, '{open}', '019ab0c47a107c3e9f523d1f6a0c8e21', 1, 'working', 1, '["score"]',
        '2026-11-01 10:00:00', NULL, '');
INSERT INTO follow_ups (workspace_id, id, response_id, survey_id, status, opened_why, opened_at,
        closed_at, outcome)
    VALUES (1, '{done}', '019ab0c47a107c3e9f523d1f6a0c8e21', 1, 'done', '["by_hand"]',
        '2026-11-01 09:00:00', '2026-11-01 09:30:00', 'Said "to": "open" twice');
INSERT INTO follow_up_notes (workspace_id, follow_up_id, id, kind, text, data, at)
    VALUES (1, '{done}', '{note}', 'status', 'x', '{{"from": "working", "to": "done",
        "asked": null}}', '2026-11-01 09:30:00');
INSERT INTO follow_up_notes (workspace_id, follow_up_id, id, kind, text, data, at)
    VALUES (1, '{open}', '{note}', 'change', 'x', '{{"changes": [{{"field": "comment",
        "old": "x", "new": "done"}}]}}', '2026-11-01 09:30:00');
INSERT INTO events (workspace_id, id, name, survey_id, response_id, data, at)
    VALUES (1, '{note}', 'follow_up.closed', 1, '019ab0c47a107c3e9f523d1f6a0c8e21', '{{}}',
        '2026-11-01 09:30:00')
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_follow_ups_from_before_keep_where_they_stand_under_its_new_name(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0025")
    ids = {name: new_id() for name in ("open", "done", "note")}
    before = BEFORE_QUEUES.format(**{name: id.hex for name, id in ids.items()})
    with engine.begin() as connection:
        connection.execute(text(FIRST_RELEASE.split(";")[0]))
        connection.execute(text(ALICE))
        for statement in [*BEFORE_FOLLOW_UPS.split(";"), *before.split(";")]:
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with Session(engine) as session:
        rows = {row.id: row for row in session.scalars(select(FollowUp))}
        assert (rows[ids["open"]].status, rows[ids["open"]].resolved_at) == ("in_progress", None)
        assert (rows[ids["open"]].due_at, rows[ids["open"]].first_reply_at) == (None, None)
        done = rows[ids["done"]]
        assert (done.status, done.resolved_at) == (
            "resolved",
            datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        )
        assert done.outcome == 'Said "to": "open" twice'
        notes = {note.kind: note.data for note in session.scalars(select(FollowUpNote))}
        assert notes == {
            "status": {"from": "in_progress", "to": "resolved", "asked": None},
            "change": {"changes": [{"field": "comment", "old": "x", "new": "done"}]},
        }
        assert session.scalar(select(func.count()).where(Event.name == "follow_up.resolved")) == 1
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_customers_of_before_may_get_another_address_that_is_remembered(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0023")
    kim, at = new_id(), datetime(2026, 11, 26, 9, tzinfo=UTC)
    with engine.begin() as connection:
        for statement in SECOND_RELEASE.split(";")[:1]:
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO customers (workspace_id, id, email, name, external_id, language,"
                " country, time_zone, created_at, updated_at)"
                " VALUES (1, :id, 'kim@old.example', 'Kim', '', '', '', '', :at, :at)"
            ),
            {"id": kim.hex, "at": "2026-11-01 09:00:00"},
        )
    migrate.upgrade(engine)
    with Session(engine) as session:
        change_customer(session, 1, kim, Details({"email": "kim@new.example"}), at)
        assert session.scalars(select(CustomerAlias.value)).all() == ["kim@old.example"]
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_workspaces_of_before_have_our_guidance_and_no_templates_of_their_own(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    engine = empty_database(tmp_path, request, database)
    migrate.upgrade(engine, "0029")
    at, template = datetime(2026, 11, 26, tzinfo=UTC), ReplyTemplate("other", "", "Ask", "{me}")
    with engine.begin() as connection:
        for statement in BEFORE_RULES.split(";")[:1]:
            connection.exec_driver_sql(statement)
    migrate.upgrade(engine)
    assert migrate.drift(engine) == []
    with Session(engine) as session:
        assert guidance_of(session, 1) == Guidance()
        assert reply_templates(session, 1) == []
        change_guidance(session, 1, "other", "Call them", offers_ours=False, by=1, at=at)
        id = save_reply_template(session, 1, template, by=1, at=at)
    with Session(engine) as session:
        assert guidance_of(session, 1) == Guidance({"other": "Call them"}, frozenset({"other"}))
        assert reply_templates(session, 1) == [replace(template, id=id)]
    engine.dispose()
