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


async def read_body(scope: "Scope", protocol: "HTTPProtocol") -> tuple[IO[bytes], int | None]:
    """The body as a file, and its length where that is to be told; None where a header tells it.

    A body past `LARGEST` comes back empty with its true length, which every route refuses.
    """
    told = scope.headers.get("content-length")
    if told is None and "transfer-encoding" not in scope.headers:
        # HTTP/2 tells no length for a body that is under way.
        if scope.http_version != "2" or scope.method in ("GET", "HEAD", "OPTIONS"):
            return BytesIO(), None
    elif told is not None and told.isdecimal() and int(told) <= _IN_MEMORY:
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
