"""Whom a report is mailed to, and what its file is called."""

import pytest

from widget.domain.errors import ReportRefused
from widget.domain.reports.files import file_name
from widget.domain.reports.sending import read_recipients, read_words


def test_addresses_stand_in_lines_or_with_commas_each_once() -> None:
    text = "Kim@c.example, jo@c.example;\nkim@c.example  dana@straße.example\n"
    assert read_recipients(text) == ["kim@c.example", "jo@c.example", "dana@straße.example"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "kim",
        "kim@c.example, @c.example",
        "kim@c.example\rBcc:x@c.example",
        "ü@c.example",
    ],
)
def test_what_no_mail_server_takes_is_refused(text: str) -> None:
    with pytest.raises(ReportRefused) as caught:
        read_recipients(text)
    assert list(caught.value.problems) == ["to"]


def test_a_report_goes_to_ten_addresses_at_a_time() -> None:
    ten = [f"kim{number}@c.example" for number in range(10)]
    assert read_recipients(",".join(ten)) == ten
    with pytest.raises(ReportRefused, match="10 addresses"):
        read_recipients(",".join([*ten, "one.more@c.example"]))


def test_words_beside_a_report_have_a_limit_and_no_control_characters() -> None:
    assert read_words(" Hello\x07\r\nyou ") == "Hello \nyou"
    with pytest.raises(ReportRefused, match="2000"):
        read_words("x" * 2001)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Contoso Ltd, Q3 2026", "Contoso-Ltd-Q3-2026.pdf"),
        ("Señor / Übersicht", "Senor-Ubersicht.pdf"),
        ('../"x"\r\nSet-Cookie: a', "x-Set-Cookie-a.pdf"),
        ("日本語", "report.pdf"),
    ],
)
def test_a_file_is_named_as_every_system_takes_it(title: str, name: str) -> None:
    assert file_name(title) == name
