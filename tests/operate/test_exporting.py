"""What an operator's export leaves on the disk."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from widget.domain.errors import SettingsError
from widget.operate.exporting import written_whole


def break_off(target: Path) -> None:
    with written_whole(target) as out:
        out.write(b"half")
        out.flush()
        raise KeyboardInterrupt


def test_a_file_stays_as_it_was_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    target.write_bytes(b"old")
    target.chmod(0o644)
    with pytest.raises(KeyboardInterrupt):
        break_off(target)
    assert target.read_bytes() == b"old"
    with written_whole(target) as out:
        out.write(b"whole")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"whole"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "all.csv", tmp_path / "link"
    link.symlink_to(target)
    with written_whole(link) as out:
        out.write(b"whole")
    assert link.is_symlink()
    assert target.read_bytes() == b"whole"


def test_a_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with written_whole(pipe) as out:
        out.write(b"whole")
    reader.join(timeout=10)
    assert read == [b"whole"]
    assert pipe.is_fifo()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match="cannot be written"),
        written_whole(tmp_path / "missing" / "all.csv"),
    ):
        pass
