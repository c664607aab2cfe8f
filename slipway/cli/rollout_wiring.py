"""Joins a rollout with its adapters, in the accounts and the Snowflake of one environment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from slipway.adapters.aws import S3ObjectStore, client
from slipway.adapters.mwaa import MwaaDagStore, MwaaOrchestrator, RestApi
from slipway.adapters.pulumi import PulumiEngine
from slipway.adapters.snowflake import snowflake_warehouse
from slipway.adapters.tools import ProcessTools
from slipway.audit import EvidenceStore
from slipway.catalog import load_workspace
from slipway.catalog.dbt_database import logical_database
from slipway.cli.accounts import Accounts
from slipway.cli.desk import Desk
from slipway.cli.rollout_desk import RolloutDesk
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import connection_variables
from slipway.environment.composition import Compositions
from slipway.model.environment import Environment
from slipway.model.naming import DAG_PREFIX, DAGS, Naming
from slipway.model.pipeline import PartKind
from slipway.model.query_tag import QueryTag
from slipway.ports.reporter import Reporter
from slipway.ports.warehouse import Warehouse
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.ground import Ground
from slipway.rollout.survey import Survey
from slipway.rollout.table import Engines

_CHECKOUT: Final = Path(__file__).parents[2]
_CACHE: Final = _CHECKOUT / ".slipway" / "rollout"
"""Compositions and what dbt makes of them; both are named by content and may be deleted."""


@contextmanager
def open_rollout(
    desk: Desk, accounts: Accounts, environment: Environment, reporter: Reporter, *, workload: str
) -> Iterator[RolloutDesk]:
    """Open one environment; its Snowflake session ends with the block.

    Args:
        desk: what every command of a release works with.
        accounts: the environment's account among them.
        environment: which one.
        reporter: is told what tools say.
        workload: whose Snowflake compute is used, where the environment variables name none.

    Raises:
        SnowflakeNotConfigured: the environment variables do not say how to reach Snowflake.
    """
    naming = accounts.estate.environment(environment).naming
    connection = connection_variables(os.environ, warehouse=naming.snowflake_account_object(workload))
    tag = QueryTag(environment=environment, stage="survey")
    warehouse = snowflake_warehouse(settings_of(connection), tag)
    try:
        yield _Wiring(desk, accounts, environment, reporter).joined(warehouse, connection)
    finally:
        warehouse.close()


class _Wiring:
    """One environment's adapters."""

    def __init__(self, desk: Desk, accounts: Accounts, environment: Environment, reporter: Reporter) -> None:
        self._desk = desk
        self._accounts = accounts
        self._environment = environment
        self._reporter = reporter
        self._documents = desk.documents(environment)
        self._naming: Naming = accounts.estate.environment(environment).naming
        self._compositions = Compositions(artifacts=desk.artifacts, folder=_CACHE / "compositions")
        self._tools = ProcessTools(_CHECKOUT)
        self._engine = PulumiEngine(accounts.estate.platform, policy_pack=_policy_pack(accounts))
        self._orchestrator, self._dags = self._airflow()

    def joined(self, warehouse: Warehouse, connection: dict[str, str]) -> RolloutDesk:
        """Join them."""
        dbt = DbtRuns(
            tools=self._tools,
            variables=self._dbt_variables(connection),
            scratch=_CACHE / self._environment / "dbt",
            on_line=self._reporter.detail,
        )
        return RolloutDesk(
            desk=self._desk,
            environment=self._environment,
            engines=self._engines(warehouse, dbt),
            survey=self._survey(warehouse, dbt),
            journal=self._accounts.journal(self._environment),
            leases=self._accounts.leases(self._environment),
        )

    def _engines(self, warehouse: Warehouse, dbt: DbtRuns) -> Engines:
        return Engines(
            ground=Ground(documents=self._documents, compositions=self._compositions),
            documents=self._documents,
            artifacts=self._desk.artifacts,
            warehouse=warehouse,
            dbt=dbt,
            engine=self._engine,
            orchestrator=self._orchestrator,
            dag_store=self._dags,
            parsing=DagParsing(tools=self._tools),
            evidence=EvidenceStore(self._desk.evidence, self._desk.clock),
        )

    def _survey(self, warehouse: Warehouse, dbt: DbtRuns) -> Survey:
        return Survey(
            documents=self._documents,
            compositions=self._compositions,
            artifacts=self._desk.artifacts,
            warehouse=warehouse,
            dbt=dbt,
            engine=self._engine,
            orchestrator=self._orchestrator,
            physical=self._naming.snowflake_database,
        )

    def _airflow(self) -> tuple[MwaaOrchestrator, MwaaDagStore]:
        session = self._accounts.session(self._accounts.estate.environment(self._environment))
        rest = RestApi(client(session, "mwaa"), self._naming.airflow_environment)
        objects = S3ObjectStore(client(session, "s3"), self._naming.bucket(DAGS), prefix=f"{DAG_PREFIX}/")
        return MwaaOrchestrator(rest, self._desk.clock), MwaaDagStore(objects)

    def _dbt_variables(self, connection: dict[str, str]) -> dict[str, str]:
        """The connection, and the one database that dbt builds in, as the newest document names it."""
        own = {**connection, "SLIPWAY_ENVIRONMENT": self._environment.value}
        document = self._documents.newest(self._environment)
        if document is None:
            return own
        workspace = load_workspace(self._compositions.of(document.entries))
        if not any(pipeline.part(PartKind.DBT) for pipeline in workspace.pipelines):
            return own
        return {**own, "SNOWFLAKE_DATABASE": self._naming.snowflake_database(logical_database(workspace))}


def _policy_pack(accounts: Accounts) -> Path:
    return accounts.estate.platform / "policies" / "packs" / "baseline"
