"""The servers that tests start keep out of each other's way."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.servers import postgres


def test_postgresql_lives_outside_the_folder_of_a_test_run_and_leaves_nothing_behind(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with postgres() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        engine.dispose()
        assert folder.is_dir()
        assert not folder.is_relative_to(tmp_path_factory.getbasetemp())
    assert not folder.exists()
