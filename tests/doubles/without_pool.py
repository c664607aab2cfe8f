"""What a warehouse in memory that has no pool of masked clones says to whoever asks for one."""

from datetime import datetime

from slipway.model.masks import TableMask
from slipway.model.snowflake_objects import Database, Table
from slipway.ports.warehouse_masking import MaskedClones
from slipway.ports.warehouse_results import Point


class WithoutPool(MaskedClones):
    """It has no database of masked rows, and makes none."""

    def visible_databases(self) -> tuple[Database, ...]:
        """None."""
        return ()

    def tables_of(self, within: Database) -> tuple[Table, ...]:
        """Refuse."""
        raise AssertionError(f"nobody asks for the tables of {within}")

    def make_database(self, database: Database, *, purpose: str, expires: datetime) -> None:
        """Refuse."""
        raise AssertionError(f"nobody makes {database} for {purpose} until {expires}")

    def copy_masked(self, source: Table, target: Table, mask: TableMask, *, key: str, at: Point) -> int:
        """Refuse."""
        raise AssertionError(f"nobody masks {source} in {target} by {mask} with {key} at {at}")

    def rename(self, database: Database, to: Database) -> None:
        """Refuse."""
        raise AssertionError(f"nobody renames {database} to {to}")

    def give_away(self, database: Database, *, role: str) -> None:
        """Refuse."""
        raise AssertionError(f"nobody gives {database} to {role}")
