"""How long a transaction of before a swap can still commit, where nobody may be told whether one goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ABANDONED_AFTER: Final = timedelta(hours=4)
"""How long Snowflake leaves a transaction open in which nothing happens.

Source: https://docs.snowflake.com/en/sql-reference/transactions#aborting-transactions
"""

STATEMENT_AT_MOST: Final = timedelta(days=2)
"""How long a statement may run unless the warehouse, user or account says otherwise.

Source: https://docs.snowflake.com/en/sql-reference/parameters#statement-timeout-in-seconds
"""

TIME_TRAVEL: Final = timedelta(days=1)
"""How far back changes can be read unless the database says otherwise.

Source: https://docs.snowflake.com/en/sql-reference/parameters#data-retention-time-in-days
"""

SETTLED_FROM: Final = "settled from"
"""Output of `swap-table` where nobody is told who is in a transaction: from when on none of before it is."""


@dataclass(frozen=True, kw_only=True)
class TransactionLimits:
    """What an environment's Snowflake allows.

    Attributes:
        statement: how long a statement may run.
        time_travel: how far back changes can be read.
    """

    statement: timedelta
    time_travel: timedelta

    def settled_from(self, swapped: datetime) -> datetime:
        """Return when the last statement that was running at a swap, and what it left open, has ended.

        A transaction that goes on with statement after statement has no such end: Snowflake documents none.
        """
        return swapped + self.statement + ABANDONED_AFTER
