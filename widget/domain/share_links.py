"""Signed links of sharing: where a pressed link leads, and whose page somebody may withdraw."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps, loads

from itsdangerous import BadSignature, Signer

from widget.domain.errors import LinkForged


@dataclass(frozen=True)
class Press:
    """A link that can be pressed: what is counted, and where it leads. Nothing says by whom.

    `url` is an address, or for Mastodon the text to post. `is_test` presses are not counted.
    `member_id` is the member whom the rating was about, None for nobody.
    """

    workspace_id: int
    survey_id: int
    channel: str
    url: str
    is_test: bool = False
    member_id: int | None = None


class PressSigner:
    """Signs and reads pressable links with a list of keys: the first signs, every one counts.

    As only what this server signed leads anywhere, its address is no open redirect.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of the list.
        self._signer = Signer(list(reversed(keys)), salt="sayso.press", digest_method=sha256)

    def sign(self, press: Press) -> str:
        """The token of a link: URL-safe text."""
        said = [press.workspace_id, press.survey_id, press.channel, press.url, int(press.is_test)]
        if press.member_id is not None:
            said.append(press.member_id)
        text = urlsafe_b64encode(dumps(said, separators=(",", ":")).encode()).rstrip(b"=")
        return self._signer.sign(text).decode()

    def read(self, token: str) -> Press:
        """What a token says. Raises LinkForged for anything this server did not sign."""
        try:
            text = self._signer.unsign(token.encode())
        except (BadSignature, UnicodeEncodeError) as error:
            raise LinkForged("This link was not made by this server.") from error
        said = loads(urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
        workspace_id, survey_id, channel, url, is_test, *member_id = said
        return Press(workspace_id, survey_id, channel, url, bool(is_test), *member_id)
