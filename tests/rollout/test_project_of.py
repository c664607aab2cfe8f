"""A deployment finds the dbt project where the checks found it."""

from pathlib import Path

import pytest

from slipway.catalog.dbt_folders import ProjectUnclear
from slipway.rollout.readable import project_of


@pytest.mark.parametrize("folder", ["dbt", "analytics/dbt", "."])
def test_it_may_be_anywhere(tmp_path: Path, folder: str) -> None:
    """A package that is installed in it is none of its own."""
    for path in (Path(folder), Path(folder, "dbt_packages/dbt_utils")):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / "dbt_project.yml").touch()
    assert project_of(tmp_path) == folder


def test_there_may_be_none_and_not_two(tmp_path: Path) -> None:
    """None is a workspace without models; of two nobody knows which is meant."""
    assert project_of(tmp_path) is None
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "dbt_project.yml").touch()
    with pytest.raises(ProjectUnclear, match="there are 2 dbt projects: one, two"):
        project_of(tmp_path)
