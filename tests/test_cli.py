"""The `sayso` command, as an operator uses it."""

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.servers import Server
from widget.storage.migrate import newest_revision


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "data")


def test_the_demo_says_everything_a_newcomer_needs(server: Server) -> None:
    demo = json.loads(server.command("demo", "--json"))
    assert set(demo) == {"url", "owner", "api_key", "surveys", "member"}
    assert set(demo["surveys"]) == {"stars", "csat", "nps", "ces"}
    assert set(demo["owner"]) == {"email", "password"}
    again = json.loads(server.command("demo", "--json"))
    assert again == demo
    assert "/demo" in server.command("demo")


def test_a_fresh_demo_has_answers_only_when_asked(server: Server) -> None:
    server.command("demo", "--json")
    database = sqlite3.connect(server.data / "sayso.db")
    count = "SELECT count(*) FROM responses"
    assert database.execute(count).fetchone() == (0,)
    server.command("demo", "--json", "--with-answers", "12")
    assert database.execute(count).fetchone() == (12,)
    # A company of people in teams, whose customers say something.
    teams = "SELECT count(DISTINCT team_id) FROM members"
    assert database.execute(teams).fetchone() == (2,)
    server.command("demo", "--json", "--with-answers", "8")
    assert database.execute(count).fetchone() == (20,)
    assert database.execute("SELECT count(*) FROM members").fetchone() == (7,)
    said = "SELECT count(DISTINCT member_id) FROM responses WHERE comment <> ''"
    assert database.execute(said).fetchone()[0] > 1
    database.close()
    assert "agrees" in server.command("rollup", "check")


def test_responses_are_exported_to_a_file_or_the_standard_output(server: Server) -> None:
    server.command("demo", "--json", "--with-answers", "12")
    file = server.data / "all.csv"
    server.command("export", str(file))
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("id,survey,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    file.chmod(0o644)
    # A day that is none, after the file was named.
    with pytest.raises(CalledProcessError):
        server.command("export", "--from", "yesterday", str(file))
    assert file.read_bytes() == before
    server.command("export", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in server.data.glob("all.csv*")] == ["all.csv"]
    for form, begins in (("xlsx", b"PK"), ("parquet", b"PAR1")):
        server.command("export", str(server.data / f"all.{form}"))
        assert (server.data / f"all.{form}").read_bytes().startswith(begins)
    said = server.command("export", "--format", "jsonl", "--tests", "--hidden", "-")
    assert len({json.loads(line)["id"] for line in said.splitlines()}) == 12
    assert server.command("export", "--from", "2999-01-01", "--format", "jsonl", "-") == ""
    ana = ["--member", "ana@demo.example", "--channel", "chat", "--channel", "email"]
    some = server.command("export", *ana, "--format", "jsonl", "-").splitlines()
    known = [json.loads(line) for line in said.splitlines()]
    assert {json.loads(line)["id"] for line in some} == {
        row["id"]
        for row in known
        if row["member_given"] == "ana@demo.example" and row["channel"] in ("chat", "email")
    }
    wrongs = (["--workspace", "99"], ["--from", "yesterday"], ["--survey", "nope"])
    for wrong in (*wrongs, ["--member", "nobody@demo.example"]):
        with pytest.raises(CalledProcessError):
            server.command("export", *wrong, "-")


def test_an_export_says_how_far_it_is_beside_its_file(server: Server) -> None:
    server.command("demo", "--json", "--with-answers", "12")
    done = subprocess.run(
        [sys.executable, "-m", "widget", "export", "--tests", "--format", "parquet", "-"],
        env=server.environ,
        check=True,
        capture_output=True,
    )
    assert done.stdout.startswith(b"PAR1")
    assert done.stdout.endswith(b"PAR1")
    assert "12 of 12 responses" in done.stderr.decode().splitlines()[-1]


def test_events_are_printed_a_line_each(server: Server) -> None:
    server.command("demo", "--json", "--with-answers", "3")
    server.command("export", str(server.data / "all.csv"))
    every = [json.loads(line) for line in server.command("events").splitlines()]
    assert [one["id"] for one in every] == sorted(one["id"] for one in every)
    assert set(every[0]) == {"id", "at", "name", "survey_id", "response_id", "data"}
    [exported] = [
        json.loads(line)
        for line in server.command("events", "--name", "responses.exported").splitlines()
    ]
    assert exported in every
    assert server.command("events", "--since", "2999-01-01") == ""
    with pytest.raises(CalledProcessError):
        server.command("events", "--since", "yesterday")


def test_lost_demo_secrets_are_made_anew(server: Server) -> None:
    old = json.loads(server.command("demo", "--json"))
    (server.data / "demo.json").unlink()
    new = json.loads(server.command("demo", "--json"))
    assert new["surveys"] == old["surveys"]
    assert new["api_key"] != old["api_key"]
    assert stat.S_IMODE((server.data / "demo.json").stat().st_mode) == 0o600


def test_a_password_that_was_changed_is_not_told_again(server: Server) -> None:
    first = json.loads(server.command("demo", "--json"))["owner"]["password"]
    assert first in server.command("demo")
    server.command("set-password", "owner@demo.example", typed="my own long password\n")
    told = server.command("demo")
    assert first not in told
    assert "(the password you chose)" in told
    assert json.loads(server.command("demo", "--json"))["owner"]["password"] == ""


def test_another_workspace_is_made_for_somebody_new_or_known(server: Server) -> None:
    server.command("demo", "--json")
    known = server.command("add-workspace", "Harbour Hotels", "Owner@Demo.example")
    assert "owner@demo.example owns Harbour Hotels, and finds it after signing in." in known
    new = server.command("add-workspace", "Third", "new@demo.example")
    assert "sayso set-password new@demo.example" in new
    for name, email in (("", "x@demo.example"), ("x" * 121, "x@demo.example"), ("Fourth", "x")):
        with pytest.raises(CalledProcessError):
            server.command("add-workspace", name, email)
    database = sqlite3.connect(server.data / "sayso.db")
    owned = "SELECT email, count(*) FROM memberships JOIN users ON id = user_id GROUP BY email"
    assert database.execute(owned).fetchall() == [
        ("new@demo.example", 1),
        ("owner@demo.example", 2),
    ]
    database.close()


def test_the_schema_is_upgraded_and_checked(server: Server) -> None:
    with pytest.raises(CalledProcessError) as failure:
        server.command("db", "check")
    assert "sayso db upgrade" in failure.value.stderr
    assert newest_revision() in server.command("db", "upgrade")
    assert "this release's schema" in server.command("db", "check")


def test_a_broken_rollup_is_found_and_mended(server: Server) -> None:
    server.command("demo", "--json", "--with-answers", "8")
    database = sqlite3.connect(server.data / "sayso.db")
    database.execute("UPDATE rollups SET responses = responses + 1")
    database.commit()
    database.close()
    with pytest.raises(CalledProcessError) as failure:
        server.command("rollup", "check")
    assert "rollup rebuild" in failure.value.stderr
    server.command("rollup", "rebuild")
    assert "agrees" in server.command("rollup", "check")


def test_a_wrong_copy_by_column_is_found_and_mended(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", SAYSO_COLUMNS_FROM="1")
    server.command("demo", "--json", "--with-answers", "8")
    assert "has no copy here" in server.command("columns", "check")
    assert "Copied 1 of 1 workspaces" in server.command("columns", "rebuild")
    assert "agrees" in server.command("columns", "check")
    database = sqlite3.connect(server.data / "sayso.db")
    database.execute("UPDATE responses SET channel = 'pigeon'")
    # Without these the copy is taken for what it was.
    database.execute("DELETE FROM changed_days")
    database.commit()
    database.close()
    with pytest.raises(CalledProcessError) as failure:
        server.command("columns", "check")
    assert "by channel. Run `sayso columns rebuild`." in failure.value.stderr
    assert "Copied 1 of 1 workspaces" in server.command("columns", "rebuild")
    assert "agrees" in server.command("columns", "check")


def test_a_backup_made_while_serving_brings_everything_back(server: Server, tmp_path: Path) -> None:
    server.command("demo", "--json", "--with-answers", "5")
    server.start()
    copy = tmp_path / "copy.db"
    try:
        server.command("backup", str(copy))
    finally:
        server.stop()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    database = sqlite3.connect(server.data / "sayso.db")
    database.executescript("DELETE FROM revisions; DELETE FROM events; DELETE FROM responses")
    database.close()
    assert "before-restore" in server.command("restore", str(copy))
    database = sqlite3.connect(server.data / "sayso.db")
    assert database.execute("SELECT count(*) FROM responses").fetchone() == (5,)
    database.close()
    assert "this release's schema" in server.command("db", "check")


def test_a_file_that_is_no_backup_is_refused(server: Server, tmp_path: Path) -> None:
    server.command("db", "upgrade")
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CalledProcessError) as failure:
        server.command("restore", str(other))
    assert "Traceback" not in failure.value.stderr
    assert "no SQLite database" in failure.value.stderr


def test_a_wrong_setting_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    server = Server(tmp_path, SAYSO_PUBLIC_URL="nonsense")
    with pytest.raises(CalledProcessError) as failure:
        server.command("serve")
    assert failure.value.stderr.strip().count("\n") == 0
    assert "SAYSO_PUBLIC_URL" in failure.value.stderr


def test_a_returned_mail_is_read_from_a_pipe(server: Server) -> None:
    server.command("db", "upgrade")
    done = subprocess.run(
        [sys.executable, "-m", "widget", "bounce"],
        env=server.environ,
        input=b"Subject: hello\r\n\r\nNot a bounce.",
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, b"0 report(s) taken.\n")


def test_the_demo_says_what_it_does_while_it_takes_long(server: Server) -> None:
    command = [sys.executable, "-m", "widget", "demo", "--with-answers", "20"]
    done = subprocess.run(command, env=server.environ, check=True, capture_output=True, text=True)
    said = done.stderr.splitlines()
    assert said[1] == "Storing 20 made-up answers of the last 180 days …"
    assert said[2:4] == ["  2 of 20", "  4 of 20"]
    # It has some now.
    assert "--with-answers" not in done.stdout
