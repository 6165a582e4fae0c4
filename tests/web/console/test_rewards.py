"""The catalogue, deciding about grants, and what members see of their own."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from widget.extensions import db
from widget.storage.models import Grant, Reward, Survey

PAGE = "/console/rewards"
GRANTS = f"{PAGE}/grants"
MINE = f"{PAGE}/mine"
ANA = "ana@acme.example"


def stored(acme: Workspace) -> list[Reward]:
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(Reward).order_by(Reward.place)))
        db.session.expunge_all()
        return rows


def first_grant(acme: Workspace) -> UUID:
    with acme.world.app.app_context():
        db.session.rollback()
        return db.session.scalars(select(Grant.id).order_by(Grant.id)).first()  # type: ignore[return-value]


def only_survey(acme: Workspace) -> str:
    """The public id of the one survey there is."""
    with acme.world.app.app_context():
        return db.session.scalars(select(Survey.public_id)).one()


@pytest.fixture
def praised(acme: Workspace) -> int:
    """Ana, in a team of her own, who has earned a coffee by two votes."""
    survey = acme.survey()
    acme.change(survey, ask_reward=True)
    ana = acme.member("Ana Silva", email=ANA)
    acme.put_in(acme.team("Support"), ana)
    coffee = acme.reward("Coffee", votes=2, budget=1)
    for _ in range(3):
        answer_survey(acme, survey, 5, member=ANA, reward=coffee)
    return ana


def decide(client: FlaskClient, grant: UUID, verb: str, **fields: str) -> str:
    token = csrf_token(client.get(GRANTS).text)
    answer = client.post(
        f"{GRANTS}/{grant}/{verb}",
        data={"csrf_token": token, **fields},
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_first_visit_offers_what_is_ready_made(acme: Workspace) -> None:
    client = acme.signed_in()
    assert "No rewards yet" in client.get(PAGE).text
    assert post(client, f"{PAGE}/ready-made", page=PAGE).status_code == 303
    page = client.get(PAGE).text
    names = ["High five", "Coffee", "Lunch", "Movie night", "Extra break", "Gift card"]
    assert [row.builtin for row in stored(acme)] == names
    assert sorted(names, key=page.index) == names
    # Twice adds nothing.
    post(client, f"{PAGE}/ready-made", page=PAGE)
    assert len(stored(acme)) == 6


def test_an_own_reward_is_made_worded_and_changed(acme: Workspace) -> None:
    client = acme.signed_in()
    made = post(
        client,
        f"{PAGE}/new",
        **{"name.en": " Day  off ", "icon": "flower", "size": "large", "votes": "50", "budget": ""},
    )
    assert made.status_code == 303
    [row] = stored(acme)
    assert (row.texts, row.icon, row.size, row.votes, row.budget) == (
        {"en": "Day  off"},
        "flower",
        "large",
        50,
        None,
    )
    fields = {"name.en": "Day off", "add_language": "DE", "add_name": "Freier Tag"}
    fields |= {"icon": "flower", "size": "large", "votes": "40", "budget": "0"}
    assert post(client, f"{PAGE}/{row.id}", **fields).status_code == 303
    [row] = stored(acme)
    assert (row.texts, row.votes, row.budget) == ({"en": "Day off", "de": "Freier Tag"}, 40, 0)
    assert 'name="name.de"' in client.get(f"{PAGE}/{row.id}").text


def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    acme: Workspace,
) -> None:
    refused = post(
        acme.signed_in(),
        f"{PAGE}/new",
        **{"name.en": "", "icon": "flower", "size": "large", "votes": "many", "budget": "-3"},
    )
    assert refused.status_code == 422
    for sentence in ("Give the reward a name.", "from 1 to 1,000", "or leave it empty"):
        assert sentence in refused.text
    for typed in ('value="many"', 'value="-3"', 'value="flower" checked'):
        assert typed in refused.text
    assert stored(acme) == []


def test_rewards_are_moved_retired_and_offered_again(acme: Workspace) -> None:
    client = acme.signed_in()
    coffee, lunch = acme.reward("Coffee"), acme.reward("Lunch")
    post(client, f"{PAGE}/{lunch}/up", page=PAGE)
    assert [row.id for row in stored(acme)] == [lunch, coffee]
    post(client, f"{PAGE}/{lunch}/up", page=PAGE)
    assert [row.id for row in stored(acme)] == [lunch, coffee]
    post(client, f"{PAGE}/{lunch}/retire", page=PAGE)
    assert "Retired" in client.get(PAGE).text
    assert [row.retired_at is None for row in stored(acme)] == [False, True]
    post(client, f"{PAGE}/{lunch}/offer", page=PAGE)
    assert [row.id for row in stored(acme)] == [coffee, lunch]
    assert all(row.retired_at is None for row in stored(acme))


def test_another_workspaces_reward_is_not_there(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "olga@other.example").reward("Theirs")
    client = acme.signed_in()
    assert client.get(f"{PAGE}/{other}").status_code == 404
    assert post(client, f"{PAGE}/{other}/retire", page=f"{PAGE}/new").status_code == 404
    assert "Theirs" not in client.get(PAGE).text


def test_who_leads_reads_the_catalogue_and_changes_nothing(acme: Workspace) -> None:
    coffee = acme.reward("Coffee")
    lead = acme.person("lea@acme.example", "manager", leads=(acme.team("Support"),))
    page = lead.get(PAGE).text
    assert "Coffee" in page
    assert "New reward" not in page
    assert lead.get(f"{PAGE}/{coffee}").status_code == 403


def test_from_earned_to_handed_over(acme: Workspace, praised: int) -> None:
    client, grant = acme.signed_in(), first_grant(acme)
    page = client.get(GRANTS).text
    for text in ("Ana Silva", "Coffee", "Waits for approval", "0 of 1 approved this month"):
        assert text in page
    assert "Approved." in decide(client, grant, "approve")
    assert "1 of 1, 0 left" in client.get(PAGE).text
    late = decide(client, grant, "hand-over", on="2026-11-24")
    assert "Choose a day that has come." in late
    handed = decide(client, grant, "hand-over", on="2026-11-20", note="With cake")
    assert "Handed over." in handed
    done = client.get(f"{GRANTS}?show=done").text
    assert "handed over on 20 Nov 2026" in done
    assert "With cake" in done
    assert "declined already" not in decide(client, grant, "decline", reason="Oh")
    assert "Handed over" in client.get(f"{GRANTS}?show=done").text


def test_a_used_up_budget_is_said_and_nothing_approved(acme: Workspace, praised: int) -> None:
    client = acme.signed_in()
    decide(client, first_grant(acme), "approve")
    answer_survey(acme, only_survey(acme), 5, member=ANA, reward=stored(acme)[0].id)
    with acme.world.app.app_context():
        second = db.session.scalars(select(Grant.id).where(Grant.status == "earned")).one()
        db.session.remove()
    assert "budget of 1 is used up" in decide(client, second, "approve")


def test_declining_takes_a_reason_which_the_member_reads(acme: Workspace, praised: int) -> None:
    client, grant = acme.signed_in(), first_grant(acme)
    assert "Say why" in decide(client, grant, "decline", reason=" ")
    decide(client, grant, "decline", reason="We are out of <b>coffee</b>.")
    own = acme.person(ANA, "member", member=praised)
    page = own.get(MINE).text
    assert "We are out of &lt;b&gt;coffee&lt;/b&gt;." in page


def test_a_manager_decides_for_their_teams_only(acme: Workspace, praised: int) -> None:
    grant = first_grant(acme)
    other = acme.person("otto@acme.example", "manager", leads=(acme.team("Sales"),))
    assert "Ana Silva" not in other.get(GRANTS).text
    token = csrf_token(other.get(GRANTS).text)
    refused = other.post(f"{GRANTS}/{grant}/approve", data={"csrf_token": token})
    assert refused.status_code == 404
    stranger = make_workspace(acme.world, "Other", "olga@other.example").signed_in()
    assert "Ana Silva" not in stranger.get(GRANTS).text
    token = csrf_token(stranger.get(GRANTS).text)
    refused = stranger.post(f"{GRANTS}/{grant}/approve", data={"csrf_token": token})
    assert refused.status_code == 404


def test_nobody_approves_their_own(acme: Workspace, praised: int) -> None:
    ana = acme.person(ANA, "manager", leads=(1,), member=praised)
    assert "Somebody else decides about what you have earned." in ana.get(GRANTS).text
    assert "Somebody else decides" in decide(ana, first_grant(acme), "approve")
    with acme.world.app.app_context():
        assert db.session.scalars(select(Grant.status)).one() == "earned"


def test_a_member_sees_progress_and_what_became_of_what_they_earned(
    acme: Workspace, praised: int
) -> None:
    own = acme.person(ANA, "member", member=praised)
    page = own.get(MINE).text
    assert "1 of 2 votes" in page
    assert "Waits for approval" in page
    assert ">My rewards</a>" in page
    decide(acme.signed_in(), first_grant(acme), "approve")
    assert "Approved" in own.get(MINE).text
    assert own.get(GRANTS).status_code == 403
    assert own.get(PAGE).status_code == 403


def test_who_is_not_rated_has_no_rewards(acme: Workspace) -> None:
    client = acme.signed_in()
    page = client.get(MINE).text
    assert "No member profile is yours yet" in page
    assert ">My rewards</a>" not in page


def test_a_response_shows_what_it_suggests(acme: Workspace, praised: int) -> None:
    client = acme.signed_in()
    assert client.get("/console/responses").text.count("Suggested reward:") == 3
    [id, *_rest] = [row.id for row in acme.responses()]
    assert "Suggested reward:" in client.get(f"/console/responses/{id}").text


def test_the_steps_of_a_survey_switch_it_on(acme: Workspace) -> None:
    client, survey = acme.signed_in(), acme.survey()
    coffee = acme.reward("Coffee")
    acme.reward("Lunch")
    path = f"/console/surveys/{survey}?section=steps"
    assert "Let the customer suggest a reward" in client.get(path).text
    fields = {"style": "stars", "positive_from": "4", "ask_comment": "1"}
    wrong = post(client, path, ask_reward="1", reward_from="3", **fields)
    assert wrong.status_code == 422
    assert "where positive begins" in wrong.text
    post(client, path, ask_reward="1", reward_from="5", rewards=coffee, **fields)
    page = client.get(path).text
    for text in ('name="reward_from" type="number"', f'value="{coffee}" checked'):
        assert text in page, text
    assert "Rewards on offer" in page
    assert "Coffee" in page.split("Rewards on offer")[1]
    # A chosen one that is retired stays chosen: else nothing chosen would mean all.
    post(client, f"{PAGE}/{coffee}/retire", page=PAGE)
    assert f'value="{coffee}" checked' in client.get(path).text


def test_the_preview_asks_for_the_reward(acme: Workspace) -> None:
    client, survey = acme.signed_in(), acme.survey()
    coffee = acme.reward("Coffee")
    acme.change(survey, ask_reward=True)
    step = client.post(
        f"/console/surveys/{survey}/preview/responses",
        data={"step": "follow_up", "main_score": "5"},
        headers={"HX-Request": "true"},
    )
    assert f'name="reward" value="{coffee}"' in step.text


@pytest.mark.parametrize("path", [PAGE, f"{GRANTS}?show=waiting", MINE])
def test_the_number_of_queries_does_not_grow(acme: Workspace, praised: int, path: str) -> None:
    client = acme.person("boss@acme.example", "owner", member=praised)
    few = queries(acme, client, path)
    survey = only_survey(acme)
    for number in range(4):
        reward = acme.reward(f"Reward {number}", votes=1)
        for _ in range(3):
            answer_survey(acme, survey, 5, member=ANA, reward=reward)
    assert queries(acme, client, path) == few


def queries(acme: Workspace, client: FlaskClient, path: str) -> int:
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    with acme.world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    assert client.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_a_members_first_page_is_their_stream(acme: Workspace, praised: int) -> None:
    own = acme.person(ANA, "member", member=praised)
    assert own.get("/console/").location == "/console/stream"
    assert acme.signed_in().get("/console/").location == "/console/surveys"


def test_a_withdrawn_grant_says_why(acme: Workspace, praised: int) -> None:
    client = acme.signed_in()
    survey, coffee = only_survey(acme), stored(acme)[0].id
    answer_survey(acme, survey, 5, member=ANA, reward=coffee)
    ids = [row.id for row in acme.responses()]
    post(
        client,
        f"/console/responses/{ids[0]}/hide",
        reason="Spam",
        page=f"/console/responses/{ids[0]}",
    )
    page = client.get(f"{GRANTS}?show=withdrawn").text
    assert "one that was earned before had lost a vote" in page
    for id in ids[1:3]:
        post(
            client, f"/console/responses/{id}/hide", reason="Spam", page=f"/console/responses/{id}"
        )
    page = client.get(f"{GRANTS}?show=withdrawn").text
    assert "1 of 2 votes were left" in page
