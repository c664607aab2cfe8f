"""How many masked clones wait for checks, and how old their rows may be: a setting of the rows' own stack.

The Pulumi program checks it with all other settings, `slipway janitor` keeps it, `slipway cost` prices it.
"""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from slipway.model.environment import Environment

KEY: Final = "checkPool"
"""Its key in a stack file, below `slipway:`."""

_HOURS_A_MONTH: Final = 730


class CheckPool(BaseModel):
    """The pool of one environment's rows.

    Attributes:
        environment: whose checks take the clones.
        ready: how many wait; one is used up by a check that builds, and made anew by the next run.
        max_age_hours: rows that are older are masked anew. What a check has taken it keeps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    environment: Environment
    ready: Annotated[int, Field(ge=1, le=100)]
    max_age_hours: Annotated[int, Field(ge=6, le=168)]

    @property
    def max_age(self) -> timedelta:
        """How old rows may be."""
        return timedelta(hours=self.max_age_hours)

    @property
    def refreshes(self) -> int:
        """How often a month all rows are masked anew, rounded up."""
        return -(-_HOURS_A_MONTH // self.max_age_hours)
