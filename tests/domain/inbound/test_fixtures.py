"""Mails as the programs of customers write them: what is read of each.

The files beside this are made up, in the form that each program gives to mails.
"""

from pathlib import Path

import pytest

from widget.domain.inbound.automatic import is_automatic
from widget.domain.inbound.mails import Attachment
from widget.domain.inbound.mime import read_mime
from widget.domain.inbound.quotes import what_was_written

MIME = Path(__file__).with_name("mime")

SAID = {
    "gmail-web": "Thank you, that was quick!\n\nThe parcel is here – Grüße,\nKim",
    "gmail-android-german": "Danke für die schnelle Antwort. Können Sie mich am Dienstag um 10:00 "
    "anrufen?",
    "gmail-japanese": "ありがとうございます。届きました。",
    "gmail-dutch": "Bedankt, het is opgelost.",
    "gmail-arabic": "شكرا لكم، وصل الطرد.",
    "outlook-desktop-html-only": "That is fine – thank you.\n\nKim",
    "outlook-desktop-german": "Hallo,\n\ndie Rechnung hängt an.",
    "outlook-web": "Could you send it again? The link\nwas broken.\n\nKim",
    "outlook-web-french-html-only": "Merci, c’est réglé.",
    "outlook-ios": "Yes please.",
    "apple-mail-mac": "Here is what it looks like:\n\nAs you see, it’s broken.",
    "apple-mail-iphone": "It works now. I would still like to know why it took you two weeks to "
    "get here.",
    "apple-mail-ipad-french": "Merci beaucoup !",
    "thunderbird": "The parcel was at the wrong depot for a week, and nobody there picked up the "
    "telephone.\n\nNo, thank you.",
    "thunderbird-italian": "Grazie, tutto a posto.",
    "yahoo-web": "I am still waiting for the refund.\nKim",
    "yahoo-android-spanish": "Gracias. Ya funciona.",
    "samsung-mail-portuguese": "Obrigada pela resposta.",
    "proton-mail-polish": "Dziękuję, już działa.",
    "broken-unknown-charset": "Schöne Grüße",
    "broken-no-boundary-and-nuls": "--other\nStill a letter.",
}
PROGRAMS = {
    "auto-exchange-out-of-office",
    "auto-gmail-vacation",
    "auto-german-without-headers",
    "bounce-postfix",
}


def of(name: str) -> bytes:
    return (MIME / f"{name}.eml").read_bytes()


def test_every_fixture_is_read() -> None:
    assert {file.stem for file in MIME.glob("*.eml")} == set(SAID) | PROGRAMS


@pytest.mark.parametrize("name", SAID)
def test_a_persons_mail_is_read_without_what_it_quotes(name: str) -> None:
    mail = read_mime(of(name))
    assert what_was_written(mail.text) == SAID[name]
    assert mail.sender == "kim@shop.example"
    assert "replies+TOKEN@sayso.example" in mail.to
    assert not is_automatic(mail.headers, mail.subject, mail.sender)
    assert not mail.is_report


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_programs_mail_is_known_as_one(name: str) -> None:
    mail = read_mime(of(name))
    assert is_automatic(mail.headers, mail.subject, mail.sender)
    assert mail.is_report == (name == "bounce-postfix")


def test_attached_files_are_named_with_their_size_and_nothing_of_them_is_kept() -> None:
    mail = read_mime(of("outlook-desktop-german"))
    assert mail.attachments == (Attachment("Rechnung 4711.pdf", 3000),)
    assert "%PDF" not in mail.text
    picture = read_mime(of("apple-mail-mac")).attachments
    assert picture == (Attachment("broken handle.jpeg", 2048),)


def test_subjects_are_decoded() -> None:
    assert read_mime(of("gmail-android-german")).subject == "Re: Ihr Feedback für Acme"
    assert read_mime(of("broken-unknown-charset")).subject == "Re hello"
    assert read_mime(of("broken-no-boundary-and-nuls")).subject == "Hello there"
