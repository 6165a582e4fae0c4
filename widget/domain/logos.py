"""Logos: what may be uploaded, re-encoded by us so that nothing else comes along."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from widget.domain.pictures import UploadLimits, open_picture

MAX_UPLOAD_BYTES = 1_000_000
_LIMITS = UploadLimits(MAX_UPLOAD_BYTES, pixels=4_000_000, jpeg_pixels=4_000_000)
_MAX_SIZE = (480, 160)


@dataclass(frozen=True)
class Logo:
    """A picture as we keep it. `id` is the SHA-256 of its bytes; a logo is at most 480×160."""

    id: str
    width: int
    height: int
    data: bytes
    media_type: str = "image/png"


def read_logo(upload: bytes) -> Logo:
    """A logo from an uploaded file. Raises LogoRefused with a sentence.

    Only the pixels survive: no metadata, no script, no second format hidden in the file.
    """
    upright = open_picture(upload, "logo", _LIMITS)
    upright.thumbnail(_MAX_SIZE)
    out = BytesIO()
    upright.save(out, "PNG", optimize=True)
    data = out.getvalue()
    return Logo(sha256(data).hexdigest(), upright.width, upright.height, data)
