"""Due dates on pages: the rules' form, a follow-up's own date, and what is overdue."""

from tests.builders import Workspace, answer_survey, post
from tests.following import follow_ups, raise_alerts, the_follow_up
from widget.domain.due_dates import Allowed, DueRules
from widget.extensions import db
from widget.storage.due_rules import due_rules

RULES = "/console/follow-ups/due-dates"


def stored(acme: Workspace) -> DueRules:
    with acme.world.app.app_context():
        return due_rules(db.session(), acme.id)[0]


def bad_rating(acme: Workspace) -> str:
    answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    return f"/console/follow-ups/{follow_ups(acme)[-1].id}"


def test_rules_are_saved_as_they_are_typed(acme: Workspace) -> None:
    client = acme.signed_in()
    typed = {"days": ["5", "6"], "begins": "480", "ends": "1440"}
    typed |= {"number.contact": "4", "unit.contact": "hours", "number.score": ""}  # type: ignore[dict-item]
    answer = post(client, RULES, RULES, **typed)
    assert answer.status_code == 303
    assert stored(acme) == DueRules((5, 6), 480, 1440, {"contact": Allowed(4, "hours")})
    page = client.get(RULES).text
    assert 'value="4"' in page
    assert '<option value="1440" selected>24:00</option>' in page


def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(acme: Workspace) -> None:
    client, before = acme.signed_in(), stored(acme)
    answer = post(client, RULES, RULES, begins="600", ends="600", **{"number.score": "many"})
    assert answer.status_code == 422
    for sentence in (
        "Choose one working day at least.",
        "The working day must end after it begins.",
        "Write a number from 1 to 90, or nothing.",
    ):
        assert sentence in answer.text
    assert 'value="many"' in answer.text
    assert stored(acme) == before


def test_a_follow_up_is_given_another_date_by_the_workspaces_clocks(acme: Workspace) -> None:
    path, client = bad_rating(acme), acme.signed_in()
    answer = post(client, f"{path}/due", path, due="2026-12-24T15:30")
    assert answer.status_code == 303
    due = the_follow_up(acme).due_at
    assert due is not None
    assert due.isoformat() == "2026-12-24T15:30:00+00:00"
    page = client.get(path).text
    assert "Due 24 Dec 2026, 15:30" in page
    assert 'value="2026-12-24T15:30"' in page
    for wrong in ("2020-01-01T00:00", "soon"):
        refused = post(client, f"{path}/due", path, due=wrong)
        assert refused.status_code == 422
        assert f'value="{wrong}"' in refused.text
    post(client, f"{path}/due", path, due="")
    assert the_follow_up(acme).due_at is None
    assert "No due date any more." in client.get(path).text


def test_what_is_overdue_says_so_in_words(acme: Workspace) -> None:
    path, client = bad_rating(acme), acme.signed_in()
    word = '<span class="tag bad">Overdue</span>'
    for page in ("/console/follow-ups", path):
        assert word not in client.get(page).text
    acme.world.clock.pass_time(days=9)
    for page in ("/console/follow-ups", "/console/follow-ups?queue=overdue", path):
        assert word in client.get(page).text
    post(client, f"{path}/resolve", path, outcome="")
    for page in ("/console/follow-ups?queue=all", path):
        assert word not in client.get(page).text


def test_unanswered_answers_lead_to_their_follow_up_or_to_themselves(acme: Workspace) -> None:
    path, client = bad_rating(acme), acme.signed_in()
    bare = answer_survey(acme, acme.survey(), 1)
    page = client.get("/console/follow-ups?queue=unanswered").text
    assert f'href="{path}"' in page
    assert f'href="/console/responses/{bare}"' in page
    assert 'Unanswered detractors <span class="tag">2</span>' in page
    post(client, f"{path}/notes", path, note="Called", is_reply="1")
    after = client.get("/console/follow-ups?queue=unanswered").text
    assert f'href="{path}"' not in after
    assert f'href="/console/responses/{bare}"' in after
    assert "Replied to the customer elsewhere:" in client.get(path).text
