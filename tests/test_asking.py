"""The whole way of a request, through every process: asked, mailed, clicked, answered."""

import json
import re
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.builders import BROWSER
from tests.servers import Server, wait_until


def call(server: Server, path: str, body: bytes | None = None, **headers: str) -> str:
    """One request to the server; returns the answer's text."""
    asked = urllib.request.Request(server.url + path, body, {"User-Agent": BROWSER, **headers})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def test_a_request_becomes_a_mail_and_its_click_an_answer(tmp_path: Path) -> None:
    server = Server(tmp_path, SAYSO_RATE_LIMIT="off")
    made = json.loads(server.command("demo", "--json"))
    key = {"Authorization": f"Bearer {made['api_key']}", "Content-Type": "application/json"}
    wanted = {
        "survey": made["surveys"]["stars"],
        "channel": "chat",
        "ext_interaction_id": "T-77",
        "customer": {"email": "kim@customer.example", "name": "Kim"},
        "employee": {"email": made["member"]["email"]},
    }
    server.start()
    try:
        asked = json.loads(call(server, "/api/v1/requests", json.dumps(wanted).encode(), **key))
        mails = tmp_path / "mail"
        wait_until(lambda: bool(list(mails.glob("*.eml"))), "a mail")
        [file] = mails.glob("*.eml")
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert mail["To"] == "Kim <kim@customer.example>"
        html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        [click] = set(re.findall(r'href="[^"]*(/s/[^"?]+\?score=4)', html))

        def state() -> dict[str, Any]:
            found: dict[str, Any] = json.loads(
                call(server, f"/api/v1/requests/{asked['id']}", **key)
            )
            return found

        wait_until(lambda: state()["status"] == "sent", "the request's note that it was sent")
        page = call(server, click)
        token = re.search(r'name="token" value="([^"]+)"', page)
        assert token
        assert re.search(r'value="4"[^>]* checked', page)
        assert json.loads(call(server, "/api/v1/responses", **key))["items"] == []
        form = urlencode({"token": token[1], "step": "score", "score": 4}).encode()
        call(server, f"/w/{wanted['survey']}/responses", form)
        assert state()["status"] == "answered"
        [response] = json.loads(call(server, "/api/v1/responses", **key))["items"]
        assert (response["id"], response["stars"]) == (asked["id"], 4)
        assert (response["ref"], response["channel"]) == ("T-77", "chat")
        assert response["member"]["email"] == made["member"]["email"]
    finally:
        server.stop()
