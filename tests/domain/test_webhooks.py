"""Webhooks: signed as the Standard Webhooks specification says."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.builders import MONDAY
from widget.domain.webhooks import (
    make_secret,
    matched_body,
    signed_headers,
    trial_body,
    webhook_problems,
)

# The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_that_of_the_specifications_example() -> None:
    assert signed_headers([SECRET], ID, BODY, AT) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_each_secret_signs_so_that_either_can_be_checked() -> None:
    other = make_secret()
    signatures = signed_headers([other, SECRET], ID, BODY, AT)["webhook-signature"].split(" ")
    assert signatures[1] == SIGNATURE
    assert signatures[0] == signed_headers([other], ID, BODY, AT)["webhook-signature"]


def test_a_secret_has_32_random_bytes() -> None:
    secrets = {make_secret() for _number in range(20)}
    assert len(secrets) == 20
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in secrets)


def test_a_body_says_what_it_is_of_when_and_which_rules_sent_it() -> None:
    body = matched_body({"id": "x", "created_at": MONDAY}, ["Late"], "https://s.example/x", MONDAY)
    assert json.loads(body) == {
        "type": "response.matched",
        "timestamp": MONDAY.isoformat(),
        "data": {
            "rules": ["Late"],
            "url": "https://s.example/x",
            "response": {"id": "x", "created_at": MONDAY.isoformat()},
        },
    }
    assert json.loads(trial_body("Acme", MONDAY))["type"] == "webhook.test"


def test_half_a_character_does_not_keep_a_body_from_leaving() -> None:
    assert b"?" in matched_body({"comment": "\ud83d"}, [], "", MONDAY)


def test_only_https_on_its_usual_port_of_a_named_host_is_taken() -> None:
    assert webhook_problems("CRM", "https://crm.example.com/x") == {}
    for address in (
        *("", "http://crm.example.com/", "https://127.0.0.1/", "https://[::1]/"),
        *("https://crm.example.com:8443/", "https://me:pw@crm.example.com/", "https://localhost/"),
    ):
        assert list(webhook_problems("CRM", address)) == ["address"], address
    assert list(webhook_problems("", "https://crm.example.com/x")) == ["name"]


def test_the_example_of_the_docs_believes_what_is_genuine_and_nothing_else() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    [example] = [code for code in docs.split("```python")[1:] if "def is_genuine" in code]
    known: dict[str, Any] = {}
    exec(example.split("```")[0], known)
    is_genuine, other = known["is_genuine"], make_secret()
    headers = signed_headers([other, SECRET], ID, BODY, datetime.now(UTC))
    assert is_genuine(SECRET, headers, BODY)
    assert is_genuine(other, headers, BODY)
    assert not is_genuine(make_secret(), headers, BODY)
    assert not is_genuine(SECRET, headers, BODY + b" ")
    assert not is_genuine(SECRET, signed_headers([SECRET], ID, BODY, AT), BODY)
