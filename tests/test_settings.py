"""Settings: checked at the start, one clear line each, and documented."""

import stat
from pathlib import Path

import pytest

from widget.domain.errors import SettingsError
from widget.settings import SETTINGS, load_settings


def load(tmp_path: Path, **environ: str):  # type: ignore[no-untyped-def]
    return load_settings({"SAYSO_DATA": str(tmp_path / "data"), **environ}, port=8000)


def test_nothing_set_is_a_laptop_with_one_file(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/sayso.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.try_url == "http://localhost:8000"
    assert settings.rate_limit == "120/minute"


def test_a_key_is_generated_once_and_for_the_operator_only(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first.secret_keys == second.secret_keys
    assert len(first.secret_keys[0]) >= 32
    mode = (tmp_path / "data" / "secret_keys").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SAYSO_PUBLIC_URL", "feedback.example.com", "http or https"),
        ("SAYSO_PUBLIC_URL", "https://feedback.example.com/path", "without a path"),
        ("SAYSO_DATABASE_URL", "mysql://x/y", "SQLite or PostgreSQL"),
        ("SAYSO_DATABASE_URL", "nonsense", "database address"),
        ("SAYSO_SECRET_KEYS", "short", "at least 32"),
        ("SAYSO_SECRET_KEYS", "x" * 40 + ",short", "at least 32"),
        ("SAYSO_RATE_LIMIT", "many", "120/minute"),
        ("SAYSO_RATE_LIMIT", "0/minute", "120/minute"),
        ("SAYSO_TRUSTED_PROXIES", "-1", "0 to 10"),
        ("SAYSO_REDIS_URL", "http://x", "redis://"),
        ("SAYSO_QUARANTINE", "soon", "10 minutes"),
        ("SAYSO_QUARANTINE", "0 minutes", "10 minutes"),
        ("SAYSO_MAIL_URL", "http://mail.example", "smtp://"),
        ("SAYSO_MAIL_URL", "smtp://mail.example?tls=maybe", "starttls, ssl or none"),
        ("SAYSO_MAIL_URL", "smtp://mail.example:many", "SAYSO_MAIL_URL"),
        ("SAYSO_MAIL_FROM", "us@acme.example\r\nBcc: x@y.example", "email address"),
        ("SAYSO_MAIL_FROM", "grüße@acme.example", "plain letters"),
        ("SAYSO_PUBLIC_URL", "https://bücher.example", "ASCII form"),
        ("SAYSO_BOUNCE_ADDRESS", "a+b@acme.example", "without a +"),
        ("SAYSO_BOUNCE_ADDRESS", "zurück@acme.example", "plain characters"),
        ("SAYSO_BOUNCE_ADDRESS", "nineteen-characters@acme.example", "at most 18"),
        ("SAYSO_ADDRESS_KEY", "short", "at least 32"),
        ("SAYSO_BOUNCE_TOKEN", "short", "at least 32"),
        ("SAYSO_IDLE_MINUTES", "0", "1 to 1440"),
        ("SAYSO_VISIT_DAYS", "3651", "1 to 3650"),
        ("SAYSO_COLUMNS_FROM", "some", "1 to 1000000000"),
        ("SAYSO_PUBLIC_ULR", "https://x.example", "no setting of Sayso"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    with pytest.raises(SettingsError) as failure:
        load(tmp_path, **{name: value})
    assert says in str(failure.value)
    assert name.split("_")[1] in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 600), ("90 seconds", 90), ("1 second", 1), ("10 minutes", 600), ("2hours", 7200)],
)
def test_the_quarantine_is_written_in_words(tmp_path: Path, text: str, seconds: int) -> None:
    assert load(tmp_path, SAYSO_QUARANTINE=text).quarantine_s == seconds


def test_postgres_addresses_of_either_spelling_are_taken(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql"):
        settings = load(tmp_path, SAYSO_DATABASE_URL=f"{scheme}://u:p@h/n")
        assert settings.database_url == "postgresql+psycopg://u:p@h/n"


def test_the_first_key_is_the_newest(tmp_path: Path) -> None:
    settings = load(tmp_path, SAYSO_SECRET_KEYS=f"{'n' * 40}, {'o' * 40}")
    assert settings.secret_keys == ("n" * 40, "o" * 40)


def test_a_public_address_is_trusted_and_strangers_are_not(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        SAYSO_PUBLIC_URL="https://feedback.example/",
        SAYSO_TRUSTED_HOSTS="inside.example, 10.0.0.7",
    )
    assert settings.public_url == "https://feedback.example"
    assert set(settings.trusted_hosts) == {
        "127.0.0.1",
        "localhost",
        "[::1]",
        "feedback.example",
        "inside.example",
        "10.0.0.7",
    }


def test_the_operators_manual_has_every_setting_as_the_code_has_it() -> None:
    manual = Path("docs/operating.md").read_text()
    for setting in SETTINGS:
        row = f"| `{setting.name}` | {setting.default} | {setting.help} |"
        assert row in manual


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example", "mail.example", 587, "starttls"),
        ("smtp://mail.example:465", "mail.example", 465, "ssl"),
        ("smtps://mail.example", "mail.example", 465, "ssl"),
        ("smtp://localhost", "localhost", 25, "none"),
        ("smtp://mail.example:2525?tls=none", "mail.example", 2525, "none"),
    ],
)
def test_a_mail_server_is_spoken_to_as_its_address_says(
    tmp_path: Path, url: str, host: str, port: int, tls: str
) -> None:
    server = load(tmp_path, SAYSO_MAIL_URL=url).mail_server
    assert (server.host, server.port, server.tls) == (host, port, tls)


def test_a_mail_servers_password_is_decoded_and_never_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, SAYSO_MAIL_URL="smtp://me%40x.example:p%40ss%2Fword@mail.example")
    assert (settings.mail_server.user, settings.mail_server.password) == (
        "me@x.example",
        "p@ss/word",
    )
    assert "p@ss" not in repr(settings)
    with pytest.raises(SettingsError) as failure:
        load(tmp_path, SAYSO_MAIL_URL="ftp://me:topsecret@mail.example")
    assert "topsecret" not in str(failure.value)


def test_mails_are_from_the_public_host_unless_told_otherwise(tmp_path: Path) -> None:
    settings = load(tmp_path, SAYSO_PUBLIC_URL="https://feedback.example.com")
    assert settings.mail_from == "feedback@feedback.example.com"
    assert load(tmp_path).mail_from == "feedback@localhost.localdomain"
    assert load(tmp_path).address_key == load(tmp_path).address_key
