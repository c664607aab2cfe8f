"""Where a workspace's dbt project is: the folder with dbt_project.yml around the pipelines' dbt parts."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

DBT_PROJECT: Final = "dbt_project.yml"


def dbt_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Find the dbt projects among files.

    Args:
        paths: relative to the workspace.

    Returns:
        Their folders, sorted; `.` for the workspace itself. A package that is installed in a project is none.
    """
    folders = sorted(str(PurePosixPath(path).parent) for path in paths if PurePosixPath(path).name == DBT_PROJECT)
    return tuple(folder for folder in folders if not any(_is_below(folder, other) for other in folders))


def _is_below(folder: str, other: str) -> bool:
    return folder != other and (other == "." or folder.startswith(f"{other}/"))
