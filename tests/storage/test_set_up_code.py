from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from widget.storage.set_up_code import is_set_up_code, set_up_code


def test_the_code_stays_the_same_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    code = set_up_code(tmp_path)
    assert set_up_code(tmp_path) == code
    assert (tmp_path / "set_up_code").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["set_up_code"]


def test_many_who_start_at_once_read_one_whole_code(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = set(pool.map(lambda _number: set_up_code(tmp_path), range(64)))
    assert len(codes) == 1
    assert len(codes.pop()) == 16


def test_a_file_that_was_left_empty_is_filled_and_never_matches_nothing(tmp_path: Path) -> None:
    (tmp_path / "set_up_code").write_text("\n")
    assert not is_set_up_code(tmp_path, "")
    assert is_set_up_code(tmp_path, f" {set_up_code(tmp_path)} ")


def test_letters_of_any_alphabet_are_only_wrong(tmp_path: Path) -> None:
    assert not is_set_up_code(tmp_path, "ключ")
