"""Pictures of shared pages."""

import unicodedata
from io import BytesIO

import pytest
from PIL import Image

from tests.builders import Workspace
from tests.web.share.customers import answered, sharing_survey
from widget import drawing
from widget.web.share import picture
from widget.web.share.picture import HEIGHT, WIDTH, PictureWords, draw, drawable

PLAIN = PictureWords("Acme", "5 stars", "Ana", "", 5, "#5b5bd6")


def changed(**words: object) -> bytes:
    return draw(PictureWords(**{**vars(PLAIN), **words}))  # type: ignore[arg-type]


def test_a_picture_decodes_and_is_of_the_size_that_other_sites_want(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    answer = customer.client.get(customer.picture())
    assert answer.content_type == "image/png"
    image = Image.open(BytesIO(answer.data))
    image.load()
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT)) == ("PNG", (1200, 630))
    assert len(answer.data) < 300_000


def test_the_same_words_are_the_same_picture_and_others_another() -> None:
    plain = changed()
    assert changed() == plain
    for words in ({"company": "B"}, {"name": "Bo"}, {"words": "Quick!"}, {"stars": 4}):
        assert changed(**words) != plain, words


@pytest.mark.parametrize(
    "text", ["素晴らしい対応でした", "خدمة ممتازة", "מצוין", "สวัสดี", "tofu: \u0378"]
)
def test_words_that_the_font_lacks_are_left_out_and_no_boxes_drawn(text: str) -> None:
    assert drawable(text) == ""
    assert changed(words=text) == changed()
    assert changed(name=text) == changed(name="")


@pytest.mark.parametrize(
    "text", ["Привет, спасибо!", "Ευχαριστώ πολύ", "Đặng Thị Ngọc – 5 €", "Żółć №7"]
)
def test_latin_cyrillic_and_greek_are_drawn(text: str) -> None:
    assert drawable(text) == text
    assert changed(words=text) != changed()


def test_emoji_are_left_out_and_the_words_around_them_stay() -> None:
    assert drawable("Great ❤️ help 👩‍💻 thanks") == "Great help thanks"
    assert drawable("😊") == ""


@pytest.mark.parametrize("font", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
def test_the_font_has_every_letter_that_we_say_can_be_drawn(font: str) -> None:
    face = drawing.font_of(font, 40)
    boxes = {bytes(face.getmask(letter)) for letter in ("\u0378", "\U0010fffe")}
    letters = [chr(code) for block in drawing._DRAWABLE for code in block]
    missing = [
        letter
        for letter in letters
        if drawing._has(letter)
        and unicodedata.category(letter) not in ("Zs", "Cf")
        and bytes(face.getmask(letter)) in boxes
    ]
    assert missing == []


@pytest.mark.parametrize("words", ["word " * 1000, "x" * 5000, "a\n\nb", " ", "“" * 300])
def test_any_comment_fits(words: str) -> None:
    lines, font, step = picture._fitted(f"“{' '.join(words.split())}”", 1000, 282)
    assert len(lines) * step <= 282
    assert all(font.getlength(line) <= 1000 for line in lines)


def test_a_picture_is_drawn_once_and_for_its_page_alone(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[PictureWords] = []
    monkeypatch.setattr(
        "widget.web.share.shared_pages.draw", lambda words: drawn.append(words) or b"png"
    )
    customer = answered(acme, sharing_survey(acme), comment="Drawn once")
    customer.share()
    path = customer.picture()
    for _ in range(3):
        assert customer.client.get(path).data == b"png"
    assert len(drawn) == 1
    for other in ("0" * 20, "x", "../x"):
        assert customer.client.get(f"{customer.page}/{other}.png").status_code in (404, 410)
    assert len(drawn) == 1
