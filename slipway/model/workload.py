"""What computes in an environment's Snowflake."""

from enum import StrEnum, unique

from slipway.model import subjects


@unique
class Workload(StrEnum):
    """What computes. Workloads do not wait for one another: each has a warehouse of its own."""

    TRANSFORM = subjects.TRANSFORM
    RELEASE = subjects.RELEASE
    ROLLBACK = subjects.ROLLBACK
    CI = subjects.CI
    MASK = subjects.MASK
