"""Uploaded pictures: judged by their headers first, then decoded, and nothing kept but pixels."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from widget.domain.errors import LogoRefused

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_MILLION = 1_000_000


@dataclass(frozen=True)
class UploadLimits:
    """What an upload may be: the file in bytes, and the picture in pixels, which are decoded to
    four bytes each. A JPEG is decoded small, and so may have more of them."""

    file: int
    pixels: int
    jpeg_pixels: int


def open_picture(
    upload: bytes, what: str, limits: UploadLimits, *, needed: int | None = None
) -> Image.Image:
    """The upright pixels of a picture, without anything else that was in its file.

    Of an animation the first frame. `needed`: no side has to be longer than that, so that a large
    JPEG may be decoded at a fraction of its size. Raises LogoRefused, naming the picture as `what`.
    """
    if len(upload) > limits.file:
        raise LogoRefused(
            f"The {what} is larger than {limits.file // _MILLION} MB; please upload a smaller file."
        )
    try:
        _check_size(_webp_size(upload), what, limits.pixels)
        with Image.open(BytesIO(upload), formats=FORMATS) as image:
            is_jpeg = image.format in ("JPEG", "MPO")
            _check_size(image.size, what, limits.jpeg_pixels if is_jpeg else limits.pixels)
            if needed:
                image.draft(None, (needed, needed))
            pixels = ImageOps.exif_transpose(_in_eight_bits(image)).convert("RGBA")
    except LogoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(what, limits.pixels) from error
    except Exception as error:
        # Decoders fail in many ways on what somebody made up; none of them is ours to mend.
        raise LogoRefused(
            f"The {what} must be a PNG, JPEG, WebP or GIF file, and a whole one."
        ) from error
    # Comments and colour profiles would be written into the file that is made from this.
    pixels.info.clear()
    return pixels


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8, which a plain conversion would turn into white."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey.info = image.info
    return grey


def _check_size(size: tuple[int, int], what: str, most: int) -> None:
    if size[0] * size[1] > most:
        raise _too_large(what, most)


def _too_large(what: str, most: int) -> LogoRefused:
    return LogoRefused(
        f"The {what} has more than {most // _MILLION} million pixels; please shrink it."
    )


def _webp_size(upload: bytes) -> tuple[int, int]:
    """What a WebP's header says, (0, 0) for another file: its decoder makes room for the whole
    canvas before anybody could look at the size."""
    if upload[:4] != b"RIFF" or upload[8:12] != b"WEBP":
        return 0, 0
    kind, body = upload[12:16], upload[20:30]
    if kind == b"VP8X":
        return _little(body[4:7]) + 1, _little(body[7:10]) + 1
    if kind == b"VP8L":
        bits = _little(body[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
