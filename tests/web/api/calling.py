"""A program that calls the API."""

from typing import Any

from werkzeug.test import TestResponse

from tests.builders import Workspace
from widget.actions.create_api_key import create_api_key
from widget.extensions import db


class Program:
    """Something that calls the API with a key of a workspace's that may read and write."""

    def __init__(self, acme: Workspace, *, is_test: bool = False) -> None:
        self.client = acme.world.client()
        with acme.world.app.app_context():
            key = create_api_key(
                db.session(),
                acme.id,
                name="Desk",
                user_id=None,
                at=acme.world.clock(),
                is_test=is_test,
            )
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def told(self, path: str) -> Any:
        """What a path answers."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def items(self, path: str) -> Any:
        return self.told(path)["items"]

    def post(self, path: str, body: Any = None, *, key: str = "") -> TestResponse:
        """`key`: for idempotency."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(f"/api/v1/{path}", headers=headers, json=body)

    def post_text(self, path: str, text: str) -> TestResponse:
        """A body that is sent as it is, said to be JSON."""
        return self.client.post(
            f"/api/v1/{path}", headers=self.headers, data=text, content_type="application/json"
        )

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.client.patch(f"/api/v1/{path}", headers=self.headers, json=body)
