"""Logos: what may be uploaded, re-encoded by us so that nothing else comes along."""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from widget.domain.errors import LogoRefused

MAX_UPLOAD_BYTES = 1_000_000
_MAX_PIXELS = 4_000_000
_MAX_SIZE = (480, 160)
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


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
    upright = open_picture(upload, "logo")
    upright.thumbnail(_MAX_SIZE)
    out = BytesIO()
    upright.save(out, "PNG", optimize=True)
    data = out.getvalue()
    return Logo(sha256(data).hexdigest(), upright.width, upright.height, data)


def open_picture(upload: bytes, what: str) -> Image.Image:
    """The upright pixels of an uploaded picture. Raises LogoRefused, naming it as `what`."""
    if len(upload) > MAX_UPLOAD_BYTES:
        raise LogoRefused(f"The {what} is larger than 1 MB; please upload a smaller file.")
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise LogoRefused(f"The {what} has more than 4 million pixels; please shrink it.")
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                return ImageOps.exif_transpose(image).convert("RGBA")
    except LogoRefused:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise LogoRefused(f"The {what} must be a PNG, JPEG, WebP or GIF file.") from error
