"""How long evidence is kept at least, and how firmly: the shared stack's records are those of production."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from slipway.model.retention import LockMode

_LEAST_YEARS: Final = 7
"""17 CFR 210.2-06: records of an audit are kept for seven years."""


def _nobody_shortens(mode: LockMode) -> LockMode:
    if mode is not LockMode.COMPLIANCE:
        raise ValueError(
            "it is COMPLIANCE: the bucket's default is that of production's records, and nobody may shorten "
            "those; a record of dev or staging says a shorter date of its own, under GOVERNANCE"
        )
    return mode


EvidenceLock = Annotated[LockMode, AfterValidator(_nobody_shortens)]
EvidenceYears = Annotated[int, Field(ge=_LEAST_YEARS, le=100)]
