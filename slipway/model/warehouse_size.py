"""Sizes of Snowflake compute, and what each uses."""

from enum import StrEnum, unique


@unique
class WarehouseSize(StrEnum):
    """Sizes that the platform uses, the smallest first."""

    XSMALL = "XSMALL"
    SMALL = "SMALL"
    MEDIUM = "MEDIUM"
    LARGE = "LARGE"

    @property
    def credits_an_hour(self) -> int:
        """Each doubles the credits of the one before (Snowflake user guide, "Overview of warehouses")."""
        return 1 << list(WarehouseSize).index(self)
