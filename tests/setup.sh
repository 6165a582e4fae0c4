#!/bin/sh
# Installs what the tests need beside Python packages: a browser, PostgreSQL, Redis, and what draws PDFs.
# Uses what is there, else Debian's packages, else Playwright's own browser.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
# The Chromium without windows takes a third of the time; any other does as well.
has_shell() { [ -n "${SAYSO_CHROMIUM:-}" ] || has chromium-headless-shell; }
has_browser() { has_shell || has chromium || has chromium-browser || has google-chrome; }
has_postgres() { has pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || ls /opt/homebrew/opt/postgresql*/bin/pg_ctl >/dev/null 2>&1; }

draws_pdfs() { "$BIN/python" -c 'import weasyprint' >/dev/null 2>&1; }

install() {
    echo "Installing $*"
    sudo=""
    is_root || sudo="sudo"
    # Tests start servers of their own; the packages' services are not wanted.
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null \
        || { echo "apt-get could not install $*"; return 1; }
}

update() { if is_root; then apt-get update -qq; else sudo apt-get update -qq; fi || echo "apt-get could not look for updates"; }

if has apt-get; then
    if ! { has_browser && has_postgres && has redis-server && draws_pdfs; } || { is_root && ! has_shell; }; then update; fi
    has_postgres || install postgresql || true
    has redis-server || install redis-server || true
    draws_pdfs || install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 || true
    # Nobody who has a browser is asked for a password to get another.
    if is_root && ! has_shell || ! has_browser; then
        install chromium-headless-shell || has_browser || install chromium || true
    fi
fi

if ! has_browser && ! ls "$HOME"/.cache/ms-playwright/chromium-* >/dev/null 2>&1; then
    "$BIN/playwright" install chromium
fi
has_postgres || echo "No PostgreSQL found: its tests will be skipped (they fail where CI is set)."
draws_pdfs || echo "No Pango found: tests of PDFs will be skipped (they fail where CI is set)."
has redis-server || echo "No Redis found: its tests will be skipped (they fail where CI is set)."
