"""The pages of webhooks: added, shown with what became of their messages, and changed."""

import re

from tests.builders import Workspace, post
from tests.outbound.test_webhooks import Program, keys, matched, send
from tests.ruling import ADDRESS, make_webhook
from widget.domain.webhooks import MOST_WEBHOOKS
from widget.extensions import db
from widget.storage.webhooks import webhooks_of

LIST = "/console/webhooks"


def shown_secret(text: str) -> str:
    found = re.search(r'id="secret">([^<]*)<', text)
    return found[1] if found else ""


def test_a_webhook_is_added_and_its_secret_is_shown_once(any_acme: Workspace) -> None:
    client = any_acme.signed_in()
    answer = post(client, LIST, name="CRM", address=ADDRESS)
    assert answer.status_code == 303
    [hook] = [int(answer.location.rsplit("/", 1)[1])]
    first, second = client.get(answer.location).text, client.get(answer.location).text
    assert shown_secret(first) == keys(any_acme, hook)[0]
    assert shown_secret(second) == ""
    assert "s3cr3t-path" not in first + client.get(LIST).text


def test_a_new_secret_is_shown_once_and_the_page_says_that_both_sign(acme: Workspace) -> None:
    hook, client = make_webhook(acme), acme.signed_in()
    page = f"{LIST}/{hook}"
    [old] = keys(acme, hook)
    post(client, f"{page}/secret", page)
    text = client.get(page).text
    assert shown_secret(text) == keys(acme, hook)[0] != old
    assert "signed with the secret before as well" in text
    assert shown_secret(client.get(page).text) == ""


def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(acme: Workspace) -> None:
    answer = post(acme.signed_in(), LIST, name="CRM", address="http://crm.example.com/x")
    assert answer.status_code == 422
    assert "The address must begin with https://." in answer.text
    assert 'value="http://crm.example.com/x"' in answer.text


def test_the_page_tells_what_became_of_each_message(acme: Workspace) -> None:
    hook, id = matched(acme)
    client = acme.signed_in()
    page = f"{LIST}/{hook}"
    assert "On its way" in client.get(f"{page}/attempts").text
    send(acme, Program())
    post(client, f"{page}/test", page)
    text = client.get(page).text
    assert f'href="/console/responses/{id}"' in text
    assert "1 of 7" in text
    assert re.search(r">\s*Test\s*</td>", text)
    assert "On its way" in client.get(LIST).text


def test_it_is_switched_off_and_on_and_removed(acme: Workspace) -> None:
    hook, client = make_webhook(acme), acme.signed_in()
    page = f"{LIST}/{hook}"
    post(client, f"{page}/off", page)
    assert "Nothing is sent to it but tests." in client.get(page).text
    post(client, f"{page}/on", page)
    assert "Nothing is sent to it" not in client.get(page).text
    assert post(client, f"{page}/remove", page).location == LIST
    with acme.world.app.app_context():
        assert webhooks_of(db.session(), acme.id) == []


def test_there_may_be_so_many_and_no_more(acme: Workspace) -> None:
    for number in range(MOST_WEBHOOKS):
        make_webhook(acme, f"Hook {number}")
    client = acme.signed_in()
    assert "as many webhooks as there may be" in client.get(LIST).text
