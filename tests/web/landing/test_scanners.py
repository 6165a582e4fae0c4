"""What filters of mail do with links, replayed; then the person comes, and counts."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from limits import parse
from sqlalchemy import select

from tests.builders import BROWSER, PHONE, AskedByMail, Workspace, ask_by_mail
from tests.web.frame.visiting import HTMX
from tests.web.landing.mailing import Reader, held, reader, request_of, visits
from widget.actions.restore_answer import restore_answer
from widget.actions.settle_provisional import settle_due
from widget.extensions import db
from widget.storage.models import Revision, Rollup, User
from widget.storage.responses import find_response

HEADLESS = BROWSER.replace("Chrome/", "HeadlessChrome/")
SLACK = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
# An address of Microsoft's, from where Defender for Office 365 checks links.
CHECKER = "40.94.20.1"

Scanner = Callable[[Workspace, AskedByMail], None]


def opens_everything(acme: Workspace, mail: AskedByMail) -> None:
    """HEAD, then GET, of every link; presses nothing."""
    scanner = reader(acme, mail, user_agent="python-requests/2.32.3", address=CHECKER)
    for score in range(1, 6):
        scanner.get(mail.path(score), "HEAD")
        scanner.get(mail.path(score))


def headless_browser(acme: Workspace, mail: AskedByMail) -> None:
    """Loads a page with scripts on, waits, and presses the first button."""
    scanner = reader(acme, mail, user_agent=HEADLESS)
    token = scanner.open(mail.path(1))
    scanner.touch(token, 1)
    scanner.press(token, score=1)


def disguised_browser(acme: Workspace, mail: AskedByMail) -> None:
    """Calls itself an ordinary browser, but opens all five links before it presses."""
    scanner = reader(acme, mail, address="203.0.113.7")
    for score in range(1, 6):
        acme.world.clock.pass_time(seconds=6)
        token = scanner.open(mail.path(score))
    scanner.touch(token, 5)
    scanner.press(token, score=5)


def checker_in_a_data_centre(acme: Workspace, mail: AskedByMail) -> None:
    """One link, an ordinary name, at once; but from a checker's network."""
    scanner = reader(acme, mail, address=CHECKER, pause_s=0.4)
    scanner.press(scanner.open(mail.path(2)), score=2)


def follower_of_every_link(acme: Workspace, mail: AskedByMail) -> None:
    """Opens one link and every link on its page, then answers as if it were somebody."""
    scanner = reader(acme, mail, address="198.51.100.20")
    token = scanner.open(mail.path(3))
    scanner.get(f"/s/{mail.token}/more")
    scanner.press(token, score=3)


def unfurler(acme: Workspace, mail: AskedByMail) -> None:
    """Shows a preview of a link somebody pasted into a chat."""
    scanner = reader(acme, mail, user_agent=SLACK)
    assert scanner.get(mail.path(4)).status_code == 200


def concurrent_prefetch(acme: Workspace, mail: AskedByMail) -> None:
    """Many fetchers at once."""
    paths = [mail.path(score) for score in range(1, 6)] * 4
    scanners = [reader(acme, mail, address=f"198.51.100.{number}") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: pair[0].get(pair[1]), zip(scanners, paths, strict=True)))


SCANNERS: list[Scanner] = [
    opens_everything,
    headless_browser,
    disguised_browser,
    checker_in_a_data_centre,
    follower_of_every_link,
    unfurler,
    concurrent_prefetch,
]


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda scanner: scanner.__name__)
def test_a_scanner_counts_nothing_and_the_person_after_it_counts_once(
    acme: Workspace, scanner: Scanner
) -> None:
    mail = ask_by_mail(acme, acme.survey(), sent_at=acme.world.clock())
    scanner(acme, mail)
    settle(acme)
    assert acme.responses() == []
    assert request_of(acme, mail).status == "sent"
    carla = reader(acme, mail, user_agent=PHONE, address="91.64.10.20")
    assert carla.answer(mail, 4).status_code == 200
    assert [response.stars for response in acme.responses()] == [4]


def test_after_all_of_them_together_the_person_counts_once(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey(), sent_at=acme.world.clock())
    for scanner in SCANNERS:
        scanner(acme, mail)
    settle(acme)
    assert acme.responses() == []
    reader(acme, mail, user_agent=PHONE, address="91.64.10.20").answer(mail, 4)
    settle(acme)
    assert [response.stars for response in acme.responses()] == [4]
    assert {row.standing for row in held(acme)} == {"set_aside"}


def test_a_scanner_after_the_person_changes_nothing(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    reader(acme, mail, user_agent=PHONE, address="91.64.10.20").answer(mail, 4)
    for scanner in SCANNERS:
        scanner(acme, mail)
    settle(acme)
    [response] = acme.responses()
    assert response.stars == 4
    with acme.world.app.app_context():
        found = find_response(db.session(), acme.id, response.id)
        assert found is not None
        assert found.response.updated_at == response.answered_at


def test_whoever_is_set_aside_is_thanked_and_everything_said_is_kept(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    robot = reader(acme, mail, user_agent=HEADLESS)
    token = robot.open(mail.path(2))
    follow_up = robot.press(token, score=2)
    assert "What could have been better?" in follow_up.text
    assert "Your answer is saved." in follow_up.text
    thanks = robot.press(token, step="follow_up", main_score=2, reasons="slow", comment="Really me")
    assert "Thank you!" in thanks.text
    [row] = held(acme)
    assert row.answer == {
        "scores": {"stars": 2},
        "reasons": ["slow"],
        "comment": "Really me",
        "wants_contact": False,
        "may_publish": None,
        "contact": "",
        "reward": None,
        "finished": True,
        "fitting": row.answer["fitting"],
    }
    assert (row.standing, row.reasons) == ("set_aside", ["known_robot"])
    assert acme.responses() == []


def test_what_is_held_and_what_is_changed_go_on_in_the_next_step(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    robot = reader(acme, mail, user_agent=HEADLESS)
    token = robot.open(mail.path(2))
    robot.press(token, score=2)
    robot.press(token, step="follow_up", main_score=2, comment="Kept words", go="back")
    assert "Kept words</textarea>" in robot.press(token, score=3).text


def test_the_same_address_with_another_browser_is_another_client(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    disguised_browser(acme, mail)
    Reader(acme.world, mail.survey, PHONE, "203.0.113.7").answer(mail, 4)
    assert [response.stars for response in acme.responses()] == [4]


def test_a_filter_with_the_persons_own_address_and_browser_costs_no_answer(
    acme: Workspace,
) -> None:
    """As on the way out of a company: it opens every link, and the person comes hours later."""
    mail = ask_by_mail(acme, acme.survey(), sent_at=acme.world.clock())
    disguised_browser(acme, mail)
    acme.world.clock.pass_time(hours=2)
    reader(acme, mail, address="203.0.113.7").answer(mail, 4)
    assert [response.stars for response in acme.responses()] == [4]
    assert [row.standing for row in held(acme)] == ["superseded"]


def test_two_people_behind_one_address_with_one_browser_both_count(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    reader(acme, mail).answer(mail, 4)
    acme.world.clock.pass_time(seconds=10)
    reader(acme, mail).answer(mail, 2)
    assert held(acme) == []
    with acme.world.app.app_context():
        said = [row.changes[0]["new"] for row in db.session.scalars(select(Revision))]
    assert sorted(said) == [2, 4]
    assert [response.stars for response in acme.responses()] == [2]


def test_whose_finger_slips_is_set_aside_thanked_and_counts_on_coming_back(
    acme: Workspace,
) -> None:
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail, user_agent=PHONE)
    carla.open(mail.path(3))
    acme.world.clock.pass_time(seconds=2)
    page = carla.answer(mail, 4)
    assert "Your answer is saved." in page.text
    assert [row.reasons for row in held(acme)] == [["several_scores"]]
    acme.world.clock.pass_time(hours=2)
    carla.answer(mail, 4)
    assert [response.stars for response in acme.responses()] == [4]


def test_nothing_tells_a_machine_that_behaves_like_a_person(acme: Workspace) -> None:
    """Known and documented: one link, a household's address, a browser's name, and patience."""
    mail = ask_by_mail(acme, acme.survey(), sent_at=acme.world.clock())
    reader(acme, mail, pause_s=20).answer(mail, 1)
    assert [response.stars for response in acme.responses()] == [1]
    # Its customer's own answer takes the place of it.
    reader(acme, mail, user_agent=PHONE, address="91.64.10.20").answer(mail, 5)
    assert [response.stars for response in acme.responses()] == [5]


def test_one_client_is_told_from_another_only_within_one_mail(acme: Workspace) -> None:
    survey = acme.survey()
    first, second = ask_by_mail(acme, survey), ask_by_mail(acme, survey)
    for mail in (first, second):
        reader(acme, mail).open(mail.path(4))
        acme.world.clock.pass_time(hours=14)
        reader(acme, mail).open(mail.path(4))
    digests = [visit.client_digest for visit in visits(acme)]
    assert digests[0] == digests[1] != digests[2] == digests[3]


def test_an_absurd_number_of_openings_is_not_all_kept(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.storage.link_visits.MOST_VISITS", 3)
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail)
    for _ in range(5):
        carla.open(mail.path(4))
    carla.answer(mail, 4)
    assert [visit.act for visit in visits(acme)] == ["GET"] * 3 + ["POST"]
    assert len(acme.responses()) == 1


def test_one_clients_openings_leave_room_for_what_others_do(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.storage.link_visits.MOST_VISITS", 25)
    mail = ask_by_mail(acme, acme.survey())
    eager = reader(acme, mail, address="198.51.100.20")
    for _ in range(30):
        eager.open(mail.path(4))
    assert len(visits(acme)) == 12
    disguised_browser(acme, mail)
    assert [row.reasons for row in held(acme)] == [["several_scores"]]
    assert acme.responses() == []


def test_past_a_limit_a_minute_the_page_still_shows_and_answers(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.web.rate_limits._PER_REQUEST_OPENING", parse("3/minute"))
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail)
    for score in (1, 2, 3, 4, 5):
        token = carla.open(mail.path(score))
    assert carla.get(f"/s/{mail.token}/more").status_code == 204
    assert [visit.score for visit in visits(acme)] == [1, 2, 3]
    # One network is held up, and one request: nobody else.
    other = ask_by_mail(acme, mail.survey)
    reader(acme, other).open(other.path(4))
    reader(acme, mail, address="91.64.10.20").open(mail.path(4))
    assert len(visits(acme)) == 5
    # What was kept is enough to be judged by.
    assert carla.press(token, score=5).status_code == 200
    assert [row.reasons for row in held(acme)] == [["several_scores"]]


def test_fifty_answers_at_once_to_one_link_are_one_response(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail)
    tokens = [carla.open(mail.path(4)) for _ in range(5)]
    acme.world.clock.pass_time(seconds=5)
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda n: carla.post("responses", tokens[n % 5], score=1 + n % 5), range(50))
        )
    assert {answer.status_code for answer in answers} == {200}
    [response] = acme.responses()
    assert response.id == mail.id
    assert rollups(acme) == {response.stars: 1}


def test_fifty_suspicious_answers_at_once_are_one_held_answer(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    robot = reader(acme, mail, user_agent="curl/8.5.0")
    token = robot.open(mail.path(4))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: robot.post("responses", token, score=4), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert [row.standing for row in held(acme)] == ["set_aside"]
    assert acme.responses() == []


def comments(acme: Workspace, standing: str) -> list[str | None]:
    return [row.answer["comment"] for row in held(acme) if row.standing == standing]


def test_a_flood_at_one_mail_leaves_the_first_and_the_latest_set_aside(
    any_acme: Workspace,
) -> None:
    acme, survey = any_acme, any_acme.survey()
    mail, other = (ask_by_mail(acme, survey, ref=ref) for ref in ("T-1", "T-2"))
    reader(acme, other, user_agent="curl/8").answer(other, 1)

    def say(number: int) -> None:
        robot = reader(acme, mail, user_agent=f"curl/8.{number}", pause_s=0.01)
        token = robot.open(mail.path(1))
        robot.press(token, score=1)
        robot.press(token, step="follow_up", main_score=1, comment=str(number))

    say(0)
    owner = held(acme)[-1]
    with acme.world.app.app_context():
        user = db.session.scalars(select(User.id)).first()
        assert user
        restore_answer(db.engine, acme.id, owner.id, user_id=user, at=acme.world.clock())
    for number in range(1, 41):
        acme.world.clock.pass_time(seconds=2)
        say(number)
    # What a client of the first says again keeps its place among the first.
    say(3)
    say(41)
    first, latest = range(1, 11), range(32, 42)
    assert comments(acme, "set_aside")[1:] == [str(number) for number in (*first, *latest)]
    assert comments(acme, "restored") == ["0"]
    assert len([row for row in held(acme) if row.response_id == other.id]) == 1
    carla = reader(acme, mail, user_agent=PHONE, address="91.64.10.20")
    assert carla.answer(mail, 4).status_code == 200
    assert acme.responses()[0].stars == 4


def test_a_flood_of_touches_leaves_the_first_and_the_latest_too(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    clients = [
        reader(acme, mail, user_agent=f"{BROWSER} {number}", pause_s=0.01) for number in range(30)
    ]
    for client in clients:
        client.touch(client.open(mail.path(4)), 4)
    assert [row.standing for row in held(acme)] == ["provisional"] * 20
    kept = {visit.client_digest for visit in visits(acme)[:20] + visits(acme)[-20:]}
    assert {row.client_digest for row in held(acme)} == kept
    for client in clients:
        for score in (1, 2, 3):
            client.get(mail.path(score))
    reader(acme, mail, user_agent="curl/8").answer(mail, 1)
    acme.world.clock.pass_time(minutes=10)
    settle(acme)
    assert [row.standing for row in held(acme)] == ["set_aside"] * 20


def test_a_flood_at_once_keeps_to_the_limit_and_nobody_waits_for_ever(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    robots = [reader(acme, mail, user_agent=f"curl/8.{number}", pause_s=0) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda robot: robot.answer(mail, 1).status_code, robots))
    assert set(said) == {200}
    reader(acme, mail, user_agent="curl/9").answer(mail, 1)
    assert [row.standing for row in held(acme)] == ["set_aside"] * 20


def test_a_refused_gesture_stores_nothing(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    assert carla.post("gesture", "forged", score=4).status_code == 400
    assert carla.post("gesture", token, score=9).status_code == 422
    path = f"/w/{mail.survey}/gesture"
    data = {"token": token, "step": "score", "score": "4"}
    foreign = {**HTMX, "Origin": "https://evil.example"}
    assert acme.world.client().post(path, data=data, headers=foreign).status_code == 403
    widget = Reader(acme.world, mail.survey)
    framed = widget.open(f"/w/{mail.survey}")
    assert widget.post("gesture", framed, score=4).status_code == 400
    acme.world.clock.pass_time(hours=25)
    assert carla.post("gesture", token, score=4).status_code == 400
    assert held(acme) == []


def settle(acme: Workspace) -> int:
    """Let every quarantine end."""
    with acme.world.app.app_context():
        return settle_due(db.engine, acme.world.clock() + timedelta(hours=1))


def rollups(acme: Workspace) -> dict[int, int]:
    """How many responses are counted with each score, over all shards."""
    counted = Counter[int]()
    with acme.world.app.app_context():
        for row in db.session.scalars(select(Rollup)):
            counted[row.score] += row.responses
        db.session.remove()
    return {score: number for score, number in counted.items() if number}
