"""How long a record is kept against everybody's will: the modes of S3 Object Lock."""

from enum import StrEnum, unique


@unique
class LockMode(StrEnum):
    """Who may shorten an Object Lock: nobody (`COMPLIANCE`) or a principal with the bypass right."""

    COMPLIANCE = "COMPLIANCE"
    GOVERNANCE = "GOVERNANCE"
