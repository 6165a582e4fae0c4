"""The mail of a subscription: its parts, its words and its pictures."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.builders import Workspace, answer_survey
from tests.subscribing import Mails, deliver, keep, look, run, set_clock, subscribe, text_of
from widget.domain.dashboards import Point
from widget.domain.figures import Figures
from widget.domain.scores.metrics import METRIC_IDS
from widget.domain.scores.scoring import Answers, Counts, score_of
from widget.domain.scores.spans import Span, buckets
from widget.outbound.mail.plots import WIDTH, course_plot
from widget.outbound.mail.transport import FileMailer, NoMailServer


def say(acme: Workspace, survey: str, day: int, *scores: int, month: int = 11) -> None:
    for score in scores:
        answer_survey(acme, survey, score, at=datetime(2026, month, day, 12, tzinfo=UTC))


def sent(acme: Workspace, query: str = "", name: str = "Ours") -> EmailMessage:
    """The mail about the week from the 23rd of November."""
    mails = Mails()
    subscribe(acme, keep(acme, query, name=name))
    set_clock(acme, 2026, 11, 30, 8)
    run(acme, mails)
    return mails.taken[0][1]


def html_of(message: EmailMessage) -> str:
    """The page; what HTML itself needs stays escaped in it."""
    body = message.get_body(("html",))
    assert body is not None
    return re.sub(r"&#(\d{3,});", lambda found: chr(int(found[1])), str(body.get_content()))


def pictures_of(message: EmailMessage) -> dict[str, bytes]:
    """The pictures of a mail by their Content-ID."""
    return {
        str(part["Content-ID"]).strip("<>"): part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() == "image/png"
    }


def test_every_number_stands_with_its_interval_and_its_change(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, 17, *[3] * 40)
    say(acme, survey, 24, *[5] * 40)
    message = sent(acme)
    text, html = text_of(message), html_of(message)
    assert "Stars: 5.00 (" in text
    assert "n = 40\n  Change: +2.00 (" in text
    assert "more than chance" in text
    assert 'class="better"' in html
    # The dashboard says the same of the same days.
    address = text.split("numbers: https://sayso.example")[1].split()[0]
    page = acme.signed_in().get(address).text
    assert "+2.00" in page
    assert "n = 40" in page


def test_of_few_answers_no_verdict_and_no_colour_is_given(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, 17, 1, 1, 1)
    say(acme, survey, 24, 5, 5, 5)
    message = sent(acme)
    text, html = text_of(message), html_of(message)
    assert "n = 3, few: read with care" in text
    assert "too few answers to tell" in text
    assert 'class="better"' not in html
    assert 'class="worse"' not in html


def test_where_nobody_answered_there_is_no_number_and_no_picture(acme: Workspace) -> None:
    acme.survey()
    message = sent(acme)
    assert "No answers in these days." in text_of(message)
    assert "No answers in these days." in html_of(message)
    assert pictures_of(message) == {}
    assert " 0" not in text_of(message).split("http")[0].replace("2026", "")


def test_a_week_without_answers_after_one_with_them_says_so(acme: Workspace) -> None:
    say(acme, acme.survey(), 17, *[4] * 12)
    text = text_of(sent(acme))
    assert "Stars: –, n = 0\n  Nothing to compare with." in text
    assert "16 Nov 4.00" in text
    assert "23 Nov –" in text


def test_what_has_no_number_is_there_with_the_reason_as_on_the_dashboard(acme: Workspace) -> None:
    say(acme, acme.survey(), 24, *[4] * 12)
    text = text_of(sent(acme))
    assert "Response rate: –, n = 0\n  No requests were sent." in text
    assert "Rewards: –, n = 0\n  None on offer." in text


def test_pictures_are_inside_and_say_in_words_what_they_show(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, 17, *[3] * 12)
    say(acme, survey, 24, *[5] * 12)
    message = sent(acme)
    html, pictures = html_of(message), pictures_of(message)
    assert len(pictures) == 2
    assert message.as_bytes().count(b"\nContent-ID: <plot-") == 2
    for cid, png in pictures.items():
        assert f'src="cid:{cid}"' in html
        picture = Image.open(BytesIO(png))
        assert picture.width == WIDTH
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
        assert len(png) < 60_000
    assert "16 Nov 3.00 (" in html
    assert "23 Nov 5.00 (" in html
    assert "5: 12 (100 %)" in html
    assert html.count("<img") == html.count(' alt="Stars') == 2
    assert "http" not in "".join(html.split("src=")[1:]).split('"')[1]


def test_it_can_be_left_with_one_click(acme: Workspace) -> None:
    message = sent(acme)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(message["List-Unsubscribe"])
    assert link.startswith("<https://sayso.example/u/numbers/")
    assert link.strip("<>") in text_of(message)
    assert link.strip("<>") in html_of(message)
    assert message["Auto-Submitted"] == "auto-generated"
    # By the address that is configured, whoever asks under whatever name.
    assert "http://localhost" not in text_of(message) + html_of(message)


def test_a_name_is_text_in_a_page_and_one_line_in_a_header(acme: Workspace) -> None:
    message = sent(acme, name="<b>Böse</b>\r\nBcc: x@y.example")
    assert message["Bcc"] is None
    assert "<b>B" not in html_of(message)
    assert "&lt;b&gt;Böse" in html_of(message)
    assert str(message["Subject"]).startswith("<b>Böse</b> Bcc: x@y.example: 23 Nov 2026")


def test_a_mail_that_is_sent_again_has_the_same_name(acme: Workspace) -> None:
    mails = Mails()
    subscribe(acme, keep(acme))
    set_clock(acme, 2026, 11, 30, 8)
    look(acme)
    mails.failure = NoMailServer("away")
    deliver(acme, mails)
    mails.failure = None
    acme.world.clock.pass_time(minutes=2)
    deliver(acme, mails)
    acme.world.clock.pass_time(hours=2)
    deliver(acme, mails)
    [(_recipient, message)] = mails.taken
    assert message["Message-ID"].startswith("<")


def test_the_metric_that_the_filter_looks_at_has_its_course_drawn(acme: Workspace) -> None:
    say(acme, acme.survey(), 24, *[5] * 12)
    assert 'alt="Comment rate, the earliest first' in html_of(sent(acme, "metric=comment_rate"))


def test_without_a_mail_server_a_browser_shows_the_mail_with_its_pictures(
    acme: Workspace, tmp_path: Path
) -> None:
    say(acme, acme.survey(), 24, *[5] * 12)
    message = sent(acme)
    FileMailer(tmp_path).send("a@b.example", "c@d.example", message.as_bytes())
    [page] = tmp_path.glob("*.html")
    html = page.read_text()
    assert "cid:" not in html
    assert html.count('src="data:image/png;base64,') == 2


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_every_metric_can_be_drawn_whatever_its_numbers(metric) -> None:
    parts = buckets(Span(datetime(2026, 10, 5).date(), datetime(2026, 11, 29).date()), "week")  # noqa: DTZ001
    kinds = {"csat": "csat", "nps": "nps", "ces": "ces"}
    kind = kinds.get(metric, "stars")
    some = Counts(
        answers=[Answers(kind, {5: 9, 1: 2}, 4)],
        responses=11,
        comments=3,
        rewards=4,
        shares=123_456,
        sent=30,
        answered=11,
        times={1: 3, 4000: 8},
    )
    for counts in ([Counts()], [some], [some, Counts()]):
        course = [
            Point(part, score_of(metric, counts[index % len(counts)]))
            for index, part in enumerate(parts)
        ]
        plot = course_plot(metric, course, Figures())
        assert Image.open(BytesIO(plot.png)).size == (WIDTH, plot.height * 2)
        assert plot.alt.count(";") == len(parts) - 1


def of_twelve_members(acme: Workspace) -> str:
    """Answers about members of a team, one of whom stands out; returns a filter of theirs."""
    survey, team = acme.survey(name="Tickets"), acme.team("Support")
    for index in range(12):
        email = f"m{index}@a.example"
        acme.put_in(team, acme.member(f"Member {index:02}", email=email))
        for score in [5] * 20 if index == 3 else [3] * (index + 1):
            at = datetime(2026, 11, 24, 12, tzinfo=UTC)
            answer_survey(acme, survey, score, at=at, member=email, attributes={"client": "A & B"})
    return f"survey={survey}&team={team}&client=A+%26+B&client=-"


def test_the_mail_says_what_its_filter_counts_and_breaks_it_down(acme: Workspace) -> None:
    message = sent(acme, of_twelve_members(acme))
    text, html = text_of(message), html_of(message)
    for label, words in (("Survey", "Tickets"), ("Team", "Support"), ("Client", "A & B or none")):
        assert f"\n{label}: {words}\n" in text
    assert "A &amp; B or none" in html
    assert "Stars by member\n  Member 03: 5.00 (" in text
    assert "n = 20, higher than all others, more than chance" in text
    assert "Member 00" not in text
    assert "and 2 more on the dashboard" in text
    assert "Stars by member" in html


@pytest.mark.parametrize(
    ("by", "said"),
    [("client", "Stars by client\n  A & B: "), ("team", "Stars by team\n  Support: ")],
)
def test_it_is_broken_down_as_the_filter_is(acme: Workspace, by: str, said: str) -> None:
    assert said in text_of(sent(acme, f"{of_twelve_members(acme)}&by={by}"))


def test_hours_are_too_many_for_a_mail(acme: Workspace) -> None:
    assert "Stars by" not in text_of(sent(acme, f"{of_twelve_members(acme)}&by=hour"))


def test_a_filter_of_everything_says_so(acme: Workspace) -> None:
    say(acme, acme.survey(), 24, 5)
    text = text_of(sent(acme))
    assert "29 Nov 2026\nAll answers\n" in text
    assert "Stars by member\n  Nobody: 5.00" in text
