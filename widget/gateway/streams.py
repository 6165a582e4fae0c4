"""A server-sent stream kept open for as long as its browser watches, without a thread."""

import asyncio
from typing import TYPE_CHECKING

from granian.rsgi import ProtocolClosed, ProtocolError

from widget.gateway.answers import Answer
from widget.web.live.listening import Listener

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol


async def keep_open(
    protocol: "HTTPProtocol", answer: Answer, body: bytes, listener: Listener
) -> None:
    """Send `body`, then whatever the listener is told, until it is over or its browser has gone."""
    headers = [header for header in answer.headers if header[0].lower() != "content-length"]
    news = asyncio.Event()
    listener.on_news = news.set
    gone = asyncio.ensure_future(_disconnected(protocol))
    gone.add_done_callback(lambda _gone: listener.end())
    transport = protocol.response_stream(answer.status, headers)
    try:
        await transport.send_bytes(body)
        while True:
            news.clear()
            frames = listener.take()
            if frames:
                await transport.send_bytes(frames)
            elif listener.is_over:
                return
            else:
                await news.wait()
    except (ProtocolClosed, ProtocolError):
        return
    finally:
        listener.on_news = None
        gone.cancel()


async def _disconnected(protocol: "HTTPProtocol") -> None:
    await protocol.client_disconnect()
