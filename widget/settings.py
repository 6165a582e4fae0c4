"""Every setting of the server: its name, default, check and help, in one table.

`docs/operating.md` prints the same table; a test keeps the two equal.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from widget.domain.errors import SettingsError
from widget.mail_settings import MailServer, read_mail_from, read_mail_server, read_signed_address


@dataclass(frozen=True)
class Setting:
    """One environment variable. `default` is shown in the documentation as written here."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting(
        "SAYSO_DATA",
        "var",
        "Folder for the SQLite file, generated keys, files of responses and demo sign-in.",
    ),
    Setting(
        "SAYSO_DATABASE_URL",
        "SQLite in SAYSO_DATA",
        "`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME` (PostgreSQL 15 or newer).",
    ),
    Setting(
        "SAYSO_REDIS_URL",
        "none",
        "`redis://HOST:PORT/N`. Rate limits are then counted across all processes and nodes, "
        "and live streams hear at once what other processes store.",
    ),
    Setting(
        "SAYSO_SECRET_KEYS",
        "generated in SAYSO_DATA",
        "Keys, comma-separated, at least 32 characters each. The first signs, all are accepted: "
        "rotate by putting a new one first.",
    ),
    Setting(
        "SAYSO_PUBLIC_URL",
        "the address served",
        "Where browsers reach this server, such as `https://feedback.example.com`. "
        "Snippets and links are built from it, never from a request.",
    ),
    Setting(
        "SAYSO_TRY_URL",
        "the other loopback name, else none",
        "A second address of this server, so that the try-it page stands on another origin.",
    ),
    Setting(
        "SAYSO_TRUSTED_HOSTS",
        "loopback and the public URL's host",
        "Further host names, comma-separated, that requests may carry.",
    ),
    Setting(
        "SAYSO_TRUSTED_PROXIES",
        "0",
        "How many reverse proxies stand in front; their X-Forwarded headers are then believed.",
    ),
    Setting(
        "SAYSO_RATE_LIMIT",
        "120/minute",
        "Answers accepted per address prefix (/24 or /48) and survey, or `off`. "
        "Each worker process counts for itself unless SAYSO_REDIS_URL is set.",
    ),
    Setting(
        "SAYSO_METRICS_TOKEN",
        "none",
        "Bearer token that `/metrics` wants. Without one it answers this machine only.",
    ),
    Setting(
        "SAYSO_QUARANTINE",
        "10 minutes",
        "How long an answer given on a mail's page without pressing its button waits before it "
        "counts, such as `90 seconds`, `10 minutes` or `1 hour`.",
    ),
    Setting(
        "SAYSO_MAIL_URL",
        "files in SAYSO_DATA/mail",
        "`smtp://USER:PASSWORD@HOST:PORT?tls=starttls` (or `ssl`, `none`). While unset, mails are "
        "written to files that can be opened, and nothing is sent.",
    ),
    Setting(
        "SAYSO_MAIL_FROM",
        "feedback@ the public URL's host",
        "The address that mails are from, unless a workspace has its own.",
    ),
    Setting(
        "SAYSO_BOUNCE_ADDRESS",
        "none",
        "Where mails come back to, such as `bounce@example.com`. `bounce+…@example.com` must then "
        "be piped into `sayso bounce`.",
    ),
    Setting(
        "SAYSO_INBOUND_ADDRESS",
        "none",
        "Where customers answer replies to, such as `replies@example.com`. `replies+…@example.com` "
        "must then come back, by `sayso reply` or a mail service. While unset, answers go to "
        "whoever wrote.",
    ),
    Setting(
        "SAYSO_ADDRESS_KEY",
        "generated in SAYSO_DATA",
        "The key of the list of addresses that are not written to, at least 32 characters. Never "
        "change it: nobody on the list would be recognised any more, nor which response belongs to "
        "an unsigned link.",
    ),
    Setting(
        "SAYSO_MAILGUN_SIGNING_KEY",
        "none",
        "Mailgun's webhook signing key; its webhooks are then believed only when signed, and need "
        "no other key.",
    ),
    Setting(
        "SAYSO_BOUNCE_TOKEN",
        "none",
        "The operator's own key for what mail services report, at least 32 characters. It speaks "
        "for every workspace: keep it to the mail service.",
    ),
    Setting(
        "SAYSO_IDLE_MINUTES",
        "30",
        "Minutes after which a response whose customer left counts as finished.",
    ),
    Setting(
        "SAYSO_VISIT_DAYS",
        "90",
        "Days that are remembered of who opened the links of mails, by which answers are judged.",
    ),
    Setting(
        "SAYSO_COLUMNS_FROM",
        "50000",
        "From so many responses on, a workspace's numbers are read from a copy by column, which "
        "the worker keeps in SAYSO_DATA; or `off`.",
    ),
    Setting(
        "SAYSO_EXPORTS_MB",
        "4000",
        "Megabytes that the files of responses in SAYSO_DATA/exports may take together; those of "
        "one workspace a quarter of it.",
    ),
)

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
_DURATION = re.compile(r"^([1-9]\d{0,5}) *(second|minute|hour)s?$")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_RATE = re.compile(r"^[1-9]\d*/(second|minute|hour|day)$")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Settings:
    """The checked settings that one process runs with. URLs have no trailing slash."""

    data: Path
    database_url: str
    secret_keys: tuple[str, ...]
    public_url: str
    try_url: str | None = None
    redis_url: str | None = None
    trusted_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    trusted_proxies: int = 0
    rate_limit: str | None = "120/minute"
    metrics_token: str | None = None
    quarantine_s: int = 600
    mail_server: MailServer | None = None
    mail_from: str = "feedback@localhost.localdomain"
    bounce_address: str = ""
    inbound_address: str = ""
    address_key: str = field(default="", repr=False)
    mailgun_signing_key: str = field(default="", repr=False)
    bounce_token: str = field(default="", repr=False)
    idle_minutes: int = 30
    visit_days: int = 90
    columns_from: int | None = 50_000
    exports_mb: int = 4000

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def exports_folder(self) -> Path:
        """Where files of responses are until they are taken; web and worker share it."""
        return self.data / "exports"

    @property
    def exports_room(self) -> int:
        """How many bytes they may take together."""
        return self.exports_mb * 1_000_000


def load_settings(
    environ: Mapping[str, str], *, host: str = "127.0.0.1", port: int = 8000
) -> Settings:
    """The settings in an environment. `host` and `port` are what the server listens on.

    Makes the data folder and, where none are given, a file with a generated key in it.
    Raises SettingsError with one clear line for the first wrong value.
    """
    for name in environ:
        if name.startswith("SAYSO_") and name not in _DEFAULTS and name != "SAYSO_CHROMIUM":
            raise SettingsError(f"{name} is no setting of Sayso; see docs/operating.md.")
    data = Path(environ.get("SAYSO_DATA") or "var").absolute()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"SAYSO_DATA: cannot make the folder {data}: {error}") from error
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    if ":" in shown_host:
        shown_host = f"[{shown_host}]"
    public_url = _url(
        "SAYSO_PUBLIC_URL", environ.get("SAYSO_PUBLIC_URL") or f"http://{shown_host}:{port}"
    )
    try_url = environ.get("SAYSO_TRY_URL")
    return Settings(
        data=data,
        database_url=_database_url(environ.get("SAYSO_DATABASE_URL", ""), data),
        secret_keys=_secret_keys(environ.get("SAYSO_SECRET_KEYS", ""), data),
        public_url=public_url,
        try_url=_url("SAYSO_TRY_URL", try_url) if try_url else _other_loopback(public_url),
        redis_url=_redis_url(environ.get("SAYSO_REDIS_URL", "")),
        trusted_hosts=_trusted_hosts(environ, public_url, try_url, host),
        trusted_proxies=_proxies(environ.get("SAYSO_TRUSTED_PROXIES") or "0"),
        rate_limit=_rate_limit(environ.get("SAYSO_RATE_LIMIT") or "120/minute"),
        metrics_token=environ.get("SAYSO_METRICS_TOKEN") or None,
        quarantine_s=_quarantine(environ.get("SAYSO_QUARANTINE") or "10 minutes"),
        mail_server=read_mail_server(environ.get("SAYSO_MAIL_URL", "")),
        mail_from=read_mail_from(environ.get("SAYSO_MAIL_FROM", ""), public_url),
        bounce_address=read_signed_address(
            "SAYSO_BOUNCE_ADDRESS", environ.get("SAYSO_BOUNCE_ADDRESS", "")
        ),
        inbound_address=read_signed_address(
            "SAYSO_INBOUND_ADDRESS", environ.get("SAYSO_INBOUND_ADDRESS", "")
        ),
        address_key=_address_key(environ.get("SAYSO_ADDRESS_KEY", ""), data),
        mailgun_signing_key=environ.get("SAYSO_MAILGUN_SIGNING_KEY", ""),
        bounce_token=_bounce_token(environ.get("SAYSO_BOUNCE_TOKEN", "")),
        idle_minutes=_whole("SAYSO_IDLE_MINUTES", environ.get("SAYSO_IDLE_MINUTES") or "30", 1440),
        visit_days=_whole("SAYSO_VISIT_DAYS", environ.get("SAYSO_VISIT_DAYS") or "90", 3650),
        columns_from=_columns_from(environ.get("SAYSO_COLUMNS_FROM") or "50000"),
        exports_mb=_whole(
            "SAYSO_EXPORTS_MB", environ.get("SAYSO_EXPORTS_MB") or "4000", 10_000_000
        ),
    )


def settings_from_process(*, host: str = "127.0.0.1", port: int = 8000) -> Settings:
    """The settings in this process's environment."""
    return load_settings(os.environ, host=host, port=port)


def _url(name: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{name} must be an http or https address, not {text!r}.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(f"{name} must be an address without a path, not {text!r}.")
    if not text.isascii():
        raise SettingsError(f"{name} must have its domain in the ASCII form (xn--…), not {text!r}.")
    # As browsers write an origin, with which it is compared.
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _other_loopback(public_url: str) -> str | None:
    parts = urlsplit(public_url)
    other = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}.get(parts.hostname or "")
    if not other:
        return None
    return f"{parts.scheme}://{other}:{parts.port}" if parts.port else f"{parts.scheme}://{other}"


def _database_url(text: str, data: Path) -> str:
    if not text:
        return f"sqlite:///{data / 'sayso.db'}"
    if text.startswith(("postgres://", "postgresql://")):
        text = "postgresql+psycopg://" + text.partition("://")[2]
    try:
        backend = make_url(text).get_backend_name()
    except ArgumentError as error:
        raise SettingsError("SAYSO_DATABASE_URL is not a database address.") from error
    if backend not in ("sqlite", "postgresql"):
        raise SettingsError(f"SAYSO_DATABASE_URL must be SQLite or PostgreSQL, not {backend}.")
    return text


def _redis_url(text: str) -> str | None:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("SAYSO_REDIS_URL must begin with redis://, rediss:// or unix://.")
    return text or None


def _secret_keys(text: str, data: Path) -> tuple[str, ...]:
    if not text:
        return (_generated_key(data / "secret_keys"),)
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or any(len(key) < 32 for key in keys):
        raise SettingsError("SAYSO_SECRET_KEYS: each key must have at least 32 characters.")
    return keys


def _generated_key(file: Path) -> str:
    try:
        # O_EXCL: of several processes starting at once, one makes the key and all read it.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as target:
        target.write(secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()


def _trusted_hosts(
    environ: Mapping[str, str], public_url: str, try_url: str | None, host: str
) -> tuple[str, ...]:
    hosts = list(LOOPBACK_HOSTS)
    for url in (public_url, try_url):
        if url:
            hosts.append(urlsplit(url).hostname or "")
    try:
        if not ipaddress.ip_address(host).is_unspecified:
            hosts.append(f"[{host}]" if ":" in host else host)
    except ValueError:
        hosts.append(host)
    hosts += [part.strip() for part in environ.get("SAYSO_TRUSTED_HOSTS", "").split(",")]
    return tuple(dict.fromkeys(name for name in hosts if name))


def _columns_from(text: str) -> int | None:
    return None if text == "off" else _whole("SAYSO_COLUMNS_FROM", text, 1_000_000_000)


def _proxies(text: str) -> int:
    if not text.isdecimal() or int(text) > 10:
        raise SettingsError(f"SAYSO_TRUSTED_PROXIES must be a number from 0 to 10, not {text!r}.")
    return int(text)


def _rate_limit(text: str) -> str | None:
    if text == "off":
        return None
    if not _RATE.match(text):
        raise SettingsError(f"SAYSO_RATE_LIMIT must be like 120/minute, or off; not {text!r}.")
    return text


def _quarantine(text: str) -> int:
    found = _DURATION.match(text.strip())
    if not found:
        raise SettingsError(f"SAYSO_QUARANTINE must be like 10 minutes, not {text!r}.")
    return int(found[1]) * _SECONDS[found[2]]


def _address_key(text: str, data: Path) -> str:
    if not text:
        return _generated_key(data / "address_key")
    if len(text) < 32:
        raise SettingsError("SAYSO_ADDRESS_KEY must have at least 32 characters.")
    return text


def _bounce_token(text: str) -> str:
    if text and len(text) < 32:
        raise SettingsError("SAYSO_BOUNCE_TOKEN must have at least 32 characters.")
    return text


def _whole(name: str, text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise SettingsError(f"{name} must be a number from 1 to {most}, not {text!r}.")
    return int(text)
