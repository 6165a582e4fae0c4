"""Photos of members: small, square, pixels only."""

from io import BytesIO

import pytest
from PIL import Image

from widget.domain.errors import LogoRefused
from widget.domain.photos import PHOTO_SIZE, read_photo


def picture(size: tuple[int, int], colour: object = "#5b5bd6", mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("size", [(300, 900), (900, 300), (40, 40)])
def test_any_picture_becomes_a_small_square_jpeg(size: tuple[int, int]) -> None:
    photo = read_photo(picture(size))
    with Image.open(BytesIO(photo.data)) as image:
        assert (image.format, image.size) == ("JPEG", (PHOTO_SIZE, PHOTO_SIZE))
    assert photo.media_type == "image/jpeg"
    assert len(photo.data) < 20_000


def test_what_is_transparent_becomes_white_and_not_black() -> None:
    photo = read_photo(picture((50, 50), (0, 0, 0, 0), "RGBA"))
    with Image.open(BytesIO(photo.data)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


def test_another_file_is_refused_by_its_name() -> None:
    with pytest.raises(LogoRefused, match="The photo must be"):
        read_photo(b"<svg/>")
