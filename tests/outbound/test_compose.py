"""Mails: the order of their parts, their size, their headers, and nothing smuggled into them."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from tests.builders import MONDAY
from widget.domain.mail_addresses import DeliveryName, message_id, read_message_id
from widget.domain.mail_wording import FIELDS, MailWording, SurveyMail, wording_problems
from widget.domain.scales import KINDS, Kind
from widget.domain.surveys import new_definition
from widget.email_rows.support import fallbacks_of, undeclared_features
from widget.outbound.mail.amp import MARKUP_LIMIT
from widget.outbound.mail.compose import Envelope, Letter, Person, compose, html_of, texts_of
from widget.outbound.mail.words import Words, choose_language
from widget.translations import LANGUAGES

EVIL = "Kim\r\nBcc: victim@other.example\r\n\r\n<script>alert(1)</script>"
TOKEN = "AaINZTxYcNOrJTH75YEoowE.aYEXOmuvJy7NYGXLjyphInInKLzI-SxTfSPR6_lZ7Ks"


def envelope(**changes: Any) -> Envelope:
    made = Envelope(
        message_id="<sayso.1.0190@acme.example>",
        sender="feedback@acme.example",
        recipient="kim@shop.example",
        meant_for="kim@shop.example",
        bounce_to="feedback@acme.example",
        date=MONDAY,
    )
    return replace(made, **changes)


def letter(kind: Kind = "stars", language: str = "en", **changes: Any) -> Letter:
    definition = new_definition(kind)
    made = Letter(
        definition=definition,
        mail=SurveyMail(),
        words=Words(definition, language, "Acme"),
        member=Person("Ana Silva", "Support", "Loves puzzles."),
        customer="Kim Lee",
        answer_url=lambda score: (
            f"https://sayso.example/s/{TOKEN}" + ("" if score is None else f"?score={score}")
        ),
        unsubscribe_url=f"https://sayso.example/u/{TOKEN}",
        postal_address="Acme Ltd\n1 Main Street\nSpringfield",
    )
    return replace(made, **changes)


def sent(made: EmailMessage) -> tuple[bytes, EmailMessage]:
    data = made.as_bytes()
    parsed = message_from_bytes(data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return data, parsed


def body(parsed: EmailMessage, subtype: str) -> str:
    part = parsed.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_text_comes_first_and_the_html_last() -> None:
    _, plain = sent(compose(envelope(), letter()))
    assert [part.get_content_type() for part in plain.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    _, amp = sent(compose(envelope(), letter(amp_url="https://sayso.example/s/x/amp")))
    assert [part.get_content_subtype() for part in amp.iter_parts()] == [
        "plain",
        "x-amp-html",
        "html",
    ]


def test_the_part_that_is_answered_in_the_mail_keeps_to_its_format() -> None:
    _, parsed = sent(compose(envelope(), letter(amp_url="https://sayso.example/s/x/amp")))
    [part] = [part for part in parsed.walk() if part.get_content_subtype() == "x-amp-html"]
    html = str(part.get_content()).replace("\r\n", "\n")
    assert html.startswith("<!doctype html>\n<html amp4email ")
    assert re.search(r"<head>\s*<meta charset=\"utf-8\">\s*<script async src=", html)
    # The format knows no <title>, for one.
    allowed = "html head meta script style body form p label input div template"
    assert set(re.findall(r"<([a-z][a-z0-9-]*)", html)) <= set(allowed.split())
    assert len(html.encode()) <= MARKUP_LIMIT
    assert 'action-xhr="https://sayso.example/s/x/amp"' in html
    assert not re.search(r"\saction=|\son[a-z]+=|\sstyle=|!important", html)


def test_the_headers_are_those_of_a_polite_program() -> None:
    data, parsed = sent(compose(envelope(), letter()))
    assert parsed["Subject"] == "Your feedback for Acme"
    assert parsed["From"] == "Acme <feedback@acme.example>"
    assert parsed["To"] == "Kim Lee <kim@shop.example>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Precedence" not in parsed
    # Whole and on its own line: a program looks for the address between the angles.
    assert f"\r\nList-Unsubscribe: <https://sayso.example/u/{TOKEN}>\r\n".encode() in data
    assert b"\r\nMessage-ID: <sayso.1.0190@acme.example>\r\n" in data


def test_services_that_hide_the_message_id_are_given_one_to_repeat() -> None:
    named = DeliveryName(2**31 - 1, UUID("01938c5e-0000-7000-8000-0000000000ff"))
    long_domain = "a" * 60 + "." + "b" * 60 + ".example"
    made = compose(envelope(message_id=message_id(named, long_domain)), letter())
    data, parsed = sent(made)
    for_postmark, for_sendgrid = parsed["X-PM-Metadata-message_id"], parsed["X-SMTPAPI"]
    # Postmark keeps 80 characters.
    assert len(for_postmark) <= 80
    assert read_message_id(for_postmark) == named
    assert read_message_id(json.loads(for_sendgrid)["unique_args"]["message_id"]) == named
    for name in (b"X-PM-Metadata-message_id", b"X-SMTPAPI"):
        (line,) = (line for line in data.split(b"\r\n") if line.startswith(name))
        assert named.delivery_id.hex.encode() in line


def test_the_same_mail_is_the_same_to_the_last_byte() -> None:
    assert compose(envelope(), letter()).as_bytes() == compose(envelope(), letter()).as_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_is_small_ascii_and_has_a_link_for_each_score(kind: Kind, language: str) -> None:
    made = letter(kind, language, mail=SurveyMail({language: MailWording(intro="ä★語 " * 400)}))
    data, parsed = sent(compose(envelope(), made))
    assert len(data) < 60_000
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    html, text = body(parsed, "html"), body(parsed, "plain")
    for score in made.definition.question.scale.scores:
        address = made.answer_url(score)
        assert f'href="{address}"' in html.replace("&amp;", "&")
        assert address in text
    for part in (html, text):
        assert made.unsubscribe_url in part
        assert "Springfield" in part
    assert "<script" not in html
    assert "{" not in text


@pytest.mark.parametrize("kind", ["stars", "csat", "nps", "ces"])
def test_every_feature_of_a_mail_is_one_whose_drawing_is_known(kind: Kind) -> None:
    person = Person("Ana Silva", "Support", "Rides to work.", "https://s.example/images/a")
    _data, parsed = sent(compose(envelope(), letter(kind, member=person, postal_address="A\nB")))
    html = body(parsed, "html")
    assert "<style>" in html
    assert "<img" in html
    assert undeclared_features(html) == set()
    assert all(feature.fallback for feature in fallbacks_of(html))


def test_arabic_runs_from_right_to_left() -> None:
    _, parsed = sent(compose(envelope(), letter(language="ar")))
    assert 'lang="ar" dir="rtl"' in body(parsed, "html")
    assert "مرحبًا" in body(parsed, "plain")


def test_html_is_sent_as_it_is_written() -> None:
    data, _ = sent(compose(envelope(), letter(language="ja")))
    assert b"Content-Transfer-Encoding: 7bit" in data.partition(b"text/html")[2][:80]


@pytest.mark.parametrize("field", FIELDS)
def test_no_wording_writes_a_header_or_markup(field: str) -> None:
    evil = SurveyMail({"en": MailWording(**{field: EVIL})})
    data, parsed = sent(compose(envelope(), letter(mail=evil)))
    check_untouched(data, parsed)


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": EVIL},
        {"member": Person(EVIL, EVIL, EVIL, "https://sayso.example/images/x")},
        {"postal_address": EVIL},
        {"words": Words(new_definition("stars"), "en", EVIL)},
    ],
    ids=["customer", "member", "postal address", "company"],
)
def test_no_name_writes_a_header_or_markup(changes: dict[str, Any]) -> None:
    check_untouched(*sent(compose(envelope(), letter(**changes))))


@pytest.mark.parametrize("field", ["message_id", "meant_for"])
def test_no_address_writes_a_header(field: str) -> None:
    changed = envelope(**{field: f"a@b.example{EVIL}"})
    check_untouched(*sent(compose(changed, letter())))


def check_untouched(data: bytes, parsed: EmailMessage) -> None:
    assert parsed["Bcc"] is None
    assert len(parsed.get_all("To", [])) == 1
    head = data.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert b"<script" not in data.partition(b"text/html")[2]
    assert [part.get_content_subtype() for part in parsed.iter_parts()] == ["plain", "html"]


def test_a_team_words_its_mail_and_the_rest_stays_built_in() -> None:
    words = MailWording(subject="{member} asks, {customer}", sender_name="Team {company}")
    made = letter(language="de", mail=SurveyMail({"de": words}))
    _, parsed = sent(compose(envelope(), made))
    assert parsed["Subject"] == "Ana Silva asks, Kim Lee"
    assert parsed["From"] == "Team Acme <feedback@acme.example>"
    assert "Guten Tag Kim Lee," in body(parsed, "plain")


def test_who_sends_falls_back_to_the_main_language_and_running_text_does_not() -> None:
    words = MailWording(reply_to="us@acme.example", sender_name="Us", intro="English words")
    _, parsed = sent(compose(envelope(), letter(language="fr", mail=SurveyMail({"en": words}))))
    assert parsed["Reply-To"] == "us@acme.example"
    assert parsed["From"].startswith("Us ")
    assert "English words" not in body(parsed, "plain")


def test_a_customer_without_a_name_is_greeted_without_one() -> None:
    _, parsed = sent(compose(envelope(), letter(customer="")))
    assert body(parsed, "plain").startswith("Hello,\n")


def test_a_name_that_reads_like_a_link_is_left_out() -> None:
    _, parsed = sent(compose(envelope(), letter(customer="visit www.evil.com")))
    assert "evil" not in body(parsed, "html") + body(parsed, "plain")


def test_a_reminder_says_that_it_is_one() -> None:
    _, parsed = sent(compose(envelope(), letter(is_reminder=True)))
    assert parsed["Subject"] == "Reminder: Your feedback for Acme"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_about_nothing_in_particular_claims_no_contact(language: str) -> None:
    about_contact = texts_of(letter(language=language))
    asked = texts_of(letter(language=language, occasion="relationship"))
    assert asked.intro != about_contact.intro
    assert "Acme" in asked.intro[0]
    assert "Ana Silva" not in asked.intro[0]
    assert asked.reason != about_contact.reason
    assert "Acme" in asked.reason


def test_what_a_team_words_stands_in_mails_of_every_occasion() -> None:
    mail = SurveyMail({"en": MailWording(intro="Our own words")})
    assert texts_of(letter(mail=mail, occasion="relationship")).intro == ["Our own words"]


def test_a_rehearsal_says_that_it_is_one_in_the_language_of_its_mail() -> None:
    _, parsed = sent(compose(envelope(), letter(is_rehearsal=True)))
    assert parsed["Subject"] == "[Rehearsal] Your feedback for Acme"
    _, parsed = sent(compose(envelope(), letter(language="de", is_rehearsal=True)))
    assert parsed["Subject"].startswith("[Probe] ")


def test_the_photo_has_its_size_and_initials_in_its_place() -> None:
    with_photo = letter(member=Person("Ana Maria Silva", photo_url="https://s.example/images/a"))
    _, parsed = sent(compose(envelope(), with_photo))
    assert 'alt="AS"' in body(parsed, "html")
    _, parsed = sent(compose(envelope(), letter()))
    assert "<img" not in body(parsed, "html")
    assert "<b>AS</b>" in body(parsed, "html")


def test_an_international_domain_is_written_in_ascii() -> None:
    data, parsed = sent(compose(envelope(recipient="kim@bücher.example"), letter()))
    assert "kim@xn--bcher-kva.example" in str(parsed["To"])
    assert data.isascii()


def test_the_amp_part_keeps_to_the_format() -> None:
    _, parsed = sent(compose(envelope(), letter(amp_url="https://sayso.example/s/x/amp")))
    part = next(p for p in parsed.iter_parts() if p.get_content_subtype() == "x-amp-html")
    amp = str(part.get_content()).replace("\r\n", "\n")
    assert len(amp.encode()) <= 200_000
    assert amp.lower().startswith("<!doctype html>\n<html amp4email")
    assert "<style amp4email-boilerplate>body{visibility:hidden}</style>" in amp
    assert 'action-xhr="https://sayso.example/s/x/amp"' in amp
    assert " action=" not in amp
    assert " style=" not in amp
    assert "!important" not in amp
    assert amp.count('type="radio"') == 5


def test_the_customers_language_is_chosen_if_there_are_words_for_it() -> None:
    definition = new_definition("stars", language="de")
    assert choose_language("fr-CA", definition, SurveyMail()) == "fr"
    assert choose_language("sv", definition, SurveyMail()) == "de"
    assert choose_language("", definition, SurveyMail()) == "de"
    assert choose_language("sv", definition, SurveyMail({"sv": MailWording()})) == "sv"


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("subject", "x" * 151, "150 characters"),
        ("subject", "a\nb", "one line"),
        ("sender_name", "a\rb", "one line"),
        ("reply_to", "nobody", "no email address"),
        ("reply_to", "a@b.example, c@d.example", "no email address"),
        ("intro", "Dear {cusomer}", "{cusomer}"),
    ],
)
def test_wording_that_cannot_be_used_is_told_beside_its_field(
    field: str, text: str, says: str
) -> None:
    assert says in wording_problems(MailWording(**{field: text}))[field]


def test_good_wording_has_no_problems_and_survives_storage() -> None:
    words = MailWording(subject="Hi {customer}", intro="One\nTwo", reply_to="a@b.example")
    assert wording_problems(words) == {}
    mail = SurveyMail({"en": words}, amp=True)
    assert SurveyMail.from_json(mail.to_json()) == mail
    assert SurveyMail.from_json(None) == SurveyMail()


def test_the_date_is_when_it_is_sent() -> None:
    _, parsed = sent(compose(envelope(date=MONDAY + timedelta(hours=1)), letter()))
    assert parsed["Date"].datetime == MONDAY + timedelta(hours=1)


def test_a_survey_that_shows_nobody_shows_nobody_in_its_mails() -> None:
    shown = letter()
    hidden = replace(shown, definition=replace(shown.definition, show_member=False))
    assert "Loves puzzles." in html_of(shown, texts_of(shown))
    assert "Loves puzzles." not in html_of(hidden, texts_of(hidden))
    assert "Ana Silva" in html_of(hidden, texts_of(hidden))
