from tests.builders import Workspace


def test_the_frame_opens_and_the_console_lets_its_owner_in(acme: Workspace) -> None:
    survey = acme.survey()
    page = acme.world.client().get(f"/w/{survey}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers["Vary"]
    assert acme.signed_in().get("/console/surveys").status_code == 200
