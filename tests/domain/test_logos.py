from io import BytesIO

import pytest
from PIL import Image

from widget.domain.errors import LogoRefused
from widget.domain.logos import MAX_UPLOAD_BYTES, read_logo


def picture(size: tuple[int, int], form: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#5b5bd6").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_png(form: str) -> None:
    logo = read_logo(picture((1000, 200), form))
    assert (logo.width, logo.height) == (480, 96)
    with Image.open(BytesIO(logo.data)) as image:
        assert image.format == "PNG"


def test_what_hides_behind_a_picture_is_gone() -> None:
    logo = read_logo(picture((10, 10)) + b"<script>alert(1)</script>")
    assert b"<script>" not in logo.data


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG, JPEG, WebP or GIF"),
        (b"", "PNG, JPEG, WebP or GIF"),
        (picture((50, 50))[:60], "PNG, JPEG, WebP or GIF"),
        (picture((50, 50), "BMP"), "PNG, JPEG, WebP or GIF"),
        (picture((2500, 2000)), "4 million pixels"),
        (b"x" * (MAX_UPLOAD_BYTES + 1), "larger than 1 MB"),
    ],
    ids=["svg", "empty", "cut off", "bmp", "huge", "heavy"],
)
def test_other_files_are_refused_with_a_sentence(upload: bytes, says: str) -> None:
    with pytest.raises(LogoRefused, match=says):
        read_logo(upload)
