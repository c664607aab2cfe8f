"""What computes in an environment's Snowflake."""

from enum import StrEnum, unique

from slipway.model import naming


@unique
class Workload(StrEnum):
    """What computes. Workloads do not wait for one another: each has a warehouse of its own."""

    TRANSFORM = naming.TRANSFORM
    RELEASE = naming.RELEASE
    ROLLBACK = naming.ROLLBACK
    CI = naming.CI
    MASK = naming.MASK
