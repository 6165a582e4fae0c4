"""Photos of members: small squares that customers see beside a name, re-encoded by us."""

from hashlib import sha256
from io import BytesIO

from PIL import ImageOps

from widget.domain.logos import Logo
from widget.domain.pictures import UploadLimits, open_picture

PHOTO_SIZE = 256
# What a phone's camera saves, and what a screen shows.
MAX_PHOTO_BYTES = 10_000_000
_LIMITS = UploadLimits(MAX_PHOTO_BYTES, pixels=9_000_000, jpeg_pixels=25_000_000)


def read_photo(upload: bytes) -> Logo:
    """A square JPEG from an uploaded file, cut around its middle. Raises LogoRefused.

    JPEG, as some mail programs show nothing newer. Only the pixels survive.
    """
    picture = open_picture(upload, "photo", _LIMITS, needed=2 * PHOTO_SIZE)
    square = ImageOps.fit(picture, (PHOTO_SIZE, PHOTO_SIZE))
    # What is transparent becomes white: JPEG would make it black.
    ground = square.convert("RGB")
    ground.paste("#ffffff", (0, 0, PHOTO_SIZE, PHOTO_SIZE))
    ground.paste(square, mask=square.getchannel("A"))
    out = BytesIO()
    ground.save(out, "JPEG", quality=85, optimize=True)
    data = out.getvalue()
    return Logo(sha256(data).hexdigest(), PHOTO_SIZE, PHOTO_SIZE, data, "image/jpeg")
