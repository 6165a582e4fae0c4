"""The list of data centres: one ships, the operator's own takes its place, a wrong one is named."""

from pathlib import Path

import pytest

from tests.builders import (
    BROWSER,
    ask_by_mail,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.web.landing.mailing import reader, visits
from widget import create_app
from widget.domain.errors import SettingsError


@pytest.mark.parametrize(
    ("own", "hosted"), [(None, "40.94.20.1"), ("93.184.216.0/24\n", "93.184.216.34"), ("", None)]
)
def test_a_visit_remembers_whether_it_came_from_one(
    tmp_path: Path, own: str | None, hosted: str | None
) -> None:
    if own is not None:
        (tmp_path / "data-centres.txt").write_text(own)
    world = make_world(make_settings(tmp_path))
    acme = make_workspace(world)
    mail = ask_by_mail(acme, acme.survey())
    for address in ("40.94.20.1", "93.184.216.34", "127.0.0.1"):
        reader(acme, mail, address=address).get(mail.path(4))
    assert [visit.in_data_centre for visit in visits(acme)] == [
        address == hosted for address in ("40.94.20.1", "93.184.216.34", "127.0.0.1")
    ]
    assert visits(acme)[2].network == ""
    close_world(world)


def test_a_wrong_list_stops_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "data-centres.txt").write_text("203.0.113.0/24\nnot a network\n")
    with pytest.raises(SettingsError, match=r"data-centres\.txt: line 2: 'not a network'"):
        create_app(make_settings(tmp_path))


def test_an_endless_user_agent_is_cut(tmp_path: Path) -> None:
    world = make_world(make_settings(tmp_path))
    acme = make_workspace(world)
    mail = ask_by_mail(acme, acme.survey())
    reader(acme, mail, user_agent=BROWSER + "x" * 5000).get(mail.path(4))
    assert [len(visit.user_agent) for visit in visits(acme)] == [200]
    close_world(world)
