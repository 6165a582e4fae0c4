"""Sayso: customer feedback you host yourself. `create_app` wires the server and does no more."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from widget.domain.links import LinkSigner
from widget.domain.mail_addresses import address_digest
from widget.domain.share_links import PressSigner
from widget.domain.tokens import VisitSigner
from widget.extensions import babel, csrf, db, htmx
from widget.paths import asset_folder
from widget.settings import Settings
from widget.storage.addresses import digest_addresses_with
from widget.storage.columnar.files import keep_copies_in
from widget.storage.engine import prepare_engine
from widget.web import assets, evidence, rate_limits, register, words
from widget.web.clock import utc_now
from widget.web.console import account as sign_in
from widget.web.console_hooks import console_only
from widget.web.frame.express import Express
from widget.web.live.feed import Feed
from widget.web.sessions import ConsoleSessions

__version__ = "0.1.0"

# Above this a request is refused unread. A megabyte of comment is still read, so that it can be
# shown again with the sentence that says it is too long.
_LARGEST_BODY = 2 * 1024 * 1024


def create_app(settings: Settings, overrides: dict[str, Any] | None = None) -> Flask:
    """The WSGI application for these settings. `overrides` are Flask configuration for tests."""
    app = Flask(
        __name__,
        template_folder=str(asset_folder("templates")),
        static_folder=str(asset_folder("static")),
    )
    app.config.update(_configuration(settings), **(overrides or {}))
    app.session_interface = ConsoleSessions()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        engine = prepare_engine(db.engine)
    digest_addresses_with(engine, lambda email: (address_digest(settings.address_key, email),))
    if settings.columns_from is not None:
        keep_copies_in(engine, settings.data / "columns")
    with console_only(app):
        csrf.init_app(app)
        sign_in.register(app)
    babel.init_app(app)
    words.register(app)
    htmx.init_app(app)
    app.extensions["sayso_visits"] = VisitSigner(settings.secret_keys)
    app.extensions["sayso_answer_links"] = LinkSigner(settings.secret_keys, "answer")
    evidence.register(app, settings.data, settings.secret_keys[0])
    app.extensions["sayso_unsubscribe_links"] = LinkSigner(settings.secret_keys, "unsubscribe")
    app.extensions["sayso_subscription_links"] = LinkSigner(settings.secret_keys, "subscription")
    app.extensions["sayso_share_links"] = LinkSigner(settings.secret_keys, "share")
    app.extensions["sayso_presses"] = PressSigner(settings.secret_keys)
    app.extensions["sayso_settings"] = settings
    app.extensions["sayso_live"] = Feed(app, settings.redis_url)
    rate_limits.register(app, settings.redis_url, settings.rate_limit)
    assets.register(app)
    register(app)
    app.wsgi_app = Express(app, app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    keys = settings.secret_keys
    prefix = "__Host-" if settings.is_https else ""
    return {
        "SECRET_KEY": keys[0],
        "SECRET_KEY_FALLBACKS": list(keys[1:]),
        # A list, as its signer accepts: tokens made with an older key stay good. Last one signs.
        "WTF_CSRF_SECRET_KEY": list(reversed(keys)),
        "WTF_CSRF_TIME_LIMIT": None,
        "SESSION_COOKIE_NAME": f"{prefix}sayso",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": _LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": _LARGEST_BODY,
        "MAX_FORM_PARTS": 2000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": settings.database_url.startswith("postgres"),
            # Errors are logged, and what customers said does not belong in a log.
            "hide_parameters": True,
        },
        "SAYSO_DATA": settings.data,
        "SAYSO_HTTPS": settings.is_https,
        "SAYSO_PUBLIC_URL": settings.public_url,
        "SAYSO_TRY_URL": settings.try_url,
        "SAYSO_METRICS_TOKEN": settings.metrics_token,
        "SAYSO_QUARANTINE_S": settings.quarantine_s,
        "SAYSO_ADDRESS_KEY": settings.address_key,
        "SAYSO_MAILGUN_SIGNING_KEY": settings.mailgun_signing_key,
        "SAYSO_BOUNCE_TOKEN": settings.bounce_token,
        "SAYSO_CLOCK": utc_now,
        "SAYSO_SURVEY_AGE_S": 1.0,
    }
