"""Photos of members: small, square, pixels only, whatever was uploaded."""

import random
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageFile

from widget.domain.errors import LogoRefused
from widget.domain.photos import MAX_PHOTO_BYTES, PHOTO_SIZE, read_photo

SCRIPT = b"<html><script>alert(1)</script></html>"
ARCHIVE = b"PK\x03\x04\x14\x00\x00\x00"


def picture(
    size: tuple[int, int] = (60, 40),
    colour: object = "#5b5bd6",
    mode: str = "RGB",
    form: str = "PNG",
    **details: Any,
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, form, **details)  # type: ignore[arg-type]
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(width: int = 10_000, height: int = 5_000) -> bytes:
    """A PNG of 50 million black pixels in some 50 KB."""
    packer = zlib.compressobj(9)
    line = b"\0" * (width + 1)
    packed = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """A PNG with one part more, right behind its header."""
    return png[:33] + chunk(kind, body) + png[33:]


def animated(form: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("#ff0000", "#0000ff", "#00ff00")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Ana at home"
    exif[0x8825] = {1: "N", 2: (38.0, 42.0, 49.0), 3: "W", 4: (9.0, 8.0, 21.0)}
    return picture(form="JPEG", exif=exif)


def shown(upload: bytes) -> Image.Image:
    """The photo that an upload becomes; it is a JPEG of the right size, with nothing in it."""
    photo = read_photo(upload)
    assert photo.media_type == "image/jpeg"
    assert len(photo.data) < 20_000
    image = Image.open(BytesIO(photo.data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (PHOTO_SIZE, PHOTO_SIZE))
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    for hidden in (SCRIPT, ARCHIVE, b"Ana at home"):
        assert hidden not in photo.data
    return image


def near(image: Image.Image, colour: tuple[int, int, int]) -> bool:
    found = image.getpixel((PHOTO_SIZE // 2, PHOTO_SIZE // 2))
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("size", [(300, 900), (900, 300), (40, 40), (1, 1)])
def test_any_picture_becomes_a_small_square_jpeg(size: tuple[int, int]) -> None:
    shown(picture(size))


def test_what_is_transparent_becomes_white_and_not_black() -> None:
    assert near(shown(picture((50, 50), (0, 0, 0, 0), "RGBA")), (255, 255, 255))


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(picture(form="JPEG") + SCRIPT, id="JPEG and HTML"),
        pytest.param(picture(form="GIF") + SCRIPT, id="GIF and HTML"),
        pytest.param(picture(form="GIF") + ARCHIVE, id="GIF and ZIP"),
        pytest.param(picture(form="PNG") + ARCHIVE, id="PNG and ZIP"),
        pytest.param(picture(form="WEBP") + SCRIPT, id="WebP and HTML"),
        pytest.param(picture(form="JPEG", comment=SCRIPT), id="HTML as a JPEG’s comment"),
        pytest.param(picture(form="GIF", comment=SCRIPT), id="HTML as a GIF’s comment"),
        pytest.param(
            with_chunk(picture(), b"tEXt", b"Comment\0" + SCRIPT), id="HTML as a PNG’s text"
        ),
        pytest.param(with_chunk(picture(), b"prVt", ARCHIVE + SCRIPT), id="a PNG’s private part"),
    ],
)
def test_of_a_file_that_is_something_else_too_only_pixels_survive(upload: bytes) -> None:
    shown(upload)


def test_where_a_photo_was_taken_is_forgotten() -> None:
    with Image.open(BytesIO(with_gps())) as before:
        assert before.getexif().get_ifd(0x8825)
    shown(with_gps())


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.new("RGB", (40, 40), "#ffffff")
    lying.paste("#ff0000", (0, 0, 10, 40))
    out = BytesIO()
    lying.save(out, "PNG", exif=exif)
    image = shown(out.getvalue())
    # What was left in the file is above in the picture.
    for at, colour in (((128, 20), (255, 0, 0)), ((20, 200), (255, 255, 255))):
        found = image.getpixel(at)
        assert isinstance(found, tuple)
        assert all(abs(one - other) < 20 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(form: str) -> None:
    assert near(shown(animated(form)), (255, 0, 0))


def test_print_colours_become_those_of_screens() -> None:
    assert near(shown(picture(colour=(0, 255, 255, 0), mode="CMYK", form="JPEG")), (255, 0, 0))


def test_grey_of_16_bits_keeps_its_brightness() -> None:
    assert near(shown(picture(colour=0x8000, mode="I;16")), (128, 128, 128))


def test_a_colour_profile_is_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown(picture(form="JPEG", icc_profile=profile))


def test_a_photo_of_a_phone_is_taken_whatever_its_size() -> None:
    shown(picture((5_700, 4_200), form="JPEG"))


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG, JPEG, WebP or GIF"),
        (SCRIPT, "PNG, JPEG, WebP or GIF"),
        (b"", "PNG, JPEG, WebP or GIF"),
        (SCRIPT + picture(), "PNG, JPEG, WebP or GIF"),
        (picture(form="BMP"), "PNG, JPEG, WebP or GIF"),
        (picture(form="TIFF"), "PNG, JPEG, WebP or GIF"),
        (picture((400, 400), form="JPEG")[:-400], "a whole one"),
        (picture((400, 400))[:-40], "a whole one"),
        (with_chunk(picture(), b"iCCP", b"x\0\0" + zlib.compress(bytes(9_000_000))), "whole one"),
        (huge_png(), "9 million pixels"),
        (picture((5_100, 5_000), form="JPEG"), "25 million pixels"),
        (b"x" * (MAX_PHOTO_BYTES + 1), "larger than 10 MB"),
    ],
    ids=[
        *("svg", "html", "empty", "html first", "bmp", "tiff", "truncated jpeg", "truncated png"),
        *("huge colour profile", "50 megapixels", "too large a jpeg", "heavy"),
    ],
)
def test_other_files_are_refused_with_a_sentence(upload: bytes, says: str) -> None:
    with pytest.raises(LogoRefused, match=says):
        read_photo(upload)
    # Truncated files are refused as long as nobody switches this on.
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def webp_bomb(kind: bytes) -> bytes:
    """A WebP whose header claims 16,000 pixels each way."""
    side = 16_000
    if kind == b"VP8X":
        body = b"\0\0\0\0" + (side - 1).to_bytes(3, "little") * 2
    elif kind == b"VP8L":
        body = b"\x2f" + ((side - 1) | (side - 1) << 14).to_bytes(4, "little") + bytes(8)
    else:
        body = b"\x30\x01\x00\x9d\x01\x2a" + side.to_bytes(2, "little") * 2 + bytes(8)
    body = kind + len(body).to_bytes(4, "little") + body
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8L", b"VP8 "])
def test_a_webp_is_judged_by_its_header(kind: bytes) -> None:
    with pytest.raises(LogoRefused, match="9 million pixels"):
        read_photo(webp_bomb(kind))


def test_bombs_take_no_memory(tmp_path) -> None:  # type: ignore[no-untyped-def]
    files = [huge_png(), webp_bomb(b"VP8X"), picture((5_000, 5_000), form="JPEG", progressive=True)]
    for number, content in enumerate(files):
        (tmp_path / f"{number}").write_bytes(content)
    code = """
import resource, sys
from widget.domain.errors import LogoRefused
from widget.domain.photos import read_photo
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
uploads = [open(name, "rb").read() for name in sys.argv[1:]]
before = used()
for upload in uploads:
    try:
        read_photo(upload)
    except LogoRefused:
        pass
    print((used() - before) // 1024)
"""
    names = [str(tmp_path / str(number)) for number in range(len(files))]
    ran = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, timeout=60, check=True
    )
    png, webp, jpeg = (int(line) for line in ran.stdout.split())
    assert png < 16
    assert webp < 16
    # A progressive JPEG is put together before it can be made smaller.
    assert jpeg < 150


def test_whatever_the_bytes_they_are_a_photo_or_refused() -> None:
    chance = random.Random(4)
    uploads = [picture((64, 64), form=form) for form in ("PNG", "JPEG", "GIF", "WEBP")]
    uploads += [animated("GIF"), animated("WEBP"), with_gps()]
    for upload in uploads:
        for _ in range(60):
            spoilt = bytearray(upload)
            for _ in range(chance.randrange(1, 8)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            try:
                photo = read_photo(bytes(spoilt))
            except LogoRefused:
                continue
            assert photo.media_type == "image/jpeg"
