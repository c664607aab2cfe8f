"""What `slipway janitor` keeps the pool of masked clones with, and what the pool needs in a workspace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Final

from slipway.catalog.contracts import ContractError, read_contract
from slipway.catalog.dbt_database import logical_database
from slipway.masking import Pool, PoolPlan, plan_pool
from slipway.model.check_pool import CheckPool
from slipway.model.dataset import DatasetScheme
from slipway.model.environment import Environment
from slipway.model.masks import TableMask, Withheld, table_mask
from slipway.model.snowflake_objects import Database, Table
from slipway.model.workspace import Workspace
from slipway.ports.clock import Clock
from slipway.ports.leases import Leases
from slipway.ports.warehouse import Warehouse

_LASTING: Final = timedelta(minutes=40)
"""Longer than the janitor's build may take: what one makes is not touched while it may be running."""


@dataclass(frozen=True, kw_only=True)
class PoolDesk:
    """The pool of one environment's rows.

    Attributes:
        settings: what is kept ready.
        role: who is given the clones.
        physical: the environment's name of a logical database.
        warehouse: a session with the janitor's own role.
    """

    settings: CheckPool
    role: str
    physical: Callable[[str], str]
    warehouse: Warehouse
    _holder: str = field(default_factory=lambda: f"janitor/{token_hex(4)}")

    def pool(self, workspace: Workspace) -> Pool:
        """Return what is kept ready of the database that dbt builds in."""
        logical = logical_database(workspace)
        return Pool(
            source=Database(self.physical(logical)),
            logical=logical,
            role=self.role,
            ready=self.settings.ready,
            max_age=self.settings.max_age,
        )

    def plan(self, workspace: Workspace, clock: Clock) -> PoolPlan:
        """Plan what the pool needs, by the contracts of what runs: not by those of a change."""
        pool = self.pool(workspace)
        masks = self._masks(workspace, pool)
        return plan_pool(pool, self.warehouse.visible_databases(), masks, clock.now())

    @contextmanager
    def held(self, environment: Environment, leases: Leases, clock: Clock) -> Iterator[None]:
        """Have the pool to oneself.

        Raises:
            LeaseHeld: another janitor is at it, or was killed a moment ago.
        """
        target = f"{environment}/check-pool"
        lease = leases.acquire(target, holder=self._holder, now=clock.now(), lasting=_LASTING)
        try:
            yield
        finally:
            leases.release(lease)

    def _masks(self, workspace: Workspace, pool: Pool) -> dict[Table, TableMask | Withheld]:
        """Of the tables in schemas that the catalog names; what else is there is nobody's to hand out."""
        paths = dict(_contract_paths(workspace, pool))
        schemas = {table.schema for table in paths}
        return {
            table: self._mask(workspace, table, paths.get(table))
            for table in self.warehouse.tables_of(pool.source)
            if table.schema in schemas
        }

    def _mask(self, workspace: Workspace, table: Table, path: str | None) -> TableMask | Withheld:
        try:
            contract = None if path is None else read_contract(workspace.root, path)
        except ContractError as error:
            return Withheld(why=error.message)
        return table_mask(contract, [(each.name, each.type) for each in self.warehouse.columns(table)])


def _contract_paths(workspace: Workspace, pool: Pool) -> Iterator[tuple[Table, str | None]]:
    outputs = (output for pipeline in workspace.pipelines for output in pipeline.outputs)
    for output in outputs:
        dataset = output.dataset
        if dataset.scheme is DatasetScheme.SNOWFLAKE and dataset.database == pool.logical:
            table = Table.of(pool.source.name, dataset.schema, dataset.table)
            yield table, None if output.contract is None else str(output.contract)
