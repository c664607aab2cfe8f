"""What settings of an Airflow may be: each type refuses a wrong value in words that name what is right."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo

from slipway.model.airflow_capacity import EnvironmentClass

_WORKERS_MAX: Final = 25
"""MWAA's quota of workers an environment, unless it is raised."""


def _not_below_smallest(largest: EnvironmentClass, info: ValidationInfo) -> EnvironmentClass:
    smallest = info.data.get("airflow_smallest_class")  # absent when it is itself wrong, and then named first
    if smallest and largest.rank < smallest.rank:
        raise ValueError(f"it is at least airflowSmallestClass, {smallest}")
    return largest


def _not_below_fewest(most: int, info: ValidationInfo) -> int:
    fewest = info.data.get("airflow_min_workers")  # absent when it is itself wrong, and then named first
    if fewest and most < fewest:
        raise ValueError(f"it is at least airflowMinWorkers, {fewest}")
    return most


LargestClass = Annotated[EnvironmentClass, AfterValidator(_not_below_smallest)]
MinWorkers = Annotated[int, Field(ge=1, le=_WORKERS_MAX)]
MaxWorkers = Annotated[int, Field(ge=1, le=_WORKERS_MAX), AfterValidator(_not_below_fewest)]
