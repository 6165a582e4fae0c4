"""Metrics are the operator's: this machine's, or whoever has the token."""

import pytest

from tests.builders import World, close_world, make_settings, make_world


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
    ],
)
def test_without_a_token_metrics_answer_this_machine_only(
    world: World, address: str, headers: dict[str, str], status: int
) -> None:
    client = world.client()
    client.environ_base["REMOTE_ADDR"] = address
    assert client.get("/metrics", headers=headers).status_code == status


def test_with_a_token_metrics_answer_whoever_has_it(world: World) -> None:
    guarded = make_world(make_settings(world.settings.data, metrics_token="m" * 20))
    client = guarded.client()
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    good = {"Authorization": "Bearer " + "m" * 20}
    assert client.get("/metrics", headers=good).status_code == 200
    for wrong in ("", "Bearer x", "Bearer é"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 403
    close_world(guarded)
