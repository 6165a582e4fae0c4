"""Where a chat takes messages."""

import pytest

from widget.domain.chat_addresses import chat_address_problem, masked

SLACK = "https://hooks.slack.com/services/T0/B0/abcdefgh"
WORKFLOWS = (
    "https://default0a1b.2c.environment.api.powerplatform.com:443/powerautomate/automations/direct"
    "/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers&sig=Zm9v"
)


@pytest.mark.parametrize(
    "address", [SLACK, WORKFLOWS, "https://prod-07.westus.logic.azure.com:443/workflows/x?sig=y"]
)
def test_the_addresses_that_chats_give_are_taken(address: str) -> None:
    assert chat_address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.slack.com/services/T0",
        "http://hooks.slack.com/services/T0",
        "ftp://hooks.slack.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com:99999/x",
        "https://hooks.slack.com@evil.example/x",
        "https://a:b@hooks.slack.com/x",
        "https://hooks.slack.com/x y",
        "https://hooks.slack.com/\nx",
        "https://hööks.example/x",
        "https://hooks..example/x",
        "https://hooks.slack.com/" + "x" * 2000,
    ],
)
def test_others_are_refused_with_a_sentence(address: str) -> None:
    problem = chat_address_problem(address)
    assert problem is not None
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "host", ["localhost", "crm", "10.1.2.3", "192.168.0.4", "[fd00::1]", "crm.internal", "a.local"]
)
def test_what_leads_into_a_private_network_is_said_to_do_so(host: str) -> None:
    problem = chat_address_problem(f"https://{host}/hook")
    assert problem is not None
    assert problem.startswith("This leads into a private network.")


def test_a_public_number_is_asked_for_its_name() -> None:
    assert "instead of its number" in (chat_address_problem("https://8.8.8.8/hook") or "")


def test_a_shown_address_gives_nothing_away() -> None:
    assert masked(SLACK) == "https://hooks.slack.com/…efgh"
    assert "sig" not in masked(WORKFLOWS)
    assert masked("https://[") == "https://…/…://["
