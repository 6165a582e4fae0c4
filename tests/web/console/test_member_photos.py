"""A member's photo: uploaded, served to customers, taken away again."""

from io import BytesIO

from PIL import Image

from tests.builders import Workspace, csrf_token, make_workspace


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), "#5b5bd6").save(out, "PNG")
    return out.getvalue()


def test_a_photo_is_shown_and_can_be_taken_away(acme: Workspace) -> None:
    page = f"/console/members/{acme.member('Ana')}"
    client = acme.signed_in()
    token = csrf_token(client.get(page).text)
    upload = {"csrf_token": token, "photo": (BytesIO(picture()), "ana.png")}
    assert client.post(f"{page}/photo", data=upload).status_code == 303
    shown = client.get(page).text
    address = shown.split('class="photo" src="')[1].split('"')[0]
    served = acme.world.client().get(address)
    assert (served.status_code, served.content_type) == (200, "image/jpeg")
    client.post(f"{page}/photo", data={"csrf_token": token, "remove": "1"})
    assert 'class="photo"' not in client.get(page).text


def test_another_file_is_refused_in_a_sentence(acme: Workspace) -> None:
    page = f"/console/members/{acme.member('Ana')}"
    client = acme.signed_in()
    token = csrf_token(client.get(page).text)
    for upload, says in (
        ((BytesIO(b"<svg/>"), "ana.svg"), "The photo must be a PNG"),
        (None, "Choose a picture first."),
    ):
        data = {"csrf_token": token, **({"photo": upload} if upload else {})}
        answer = client.post(f"{page}/photo", data=data, follow_redirects=True)
        assert says in answer.text


def test_another_workspaces_member_gets_no_photo(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    ana = acme.member("Ana")
    client = other.signed_in()
    token = csrf_token(client.get("/console/members").text)
    upload = {"csrf_token": token, "photo": (BytesIO(picture()), "ana.png")}
    assert client.post(f"/console/members/{ana}/photo", data=upload).status_code == 404
