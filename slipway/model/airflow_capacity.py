"""Which class of MWAA environment a number of pipelines needs: pure."""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from slipway.model.errors import DefinitionError


@unique
class EnvironmentClass(StrEnum):
    """Sizes of an environment, the smallest first; each costs about half as much again as the one before."""

    MICRO = "mw1.micro"
    SMALL = "mw1.small"
    MEDIUM = "mw1.medium"
    LARGE = "mw1.large"
    XLARGE = "mw1.xlarge"
    XXLARGE = "mw1.2xlarge"

    @property
    def rank(self) -> int:
        """Its place among the sizes."""
        return list(EnvironmentClass).index(self)


# MWAA user guide, "Amazon MWAA environment class": the number of DAGs that each is made for.
_DAGS: Final[Mapping[EnvironmentClass, int]] = MappingProxyType(
    {
        EnvironmentClass.MICRO: 25,
        EnvironmentClass.SMALL: 50,
        EnvironmentClass.MEDIUM: 250,
        EnvironmentClass.LARGE: 1000,
        EnvironmentClass.XLARGE: 2000,
        EnvironmentClass.XXLARGE: 4000,
    }
)
# A quarter to spare: a change of class takes half an hour, and must not be due in the middle of a release.
_USED_PERCENT: Final = 80


def holds(size: EnvironmentClass) -> int:
    """Return how many pipelines a class holds with room to spare."""
    return _DAGS[size] * _USED_PERCENT // 100


def needed_class(pipelines: int) -> EnvironmentClass:
    """Return the smallest class that holds so many pipelines.

    Raises:
        DefinitionError: none does.
    """
    for size in EnvironmentClass:
        if pipelines <= holds(size):
            return size
    largest = EnvironmentClass.XXLARGE
    raise DefinitionError(
        f"{pipelines} pipelines are more than MWAA's largest class holds ({holds(largest)} in {largest})",
        remedy="divide the workspace: each part gets an Airflow of its own",
    )


def chosen_class(
    pipelines: int, smallest: EnvironmentClass, largest: EnvironmentClass, file: str
) -> EnvironmentClass:
    """Return the class that holds so many pipelines, within what the settings of a stack allow.

    Args:
        pipelines: those with a DAG.
        smallest: what there is at least.
        largest: what there is at most.
        file: the stack file that says both.

    Raises:
        DefinitionError: the pipelines need more than `largest`.
    """
    needed = needed_class(pipelines)
    if needed.rank > largest.rank:
        raise DefinitionError(
            f"{pipelines} pipelines with a quarter to spare need class {needed}; "
            f"'slipway:airflowLargestClass' allows {largest}",
            remedy=f"set it to {needed} in {file}, or catalog fewer pipelines",
        )
    return max(needed, smallest, key=lambda size: size.rank)


def schedulers(size: EnvironmentClass) -> int:
    """Return how many schedulers an environment has: the fewest that its class allows."""
    return 1 if size is EnvironmentClass.MICRO else 2


def workers(size: EnvironmentClass, fewest: int, most: int) -> tuple[int, int]:
    """Return between which numbers the workers of an environment scale; the smallest class has always one."""
    return (1, 1) if size is EnvironmentClass.MICRO else (fewest, most)
