"""Request bodies: read on the event loop, so that a slow upload keeps no thread waiting."""

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# Up to this a body stays in memory; a longer one waits in a file.
_IN_MEMORY = 1024 * 1024
# More than any route takes. What goes beyond is read and dropped, so that the client hears the
# refusal instead of a broken connection; past the last limit nobody listens any more.
LARGEST = 64 * 1024 * 1024
_LARGEST_DROPPED = 4 * LARGEST


def has_body(scope: "Scope") -> bool:
    """Whether a request may have a body that is to be read."""
    if "content-length" in scope.headers:
        return bool(scope.headers.get("content-length") != "0")
    # HTTP/2 tells no length for a body that is under way.
    is_untold = scope.http_version == "2" and scope.method not in ("GET", "HEAD", "OPTIONS")
    return is_untold or "transfer-encoding" in scope.headers


async def read_body(scope: "Scope", protocol: "HTTPProtocol") -> tuple[IO[bytes], int | None]:
    """The body as a file, and its length where that is to be told; None where a header tells it.

    A body past `LARGEST` comes back empty with its true length, which every route refuses.
    """
    if not has_body(scope):
        return BytesIO(), None
    told = scope.headers.get("content-length", "")
    if told.isdecimal() and int(told) <= _IN_MEMORY:
        return BytesIO(await protocol()), None
    return await _read_long(protocol)


async def _read_long(protocol: "HTTPProtocol") -> tuple[IO[bytes], int]:
    file = cast(IO[bytes], SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the request closes it
    length = 0
    async for chunk in protocol:
        length += len(chunk)
        if length <= LARGEST:
            file.write(chunk)
        elif length > _LARGEST_DROPPED:
            break
    if length > LARGEST:
        file.truncate(0)
    file.seek(0)
    return file, length
