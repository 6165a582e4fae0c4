"""Every route has a declared class, and keeps its promises: caller, forgery, cookies, headers."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from tests.builders import (
    Workspace,
    close_world,
    csrf_token,
    make_settings,
    make_workspace,
    make_world,
)
from widget.web.security import API, CONSOLE, FRAME, LANDING, MAIL_PREVIEW, RouteClass, route_class

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

# Where a view sends another value than its class does: what that is, to the letter.
_FRAME_POLICY = (
    r"default-src 'none'; script-src 'self'; style-src 'sha256-[A-Za-z0-9+/=]+'; img-src 'self'; "
    r"connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)
_PREVIEW = {
    "Content-Security-Policy": _FRAME_POLICY + "; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
OWN_VALUES: dict[str, dict[str, str]] = {
    "console.preview": _PREVIEW,
    "console.preview_step": _PREVIEW,
    "console.mail_preview": {
        "Content-Security-Policy": r"sandbox; default-src 'none'; style-src( 'sha256-[\w+/=]+')*; "
        r"img-src 'self'; form-action 'none'; base-uri 'none'; object-src 'none'; "
        r"frame-ancestors 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    },
    "frame.show": {"Content-Security-Policy": _FRAME_POLICY},
    "share.make": {
        "Content-Security-Policy": r"default-src 'none'; script-src 'self'; "
        r"style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'|" + _FRAME_POLICY
    },
    "share.testimonials": {
        "Content-Security-Policy": r"default-src 'none'; script-src 'self'; "
        r"style-src 'self' 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'; "
        r"object-src 'none'",
        "Cache-Control": r"public, max-age=60|private, no-store",
    },
    # A page that is not there is never kept.
    **{
        f"share.{name}": {"Cache-Control": r"no-store|private, no-store"}
        for name in ("page", "picture", "mine", "withdraw")
    },
    "frame.store": {"Content-Security-Policy": _FRAME_POLICY},
    "try_it.survey": {
        "Content-Security-Policy": (
            r"default-src 'none'; script-src 'self' http://localhost; frame-src http://localhost; "
            r"style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
        )
    },
    # Its own styles by digest, and nothing may frame it.
    **{
        f"landing.{name}": {
            "Content-Security-Policy": r"default-src 'none'; script-src 'self'; style-src 'self'"
            r"( 'sha256-[\w+/=]+')?; img-src 'self'; connect-src 'self'; form-action 'self'; "
            r"base-uri 'none'; object-src 'none'; frame-ancestors 'none'|"
            + re.escape(LANDING.headers["Content-Security-Policy"])
        }
        for name in ("signed", "unsigned", "more")
    },
}


def expected(rule: Rule, name: str, value: str, status: int) -> str:
    """A pattern of the header's value: the class's own, or what the view declares above."""
    own = OWN_VALUES.get(rule.endpoint, {}).get(name)
    if own:
        return own
    is_framed = route_class(rule.endpoint) is FRAME
    if status >= 400 and name == "Content-Security-Policy" and not is_framed:
        # Error pages are the console's, and theirs is stricter than that only for programs.
        return "|".join(re.escape(policy) for policy in (value, CONSOLE.headers[name]))
    return re.escape(value)


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One server for all routes: nothing here changes it."""
    world = make_world(make_settings(tmp_path_factory.mktemp("walk")))
    yield make_workspace(world)
    close_world(world)


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def address(rule: Rule, survey: str) -> str:
    """An address that the rule matches."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        elif isinstance(converter, UUIDConverter):
            values[name] = UUID(int=1)
        elif isinstance(converter, IntegerConverter):
            values[name] = 1
        else:
            values[name] = survey if name == "public_id" else "x"
    built = rule.build(values)
    assert built, rule
    return built[1]


def test_every_route_declares_its_class(acme: Workspace) -> None:
    for rule in rules(acme.world.app):
        assert isinstance(route_class(rule.endpoint), RouteClass), rule


def test_every_answer_carries_the_headers_of_its_class(acme: Workspace) -> None:
    survey = acme.survey()
    client = acme.signed_in()
    for rule in rules(acme.world.app):
        declared = route_class(rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint == "security.logout":
                continue
            answer = client.open(address(rule, survey), method=method)
            assert answer.status_code < 500, (rule, method)
            for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
                assert name in answer.headers, (rule, method, name)
            for name, value in declared.headers.items():
                sent = answer.headers[name]
                pattern = expected(rule, name, value, answer.status_code)
                assert re.fullmatch(pattern, sent), (rule, method, name, sent)
            policy = answer.headers["Content-Security-Policy"]
            if declared is MAIL_PREVIEW:
                # Mail has its styles inline; nothing else of it comes to life.
                assert "; sandbox allow-same-origin;" in policy, (rule, policy)
                policy = policy.replace("style-src 'unsafe-inline'", "")
            assert "unsafe" not in policy, (rule, policy)
            assert "default-src 'none'" in policy, (rule, policy)
            assert "base-uri 'none'" in policy, (rule, policy)


def test_no_customers_answer_sets_or_depends_on_a_cookie(acme: Workspace) -> None:
    survey = acme.survey()
    for rule in rules(acme.world.app):
        declared = route_class(rule.endpoint)
        if declared.may_set_cookies:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = acme.world.client().open(
                address(rule, survey), method=method, headers={"Cookie": "sayso=stale; a=b"}
            )
            assert "Set-Cookie" not in answer.headers, (rule, method)
            assert "Cookie" not in answer.headers.get("Vary", ""), (rule, method)


def test_the_console_lets_no_stranger_in(acme: Workspace) -> None:
    survey = acme.survey()
    for rule in rules(acme.world.app):
        if route_class(rule.endpoint) not in (CONSOLE, MAIL_PREVIEW):
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            stranger = acme.world.client()
            # With a token of their own session, so that only who they are can be refused.
            token = csrf_token(stranger.get("/console/account/sign-in").text)
            answer = stranger.open(
                address(rule, survey),
                method=method,
                data={"csrf_token": token} if method in UNSAFE else None,
            )
            assert answer.status_code == 302, (rule, method, answer.status_code)
            assert "/console/account/sign-in" in answer.headers["Location"], (rule, method)


def test_the_console_takes_no_change_without_its_own_token(acme: Workspace) -> None:
    survey = acme.survey()
    client = acme.signed_in()
    for rule in rules(acme.world.app):
        declared = route_class(rule.endpoint)
        if declared.forgery != "session token" or rule.endpoint in CHANGES_NOTHING:
            continue
        for method in sorted((rule.methods or set()) & UNSAFE):
            answer = client.open(address(rule, survey), method=method, data={"x": "y"})
            assert answer.status_code == 400, (rule, method, answer.status_code)


# Posted to by the editor's preview, whose frame has no session token; it stores nothing.
CHANGES_NOTHING = {"console.preview_step"}


def test_the_console_is_never_framed_by_others(acme: Workspace) -> None:
    survey = acme.survey()
    client = acme.signed_in()
    for rule in rules(acme.world.app):
        if route_class(rule.endpoint) not in (CONSOLE, MAIL_PREVIEW):
            continue
        if "GET" not in (rule.methods or ()):
            continue
        policy = client.get(address(rule, survey)).headers["Content-Security-Policy"]
        ancestors = re.search(r"frame-ancestors ([^;]+)", policy)
        assert ancestors, rule
        assert ancestors[1].strip() in ("'none'", "'self'"), rule


def test_the_api_answers_nobody_without_a_key(acme: Workspace) -> None:
    client = acme.signed_in()
    for rule in rules(acme.world.app):
        if route_class(rule.endpoint) is not API:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = client.open(address(rule, "x"), method=method)
            assert answer.status_code == 401, (rule, method)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_everything_framed_may_be_embedded_errors_too(acme: Workspace) -> None:
    client = acme.world.client()
    for path in ("/w/nosuchsurvey", "/w/a/b/c", "/w/"):
        answer = client.get(path)
        assert answer.status_code in (404, 405)
        for name, value in FRAME.headers.items():
            if name.startswith("Cross-Origin"):
                assert answer.headers[name] == value, path


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_a_strange_host_name_is_refused(acme: Workspace, host: str) -> None:
    answer = acme.world.client().get("/healthz", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_over_https_cookies_are_bound_to_the_host(tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings = make_settings(
        tmp_path,
        public_url="https://feedback.example",
        trusted_hosts=("feedback.example", "localhost"),
    )
    world = make_world(settings)
    make_workspace(world)
    answer = world.client().get("/console/account/sign-in", base_url="https://feedback.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sayso=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    close_world(world)
