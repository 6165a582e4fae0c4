"""A team words its mails, looks at them, and sees what became of them."""

from pathlib import Path

from sqlalchemy import update

from tests.builders import Workspace, add_request, csrf_token, post
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Delivery, SuppressedAddress


def test_a_team_words_its_mail_and_sees_it(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    acme.member("Ana Silva")
    path = f"/console/surveys/{survey}/mail"
    answer = post(client, path, subject="How was {member}?", intro="Line one\nLine two")
    assert answer.status_code == 303
    page = client.get(path).text
    assert 'value="How was {member}?"' in page
    assert "How was Ana Silva?" in page
    assert "Line two" in client.get(f"{path}/preview").text


def test_each_language_is_worded_on_its_own(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}/mail"
    post(client, f"{path}?lang=de", subject="Wie war es?")
    assert "Wie war es?" in client.get(f"{path}?lang=de").text
    assert "Wie war es?" not in client.get(path).text
    assert "Guten Tag Kim Lee," in client.get(f"{path}/preview?lang=de").text.replace("&#", "")


def test_wording_that_cannot_be_sent_is_told_beside_its_field_and_kept(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}/mail"
    answer = post(client, path, subject="Hi {nobody}", reply_to="not an address", intro="Kept")
    assert answer.status_code == 422
    assert "Nothing replaces {nobody}." in answer.text
    assert "This is no email address." in answer.text
    assert "Kept" in answer.text
    assert "Hi {nobody}" not in client.get(path).text


def test_the_preview_allows_its_own_styles_and_nothing_else(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    answer = client.get(f"/console/surveys/{survey}/mail/preview")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; ")
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
    assert " style=" not in answer.text


def test_a_test_mail_goes_to_whoever_asks_for_it(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    path = f"/console/surveys/{survey}/mail"
    answer = post(client, f"{path}/try", path)
    assert answer.status_code == 303
    (file,) = Path(acme.world.settings.data, "mail").glob("*.eml")
    text = file.read_text()
    assert "To: alice@acme.example" in text
    assert "Written to the folder “mail”" in client.get(path).text
    assert "test=3D1" in text or "test=1" in text


def test_what_went_wrong_with_a_mail_is_listed(acme: Workspace) -> None:
    asked, sent = add_request(acme, acme.survey(), email="kim@shop.example")
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(
            update(Delivery)
            .where(Delivery.id == sent)
            .values(status="failed", last_error="550 <b>gone</b>")
        )
    page = acme.signed_in().get("/console/deliveries?status=failed").text
    assert f'href="/console/requests/{asked}">kim@shop.example</a>' in page
    assert "550 &lt;b&gt;gone&lt;/b&gt;" in page
    assert "kim@" not in acme.signed_in().get("/console/deliveries?status=sent").text


def test_a_suppressed_address_is_looked_up_and_lifted(acme: Workspace) -> None:
    key, at = acme.world.settings.address_key, acme.world.clock()
    with acme.world.app.app_context(), writing(db.session):
        for workspace, address, why in (
            (acme.id, "kim@shop.example", "hard_bounce"),
            (0, "angry@shop.example", "complaint"),
        ):
            db.session.add(
                SuppressedAddress(
                    workspace_id=workspace,
                    address_digest=address_digest(key, address),
                    why=why,
                    at=at,
                )
            )
    client = acme.signed_in()
    page = client.get("/console/deliveries?address=Kim@shop.example").text
    assert "Does not exist" in page
    token = csrf_token(page)
    for address in ("kim@shop.example", "angry@shop.example"):
        client.post("/console/deliveries/lift", data={"csrf_token": token, "address": address})
    assert "may be written to." in client.get("/console/deliveries?address=kim@shop.example").text
    angry = client.get("/console/deliveries?address=angry@shop.example").text
    assert "Reported as spam" in angry
    assert "Write to it again" not in angry
