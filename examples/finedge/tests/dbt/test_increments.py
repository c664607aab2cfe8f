"""What the merging models share, executed: however rows arrive, an increment ends where a full refresh would.

SQLite runs the SQL that the macro writes; QUALIFY, which it lacks, becomes the subquery that it abbreviates.
"""

import itertools
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

MACROS = Path(__file__).resolve().parents[2] / "dbt/macros/increments.sql"
COLUMNS = "network text, reference text, version integer, amount text, loaded_at text, source_file text"

Row = tuple[str, str, int, str]
# network, reference, version, amount: two keys, and one version that is sent twice
FIRST, CORRECTION, REPEATED, OTHER_NETWORK = SENT = (
    ("visa", "A1", 1, "10.00"),
    ("visa", "A1", 2, "12.00"),
    ("visa", "A1", 2, "12.50"),
    ("amex", "A1", 1, "7.00"),
)


def newest_arrived(*, incremental: bool) -> str:
    """What the macro writes, as SQLite takes it."""
    dbt = SimpleNamespace(dateadd=lambda unit, count, to: f"datetime({to}, '{count} {unit}s')")
    context = {"is_incremental": lambda: incremental, "this": "staged", "dbt": dbt}
    macros = jinja2.Template(MACROS.read_text()).make_module(context)
    written = macros.newest_arrived("raw", ["network", "reference"], "version")  # type: ignore[attr-defined]
    select, _, rank = written.partition("qualify")
    place = f"{rank.strip().removesuffix('= 1')} as place"
    return f"select * from ({select.replace('arrived.*', f'arrived.*, {place}', 1)}) where place = 1"  # noqa: S608  # a macro of this checkout


class Warehouse:
    """A source and the model that stages it."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute(f"create table raw ({COLUMNS})")
        self.database.execute(f"create table staged ({COLUMNS}, place, primary key (network, reference))")
        self.loads = 0

    def load(self, *rows: Row) -> None:
        """Bring rows two hours after the last ones; with them comes a new key, as there is one every day."""
        stamp = (f"2026-03-01 {2 * self.loads:02}:00:00", f"file-{self.loads}")
        arrived = [row + stamp for row in (*rows, ("visa", f"new-{self.loads}", 1, "1.00"))]
        self.database.executemany("insert into raw values (?, ?, ?, ?, ?, ?)", arrived)
        self.loads += 1

    def build(self, *, incremental: bool) -> int:
        """Merge by key; how many rows that wrote."""
        query = f"insert or replace into staged {newest_arrived(incremental=incremental)}"
        return self.database.execute(query).rowcount

    def staged(self) -> list[Row]:
        """The model's rows, without the keys that only came along."""
        query = "select * from staged where reference not like 'new-%' order by network, reference"
        return [row[:4] for row in self.database.execute(query)]


@pytest.mark.parametrize("order", list(itertools.permutations(SENT)))
def test_in_whatever_order_rows_arrive_an_increment_ends_as_a_full_refresh(order: tuple[Row, ...]) -> None:
    """A file that was delivered again took a correction back: the batch was ordered, the table was not."""
    by_increments, at_once = Warehouse(), Warehouse()
    for number, row in enumerate(order):
        by_increments.load(row)
        by_increments.build(incremental=number > 0)
        at_once.load(row)
    at_once.build(incremental=False)
    assert by_increments.staged() == at_once.staged()


def test_the_newest_version_holds_and_of_one_version_the_later_load() -> None:
    warehouse = Warehouse()
    for number, rows in enumerate([[CORRECTION], [REPEATED, OTHER_NETWORK], [FIRST]]):
        warehouse.load(*rows)
        warehouse.build(incremental=number > 0)
    assert warehouse.staged() == [OTHER_NETWORK, REPEATED]


def test_a_run_without_new_rows_merges_nothing() -> None:
    """The overlap reads rows again that were merged; written again they would look like new ones."""
    warehouse = Warehouse()
    warehouse.load(FIRST)
    assert warehouse.build(incremental=False) == 2
    assert warehouse.build(incremental=True) == 0
