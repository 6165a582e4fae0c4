"""Members from a file, as the console does it."""

import random
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import Workspace, csrf_token, make_workspace, post, send_file
from widget.domain.request_files import MOST_BYTES

PAGE = "/console/members/import"


def upload(client: FlaskClient, content: bytes, **fields: str) -> TestResponse:
    return send_file(client, PAGE, PAGE, "file", content, "members.csv", **fields)


def apply(client: FlaskClient, preview: str, verb: str = "apply") -> str:
    answer = post(client, f"{preview}/{verb}", preview)
    assert answer.status_code == 303
    return client.get(answer.headers["Location"]).text


def test_from_the_file_by_its_preview_to_the_list(acme: Workspace) -> None:
    client = acme.signed_in()
    acme.member("Ana", email="ana@a.example")
    content = b"email,name,title\nana@a.example,,Lead\nnew@a.example,New,\nnobody,X,\n"
    preview = upload(client, content).headers["Location"]
    page = client.get(preview).text
    assert "3 rows" in page
    for shown in ("Added", "Changed", "Not used", "This is no email address.", "<ins>Lead</ins>"):
        assert shown in page
    only = client.get(f"{preview}?only=wrong").text
    assert "1 to 1 of 1" in only
    assert "Done: Added 1, Changed 1, Not used 1." in apply(client, preview)
    assert client.get(preview).status_code == 404
    listed = client.get("/console/members").text
    assert "Lead" in listed
    assert "New" in listed


def test_a_file_may_be_thrown_away(acme: Workspace) -> None:
    client = acme.signed_in()
    preview = upload(client, b"email,name\nnew@a.example,New\n").headers["Location"]
    assert "nothing has changed" in apply(client, preview, "discard")
    assert "No members yet" in client.get("/console/members").text


def test_a_file_without_anything_to_do_cannot_be_applied(acme: Workspace) -> None:
    client = acme.signed_in()
    page = client.get(upload(client, b"email\nnobody\n").headers["Location"]).text
    assert "/apply" not in page


def test_cells_that_a_spreadsheet_would_run_are_shown_defused(acme: Workspace) -> None:
    client = acme.signed_in()
    content = b"email,name,=x,team\n=c@a.example,=1+1,,\nb@a.example,@SUM(1),,+T\n"
    page = client.get(upload(client, content, makes_teams="1").headers["Location"]).text
    text = re.sub(r"<[^>]+>", "\n", page)
    assert "&#39;=1+1" in text
    for line in text.splitlines():
        assert not re.match(r"\s*[=+@]\S", line), line


def test_teams_are_made_by_who_may(acme: Workspace) -> None:
    content = b"email,name,team\nnew@a.example,New,Support / Phone\n"
    manager = acme.person("all@acme.example", "manager", sees_all=True)
    assert "makes_teams" not in manager.get(PAGE).text
    page = manager.get(upload(manager, content, makes_teams="1").headers["Location"]).text
    assert "There is no team “Support / Phone”." in page
    client = acme.signed_in()
    apply(client, upload(client, content, makes_teams="1").headers["Location"])
    assert "Support / Phone" in client.get("/console/members").text


def test_the_file_to_begin_with_can_be_used(acme: Workspace) -> None:
    client = acme.signed_in()
    template = client.get(f"{PAGE}/template.csv")
    assert template.content_type == "text/csv; charset=utf-8"
    assert 'filename="members.csv"' in template.headers["Content-Disposition"]
    preview = upload(client, template.data, makes_teams="1").headers["Location"]
    apply(client, preview)
    assert "Ana Silva" in client.get("/console/members").text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line of headers"),
        (b"name\nAna\n", "who is who"),
        (b"PK\x03\x04", "no text file"),
        (b"a\x00b", "no text file"),
        (b"email\n" + b"x" * MOST_BYTES, "larger than 5 MB"),
    ],
)
def test_a_file_of_no_use_says_why_beside_the_field(
    acme: Workspace, content: bytes, says: str
) -> None:
    answer = upload(acme.signed_in(), content)
    assert answer.status_code == 422
    assert re.search(rf'id="problem-file">[^<]*{says}', answer.text)


def test_no_bytes_break_it(acme: Workspace) -> None:
    client, chance = acme.signed_in(), random.Random(9)
    heads = (b"email,name,team,tags,active\n", b"\xff\xfe", b"\xef\xbb\xbfemail;name\n", b"")
    for number in range(40):
        answer = upload(client, heads[number % 4] + chance.randbytes(chance.randrange(400)))
        assert answer.status_code in (303, 422)
        if answer.status_code == 303:
            assert client.get(answer.headers["Location"]).status_code == 200
            apply(client, answer.headers["Location"])
    assert client.get("/console/members").status_code == 200


def test_another_workspaces_file_is_not_there(acme: Workspace) -> None:
    preview = upload(acme.signed_in(), b"email,name\na@a.example,A\n").headers["Location"]
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert rival.get(preview).status_code == 404
    token = {"csrf_token": csrf_token(rival.get(PAGE).text)}
    assert rival.post(f"{preview}/apply", data=token).status_code == 404
    assert "No members yet" in rival.get("/console/members").text
    assert acme.signed_in().get(preview).status_code == 200
