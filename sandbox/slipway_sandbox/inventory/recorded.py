"""What the provider plugin has only recorded: no server stands behind these objects."""

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from slipway_sandbox.inventory.model import Item, Kind, Source
from slipway_sandbox.inventory.naming import stack_named
from slipway_sandbox.world import World

_STORE = Path("provider/store.sqlite")
_PACKAGES = {"aws": "AWS", "github": "GitHub", "snowflake": "Snowflake"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One recorded object.

    Attributes:
        scope: the account or organisation that owns it.
        token: its Pulumi type, ``snowflake:index/database:Database``.
        id: its id.
        inputs: what it was made from, as JSON text.
    """

    scope: str
    token: str
    id: str
    inputs: str


def recorded_kinds(world: World) -> dict[str, list[Kind]]:
    """Stack -> what is recorded for it."""
    grouped: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for row in _rows(world.home / _STORE):
        grouped[_stack_of(row, world), _kind_of(row.token)].append(Item(name=row.id))
    kinds: dict[str, list[Kind]] = defaultdict(list)
    for (stack, name), items in sorted(grouped.items()):
        kinds[stack].append(Kind(name=name, source=Source.RECORDED, items=tuple(sorted(items, key=str))))
    return kinds


def _rows(store: Path) -> list[Row]:
    if not store.exists():
        return []
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT scope, token, id, inputs FROM resources")
        return [Row(scope=scope, token=token, id=id_, inputs=inputs) for scope, token, id_, inputs in found]


def _stack_of(row: Row, world: World) -> str:
    """AWS objects by their account; what lives in one place for all stacks by its name.

    A grant has no name of its own and says in its inputs which role it is for.
    """
    for stack, account in world.accounts.items():
        if row.scope == account:
            return stack
    return stack_named(world, row.id, row.inputs)


def _kind_of(token: str) -> str:
    """``snowflake:index/accountRole:AccountRole`` -> ``Snowflake account role``."""
    package, _, rest = token.partition(":")
    words = _CAPITAL.sub(" ", rest.rpartition(":")[2]).lower()
    return f"{_PACKAGES.get(package, package)} {words}"
