"""Photos of members: small squares that customers see beside a name, re-encoded by us."""

from hashlib import sha256
from io import BytesIO

from PIL import ImageOps

from widget.domain.logos import Logo, open_picture

PHOTO_SIZE = 256


def read_photo(upload: bytes) -> Logo:
    """A square JPEG from an uploaded file, cut around its middle. Raises LogoRefused.

    JPEG, as some mail programs show nothing newer. Only the pixels survive.
    """
    picture = open_picture(upload, "photo")
    square = ImageOps.fit(picture.convert("RGBA"), (PHOTO_SIZE, PHOTO_SIZE))
    # What is transparent becomes white: JPEG would make it black.
    ground = square.convert("RGB")
    ground.paste("#ffffff", (0, 0, PHOTO_SIZE, PHOTO_SIZE))
    ground.paste(square, mask=square.getchannel("A"))
    out = BytesIO()
    ground.save(out, "JPEG", quality=85, optimize=True)
    data = out.getvalue()
    return Logo(sha256(data).hexdigest(), PHOTO_SIZE, PHOTO_SIZE, data, "image/jpeg")
