#!/bin/sh
# Installs what the tests need beside Python packages: a browser, PostgreSQL and Redis.
# Uses what is there, else Debian's packages, else Playwright's own browser.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
has_browser() { [ -n "${SAYSO_CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome; }
has_postgres() { has pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || ls /opt/homebrew/opt/postgresql*/bin/pg_ctl >/dev/null 2>&1; }

missing=""
has_browser || missing="$missing chromium"
has_postgres || missing="$missing postgresql"
has redis-server || missing="$missing redis-server"
[ -z "$missing" ] && exit 0

if has apt-get; then
    sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo"
    echo "Installing$missing"
    # Tests start servers of their own; the packages' services are not wanted.
    $sudo apt-get update -qq
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null \
        || echo "apt-get could not install$missing"
fi

if ! has_browser && ! ls "$HOME"/.cache/ms-playwright/chromium-* >/dev/null 2>&1; then
    "$BIN/playwright" install chromium
fi
has_postgres || echo "No PostgreSQL found: its tests will be skipped (they fail where CI is set)."
has redis-server || echo "No Redis found: its tests will be skipped (they fail where CI is set)."
