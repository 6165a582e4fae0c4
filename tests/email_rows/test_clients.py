"""Previews change a row as mail clients do, and it stays readable in each."""

import re

import pytest

from tests.email_rows.test_row import Links, row
from widget.domain.looks import contrast
from widget.domain.surveys import new_definition
from widget.email_rows.clients import (
    MAIL_CLIENTS,
    SCHEMES,
    MailClient,
    Scheme,
    as_shown,
    inverted,
    mail_client,
)

ROW = row(new_definition("nps"))
every_client = pytest.mark.parametrize("client", MAIL_CLIENTS, ids=lambda client: client.id)


def client(id: str) -> MailClient:
    found = mail_client(id)
    assert found
    return found


@every_client
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_row_stays_whole_and_readable(client: MailClient, scheme: Scheme) -> None:
    shown = as_shown(ROW, client, scheme)
    assert [(url, seen) for url, _label, seen in Links(shown).found] == [
        (url, seen) for url, _label, seen in Links(ROW).found
    ]
    ground = re.search(r'bgcolor="(#\w{6})"', shown)
    ink = re.search(r'style="color:(#\w{6})', shown)
    assert ground
    assert ink
    assert contrast(ground[1], ink[1]) >= 4.5
    if scheme == "dark":
        assert contrast(client.ground, client.ink) >= 7
        assert contrast(ground[1], client.ground) >= 2


def test_outlook_draws_neither_round_corners_nor_whole_cells_as_links() -> None:
    shown = as_shown(ROW, client("outlook"), "light")
    for name in ("border-radius", "display", "line-height"):
        assert name not in shown
    assert 'height="44"' in shown
    assert "font-size:16px" in shown
    assert "color:#ffffff" in shown


def test_gmail_and_apple_mail_draw_a_light_row_as_it_is() -> None:
    assert as_shown(ROW, client("gmail"), "light") == ROW
    assert as_shown(ROW, client("apple-mail"), "dark") == ROW


@pytest.mark.parametrize(("colour", "turned"), [("#ffffff", "#000000"), ("#000000", "#ffffff")])
def test_inverting_turns_white_and_black_over(colour: str, turned: str) -> None:
    assert inverted(colour) == turned


@pytest.mark.parametrize("colour", ["#5b5bd6", "#ffc107", "#1f1f1f", "#757575"])
def test_inverting_twice_gives_the_same_lightness(colour: str) -> None:
    assert contrast(inverted(inverted(colour)), colour) < 1.1


def test_an_unknown_client_is_none() -> None:
    assert mail_client("lotus-notes") is None
