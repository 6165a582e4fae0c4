"""A link from a mail: its page, its one button, and what it says when it asks nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import AskedByMail, Workspace, ask_by_mail
from tests.web.frame.visiting import chosen_in, token_in
from tests.web.landing.mailing import Reader, held, reader, request_of, rows, set_survey, visits
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.surveys import Question
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import EmbedProblem, Member, Revision


@pytest.fixture
def mail(acme: Workspace) -> AskedByMail:
    return ask_by_mail(acme, acme.survey(), ref="T-1", channel="chat", email="carla@x.example")


def test_the_page_shows_the_chosen_score_and_one_button(acme: Workspace, mail: AskedByMail) -> None:
    page = reader(acme, mail).get(mail.path(4))
    assert chosen_in(page.text) == ["4"]
    assert re.findall(r"<button[^>]*>([^<]+)</button>", page.text) == ["Send"]
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_it_says_whose_survey_it_is(acme: Workspace, mail: AskedByMail) -> None:
    page = acme.world.client().get(mail.path()).text
    assert "<title>Feedback · Acme</title>" in page
    assert '<p class="company" dir="auto">Acme</p>' in page


def test_it_shows_who_helped(acme: Workspace) -> None:
    survey = acme.survey()
    member_id = acme.member("Ana Maria Silva")
    with acme.world.app.app_context(), writing(db.session) as session:
        member = session.get_one(Member, member_id)
        member.title, member.bio = "Customer support", "Helps with <invoices>."
    mail = ask_by_mail(acme, survey, member_id=member_id)
    page = reader(acme, mail).get(mail.path(5)).text
    for text in ("Ana Maria Silva", ">AS<", "Customer support", "Helps with &lt;invoices&gt;."):
        assert text in page
    assert "How did Ana Maria Silva do today?" in page
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(Member, member_id).photo = "f" * 64
    page = reader(acme, mail).get(mail.path(5)).text
    assert f'src="/images/{"f" * 64}"' in page
    assert ">AS<" not in page


def test_opening_a_link_in_any_way_stores_that_it_was_opened_and_nothing_else(
    acme: Workspace, mail: AskedByMail
) -> None:
    before = rows(acme)
    somebody = reader(acme, mail)
    for score in range(1, 6):
        somebody.get(mail.path(score), "HEAD")
        somebody.get(mail.path(score))
        somebody.get(mail.path(score), **{"Sec-Purpose": "prefetch;prerender"})
    somebody.get(f"/s/{mail.token}/more")
    after = rows(acme)
    assert after.pop("link_visits") == before.pop("link_visits") + 16
    assert after == before
    acts = [visit.act for visit in visits(acme)]
    assert acts == ["HEAD", "GET", "prefetch"] * 5 + ["honeypot"]
    assert {visit.network for visit in visits(acme)} == {"93.184.216.0/24"}


def test_no_address_is_kept(acme: Workspace, mail: AskedByMail) -> None:
    reader(acme, mail).answer(mail, 4)
    file = acme.world.settings.data
    kept = b"".join(path.read_bytes() for path in file.glob("sayso.db*"))
    assert b"93.184.216.0/24" in kept
    assert b"93.184.216.34" not in kept


def test_the_button_stores_the_answer_with_the_requests_own_facts(
    acme: Workspace, mail: AskedByMail
) -> None:
    assert "What went well?" in reader(acme, mail).answer(mail, 4).text
    [response] = acme.responses()
    assert (response.id, response.stars, response.source) == (mail.id, 4, "email")
    assert (response.ref, response.channel) == ("T-1", "chat")
    assert (response.customer_email, response.customer_name) == ("carla@x.example", "Carla Costa")
    request = request_of(acme, mail)
    assert (request.status, request.due_at) == ("answered", None)
    assert request.answered_at == acme.world.clock()
    assert held(acme) == []


def test_a_whole_visit_without_scripts(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, extras=(Question("nps", "numbers"),))
    mail = ask_by_mail(acme, survey, member_id=acme.member("Ana Silva"))
    client, headers = acme.world.client(), {"User-Agent": reader(acme, mail).user_agent}
    page = client.get(mail.path(2), headers=headers).text
    for fields in (
        {"step": "score", "score": "2"},
        {"step": "follow_up", "main_score": "2", "comment": "Slow", "reasons": "slow"},
        {"step": "extra.nps", "main_score": "2", "score": "3"},
    ):
        answer = client.post(
            f"/w/{survey}/responses", data={"token": token_in(page), **fields}, headers=headers
        )
        page = answer.text
        assert page.startswith("<!DOCTYPE html>")
        assert '<p class="name" dir="auto">Ana Silva</p>' in page
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Thank you!" in page
    [response] = acme.responses()
    assert (response.stars, response.comment, response.nps) == (2, "Slow", 3)
    assert response.finished_at is not None


def test_the_page_speaks_the_customers_language(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey(), language="de")
    page = reader(acme, mail).get(mail.path(4)).text
    assert '<html lang="de"' in page
    assert "Noch ein Klick, und Ihre Antwort ist gesendet." in page


@pytest.mark.parametrize("score", ["", "0", "6", "99999", "x", "-1", "４"])
def test_a_score_off_the_scale_leaves_the_choice_open(
    acme: Workspace, mail: AskedByMail, score: str
) -> None:
    page = reader(acme, mail).get(f"/s/{mail.token}?score={score}")
    assert (page.status_code, chosen_in(page.text)) == (200, [])


@pytest.mark.parametrize("token", ["x", "a.b", "ü"])
def test_a_link_that_was_not_signed_here_is_a_plain_page(acme: Workspace, token: str) -> None:
    for path in (f"/s/{token}", f"/s/{token}/more"):
        answer = acme.world.client().get(path)
        assert answer.status_code == 404
        assert "the link may be incomplete" in answer.text
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_link_for_another_purpose_opens_nothing(acme: Workspace, mail: AskedByMail) -> None:
    signer = LinkSigner(acme.world.settings.secret_keys, "unsubscribe")
    token = signer.sign(RequestLink(acme.id, mail.id))
    assert acme.world.client().get(f"/s/{token}").status_code == 404


def test_another_workspaces_request_cannot_be_reached(acme: Workspace, mail: AskedByMail) -> None:
    signer = LinkSigner(acme.world.settings.secret_keys, "answer")
    token = signer.sign(RequestLink(acme.id + 1, mail.id))
    assert acme.world.client().get(f"/s/{token}").status_code == 404
    assert visits(acme) == []


def test_an_expired_request_says_so(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey(), expires_at=acme.world.clock() + timedelta(days=1))
    assert reader(acme, mail).get(mail.path(4)).status_code == 200
    acme.world.clock.pass_time(days=1)
    answer = reader(acme, mail).get(mail.path(4))
    assert answer.status_code == 410
    assert "The time for answering is over" in answer.text
    assert "<form" not in answer.text


def test_a_wrong_method_is_told_which_one_is_right(acme: Workspace, mail: AskedByMail) -> None:
    answer = acme.world.client().post(mail.path())
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_latest_answer_wins_and_revisions_are_kept(acme: Workspace, mail: AskedByMail) -> None:
    carla = reader(acme, mail)
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=29)
    page = carla.get(f"/s/{mail.token}").text
    assert chosen_in(page) == ["2"]
    assert "You answered: 2 stars" in page
    carla.answer(mail, 5)
    assert [response.stars for response in acme.responses()] == [5]
    with acme.world.app.app_context():
        said = [row.changes[0]["new"] for row in db.session.scalars(select(Revision))]
    assert sorted(said) == [2, 5]


def test_after_the_edit_window_the_answer_is_shown_and_final(acme: Workspace) -> None:
    survey = acme.survey()
    set_survey(acme, survey, asking={"edit_days": 7})
    mail = ask_by_mail(acme, survey)
    carla = reader(acme, mail)
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=6, hours=23)
    carla.answer(mail, 3)
    open_page = carla.open(mail.path(4))
    acme.world.clock.pass_time(hours=2)
    page = carla.get(mail.path(5)).text
    assert "Your answer can no longer be changed." in page
    assert "You answered: 3 stars" in page
    assert "<form" not in page
    # Whoever had the page open in time may finish.
    assert carla.press(open_page, score=4).status_code == 200
    assert [response.stars for response in acme.responses()] == [4]


@pytest.mark.parametrize(("late_s", "stars"), [(0, 5), (1, 2)])
def test_the_edit_window_ends_to_the_second(acme: Workspace, late_s: int, stars: int) -> None:
    survey = acme.survey()
    set_survey(acme, survey, asking={"edit_days": 7})
    mail = ask_by_mail(acme, survey)
    carla = reader(acme, mail)
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=7, seconds=late_s)
    page = carla.get(mail.path(5)).text
    assert ("<form" in page) == (stars == 5)
    if stars == 5:
        carla.press(token_in(page), score=5)
    assert [response.stars for response in acme.responses()] == [stars]


def test_with_no_edit_window_the_visit_can_still_be_finished(acme: Workspace) -> None:
    survey = acme.survey()
    set_survey(acme, survey, asking={"edit_days": 0})
    mail = ask_by_mail(acme, survey)
    carla = reader(acme, mail)
    first, second = carla.open(mail.path(4)), carla.open(mail.path(4))
    carla.press(first, score=4)
    carla.press(first, step="follow_up", main_score=4, comment="Fine")
    [response] = acme.responses()
    assert (response.stars, response.comment) == (4, "Fine")
    acme.world.clock.pass_time(hours=25)
    again = carla.press(second, score=1)
    assert again.status_code == 409
    late = carla.press(token_in(again.text), score=1)
    assert late.status_code == 409
    assert "Your answer can no longer be changed." in late.text
    assert [response.stars for response in acme.responses()] == [4]


def test_an_unsigned_link_carries_what_the_help_desk_filled_in(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana Silva", email="ana@acme.example")
    somebody = Reader(acme.world, survey)
    query = "score=4&ref=T-9&member=ana%40acme.example&email=c%40x.example&channel=email"
    somebody.press(somebody.open(f"/e/{survey}?{query}"), score=4)
    [response] = acme.responses()
    assert (response.stars, response.ref, response.source) == (4, "T-9", "email")
    assert (response.member_given, response.customer_email) == (
        "ana@acme.example",
        "c@x.example",
    )
    assert response.member_id is not None
    again = query.replace("score=4", "score=2")
    somebody.press(somebody.open(f"/e/{survey}?{again}"), score=2)
    assert [response.stars for response in acme.responses()] == [2]
    other = query.replace("T-9", "T-10")
    somebody.press(somebody.open(f"/e/{survey}?{other}"), score=5)
    assert sorted(response.stars or 0 for response in acme.responses()) == [2, 5]


def test_a_test_of_an_unsigned_link_leaves_the_customers_answer_alone(acme: Workspace) -> None:
    survey = acme.survey()
    link = f"/e/{survey}?ref=T-9&email=c%40x.example&score="
    tester, customer = Reader(acme.world, survey, address="91.64.0.9"), Reader(acme.world, survey)
    tester.press(tester.open(f"{link}1&test=1"), score=1)
    customer.press(customer.open(f"{link}5"), score=5)
    tester.press(tester.open(f"{link}2&test=1"), score=2)
    found = {(response.stars, response.is_test) for response in acme.responses()}
    assert found == {(2, True), (5, False)}


def test_an_unsigned_link_tells_nobody_what_was_answered(acme: Workspace) -> None:
    survey = acme.survey()
    set_survey(acme, survey, asking={"edit_days": 1})
    somebody = Reader(acme.world, survey)
    somebody.press(somebody.open(f"/e/{survey}?score=4&ref=T-9"), score=4)
    opened_again = somebody.get(f"/e/{survey}?ref=T-9").text
    assert chosen_in(opened_again) == []
    assert "You answered" not in opened_again
    acme.world.clock.pass_time(days=2)
    page = somebody.get(f"/e/{survey}?score=1&ref=T-9").text
    assert "Your answer can no longer be changed." in page
    assert "4 stars" not in page


def test_who_guesses_an_unsigned_link_reads_and_wipes_nothing(acme: Workspace) -> None:
    survey = acme.survey()
    carla, stranger = Reader(acme.world, survey), Reader(acme.world, survey, address="91.64.0.9")
    token = carla.open(f"/e/{survey}?score=4&ref=T-9")
    carla.press(token, score=4)
    carla.press(token, step="follow_up", main_score=4, comment="Between us", reasons="fast")
    assert "Between us" in carla.press(token, score=4).text
    acme.world.clock.pass_time(hours=1)
    token = stranger.open(f"/e/{survey}?score=5&ref=T-9")
    assert "Between us" not in stranger.press(token, score=5).text
    stranger.press(token, step="follow_up", main_score=5, comment="")
    [response] = acme.responses()
    assert (response.stars, response.comment, response.reasons) == (5, "Between us", ["fast"])


def test_nor_does_a_page_that_was_open_before_the_customer_answered(acme: Workspace) -> None:
    survey = acme.survey()
    carla, stranger = Reader(acme.world, survey), Reader(acme.world, survey, address="91.64.0.9")
    early = stranger.open(f"/e/{survey}?score=5&ref=T-9")
    token = carla.open(f"/e/{survey}?score=4&ref=T-9")
    carla.press(token, score=4)
    carla.press(token, step="follow_up", main_score=4, comment="Between us")
    assert "Between us" not in stranger.press(early, score=5).text
    stranger.press(early, step="follow_up", main_score=5, comment="")
    [response] = acme.responses()
    assert (response.stars, response.comment) == (5, "Between us")
    stranger.press(early, step="follow_up", main_score=5, comment="", go="back")
    assert "Between us" not in stranger.press(early, score=5).text


def test_the_owner_of_a_signed_link_may_take_a_comment_back(
    acme: Workspace, mail: AskedByMail
) -> None:
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    carla.press(token, score=4)
    carla.press(token, step="follow_up", main_score=4, comment="Hm")
    acme.world.clock.pass_time(hours=1)
    token = carla.open(mail.path(4))
    assert "Hm</textarea>" in carla.press(token, score=4).text
    carla.press(token, step="follow_up", main_score=4, comment="")
    assert [response.comment for response in acme.responses()] == [""]


def test_a_survey_may_refuse_unsigned_links(acme: Workspace) -> None:
    survey = acme.survey()
    set_survey(acme, survey, accepts_unsigned=False)
    answer = acme.world.client().get(f"/e/{survey}?score=4&ref=T-1")
    assert answer.status_code == 403
    assert "only through the links in its own mails" in answer.text
    assert visits(acme) == []
    mail = ask_by_mail(acme, survey)
    assert reader(acme, mail).get(mail.path(4)).status_code == 200


def test_an_unexpanded_placeholder_costs_no_rating_and_reaches_the_owner(acme: Workspace) -> None:
    survey = acme.survey()
    somebody = Reader(acme.world, survey)
    somebody.press(somebody.open(f"/e/{survey}?score=4&ref=%7B%7Bticket.id%7D%7D"), score=4)
    somebody.press(somebody.open(f"/e/{survey}?score=3&ref=%7B%7Bticket.id%7D%7D"), score=3)
    # Two customers of one broken snippet are not taken for one.
    assert sorted(response.stars or 0 for response in acme.responses()) == [3, 4]
    with acme.world.app.app_context():
        problem = db.session.scalars(select(EmbedProblem)).one()
        assert (problem.kind, problem.subject) == ("unexpanded", "ref")


@pytest.mark.parametrize("path", ["/e/nosuchsurvey?score=4", "/e/"])
def test_an_unknown_survey_is_a_plain_404(acme: Workspace, path: str) -> None:
    answer = acme.world.client().get(path)
    assert answer.status_code == 404
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "not available" in answer.text
