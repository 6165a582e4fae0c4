"""Forms in which services post mails: read piece by piece, their fields as the bytes that came.

What a web framework makes of a form is text in UTF-8, in memory, in as many fields as somebody
likes. Services post letters in the charsets in which they were written, and anybody may post.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import IO
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from widget.domain.errors import InboundRefused

MOST_FIELDS = 2_000
"""More fields than any service has for a mail, with a file in each."""

_PARTS, _PAIRS = "multipart/form-data", "application/x-www-form-urlencoded"
_CHUNK = 64 * 1024
# Of a part's head, and of what is looked at at once.
_BUFFER_LIMIT = 4 * _CHUNK
_NAME_LIMIT = 500


@dataclass(frozen=True)
class PostedForm:
    """The fields of a form, of one that is there twice the first, and the names and sizes in bytes
    of files, which are not kept."""

    fields: Mapping[str, bytes]
    files: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class _Begins:
    """A field, or a file where it has a file's name; its bytes follow."""

    name: str
    filename: str | None = None


def read_form(
    stream: IO[bytes], content_type: str, *, limit: int, wanted: Collection[str] | None = None
) -> PostedForm:
    """The form in a request's body, or some wanted fields of it; nothing where it is no form.

    `limit` is of the bytes of all fields that are kept. Raises RequestEntityTooLarge past it and
    past MOST_FIELDS, and InboundRefused for what is written as no form is.
    """
    kind, options = parse_options_header(content_type)
    left, begun = limit, 0
    fields: dict[str, bytearray] = {}
    files: list[tuple[str, int]] = []
    is_file, kept = False, None
    for piece in _pieces(stream, kind, options.get("boundary", "")):
        if isinstance(piece, _Begins):
            begun += 1
            is_file, kept = piece.filename is not None, None
            if piece.filename is not None:
                files.append((piece.filename[:_NAME_LIMIT], 0))
            elif piece.name not in fields and _is_wanted(piece.name, wanted):
                kept = fields[piece.name] = bytearray()
        elif is_file:
            files[-1] = (files[-1][0], files[-1][1] + len(piece))
        elif kept is not None:
            # Of what nobody wants no escape is looked at: there may be millions.
            said = _unquoted(piece) if kind == _PAIRS else piece
            left -= len(said)
            kept += said
        if left < 0 or begun > MOST_FIELDS:
            raise RequestEntityTooLarge
    return PostedForm({name: bytes(value) for name, value in fields.items()}, files)


def _is_wanted(name: str, wanted: Collection[str] | None) -> bool:
    return bool(name) and (wanted is None or name in wanted)


def _pieces(stream: IO[bytes], kind: str, boundary: str) -> Iterator[_Begins | bytes]:
    """What begins in a form, each followed by its bytes in pieces."""
    try:
        if kind == _PARTS:
            yield from _of_parts(stream, boundary.encode("ascii"))
        elif kind == _PAIRS:
            yield from _of_pairs(stream)
    except ValueError as error:
        raise InboundRefused("The post is no form that can be read.") from error


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(stream.read, _CHUNK), b"")


def _of_parts(stream: IO[bytes], boundary: bytes) -> Iterator[_Begins | bytes]:
    if not boundary:
        raise ValueError("no boundary")
    decoder = MultipartDecoder(boundary, _BUFFER_LIMIT)
    for chunk in chain(_chunks(stream), (None,)):
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File):
                yield _Begins(event.name or "", getattr(event, "filename", None))
            elif isinstance(event, Data):
                yield event.data


def _of_pairs(stream: IO[bytes]) -> Iterator[_Begins | bytes]:
    """Pairs whose values are escaped yet; no escape is cut in two."""
    name: bytes | None = b""  # None within a value
    held = b""
    for chunk in chain(_chunks(stream), (b"&",)):
        for place, piece in enumerate(chunk.split(b"&")):
            if place:
                # What the chunk before, or the piece before, ended with is over.
                yield held if name is None else _begins(name)
                name, held = b"", b""
            if name is not None:
                more, is_named, piece = piece.partition(b"=")
                name += more
                if len(name) > _NAME_LIMIT:
                    raise ValueError("a name too long")
                if not is_named:
                    continue
                yield _begins(name)
                name = None
            whole, held = _cut(held + piece)
            yield whole


def _begins(name: bytes) -> _Begins:
    return _Begins(_unquoted(name).decode())


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Some bytes, and the beginning of an escape at their end whose rest is yet to come."""
    at = data.find(b"%", max(0, len(data) - 2))
    return (data, b"") if at < 0 else (data[:at], data[at:])


def _unquoted(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))
