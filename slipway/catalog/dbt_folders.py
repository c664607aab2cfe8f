"""Where a workspace's dbt project is: the folder with dbt_project.yml around the pipelines' dbt parts."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from slipway.model.errors import DefinitionError


class ProjectUnclear(DefinitionError):  # noqa: N818 - it says what is the case
    """There is not exactly one dbt project."""


DBT_PROJECT: Final = "dbt_project.yml"


def dbt_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Find the dbt projects among files.

    Args:
        paths: relative to the workspace.

    Returns:
        Their folders, sorted; `.` for the workspace itself. A package that is installed in a project is none.
    """
    folders = sorted(
        str(PurePosixPath(path).parent) for path in paths if PurePosixPath(path).name == DBT_PROJECT
    )
    return tuple(folder for folder in folders if not any(_is_below(folder, other) for other in folders))


def dbt_folder(paths: Iterable[str]) -> str:
    """Find the one dbt project.

    Raises:
        ProjectUnclear: there is none, or there are several.
    """
    match dbt_folders(paths):
        case (folder,):
            return folder
        case ():
            raise ProjectUnclear(
                "the dbt project is gone: no folder has a dbt_project.yml",
                remedy="keep the project until no pipeline has a dbt part, then remove it in its own change",
            )
        case several:
            raise ProjectUnclear(
                f"there are {len(several)} dbt projects: {', '.join(several)}",
                remedy="keep one dbt project in a workspace",
            )


def _is_below(folder: str, other: str) -> bool:
    return folder != other and (other == "." or folder.startswith(f"{other}/"))
