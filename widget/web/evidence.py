"""Who sends a request, as far as it may be kept to tell people from machines."""

import hmac
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from flask import Flask, current_app, request

from widget.domain.errors import NetworkListWrong, SettingsError
from widget.domain.networks import NetworkList, network_of
from widget.domain.suspicion import Act, Client

_LIST = "data-centres.txt"
_SHIPPED = Path(__file__).resolve().parent.parent / "data" / _LIST
_USER_AGENT_LIMIT = 200


def register(app: Flask, data: Path, key: str) -> None:
    """Read the list of data centres: the operator's in SAYSO_DATA, else the one that ships.

    Raises SettingsError with the line that is wrong.
    """
    file = data / _LIST if (data / _LIST).exists() else _SHIPPED
    try:
        with file.open(encoding="utf-8") as lines:
            app.extensions["sayso_data_centres"] = NetworkList.parse(lines)
    except (NetworkListWrong, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    app.extensions["sayso_client_key"] = sha256(b"sayso.client" + key.encode()).digest()


def requesting_client(response_id: UUID) -> Client:
    """Whoever sends the current request, about one response."""
    address = request.remote_addr or ""
    user_agent = request.headers.get("User-Agent", "")
    centres: NetworkList = current_app.extensions["sayso_data_centres"]
    said = b"\x1f".join((response_id.bytes, address.encode(), user_agent.encode()))
    return Client(
        digest=hmac.new(current_app.extensions["sayso_client_key"], said, sha256).hexdigest(),
        network=network_of(address),
        user_agent=user_agent[:_USER_AGENT_LIMIT],
        in_data_centre=centres.holds(address),
    )


def act_of_opening() -> Act:
    """What sort of opening the current GET or HEAD is.

    A browser that fetches a page before anybody asked for it says so; that is no click.
    """
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in purpose.lower():
        return "prefetch"
    return "HEAD" if request.method == "HEAD" else "GET"
