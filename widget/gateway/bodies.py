"""Request bodies: read on the event loop, so that a slow upload keeps no thread waiting."""

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, cast

from granian.rsgi import ProtocolClosed, ProtocolError

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# Up to this a body stays in memory; a longer one waits in a file.
_IN_MEMORY = 1024 * 1024
# More than any route takes. What goes beyond is read and dropped, so that the client hears the
# refusal instead of a broken connection; past the last limit nobody listens any more.
LARGEST = 64 * 1024 * 1024
_LARGEST_DROPPED = 4 * LARGEST


class BrokenOff(Exception):
    """Whoever sent a body was gone before its end."""


def has_body(scope: "Scope") -> bool:
    """Whether a request may have a body that is to be read."""
    if "content-length" in scope.headers:
        return bool(scope.headers.get("content-length") != "0")
    # HTTP/2 tells no length for a body that is under way.
    is_untold = scope.http_version == "2" and scope.method not in ("GET", "HEAD", "OPTIONS")
    return is_untold or "transfer-encoding" in scope.headers


async def read_body(scope: "Scope", protocol: "HTTPProtocol") -> tuple[IO[bytes], int | None]:
    """The body as a file, and its length where that is to be told; None where a header tells it.

    A body past `LARGEST` comes back empty with its true length, which every route refuses. Raises
    BrokenOff for one that is shorter than its header says: half a file must not pass for a whole.
    """
    if not has_body(scope):
        return BytesIO(), None
    told = scope.headers.get("content-length", "")
    wanted = int(told) if told.isdecimal() else 0
    try:
        if told.isdecimal() and wanted <= _IN_MEMORY:
            return BytesIO(await protocol()), None
        file, length = await _read_long(protocol)
    except (ProtocolClosed, ProtocolError) as error:
        raise BrokenOff from error
    if length < min(wanted, _LARGEST_DROPPED):
        file.close()
        raise BrokenOff
    return file, length


async def _read_long(protocol: "HTTPProtocol") -> tuple[IO[bytes], int]:
    file = cast(IO[bytes], SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the request closes it
    try:
        return file, await _fill(file, protocol)
    except BaseException:
        file.close()
        raise


async def _fill(file: IO[bytes], protocol: "HTTPProtocol") -> int:
    """Write a body to a file; its length."""
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
    return length
