"""Joins a rollout with its adapters, in the accounts and the Snowflake of one environment."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from slipway.adapters.aws import S3ObjectStore, client, variables_of
from slipway.adapters.mwaa import MwaaDagStore, MwaaOrchestrator, RestApi
from slipway.adapters.policies import FolderPolicies
from slipway.adapters.pulumi import PulumiEngine
from slipway.adapters.snowflake import snowflake_warehouse
from slipway.adapters.tools import ProcessTools
from slipway.audit import EvidenceStore
from slipway.catalog import load_workspace
from slipway.catalog.dbt_database import logical_database
from slipway.cli.accounts import Accounts, backend_of, stack_versions_of
from slipway.cli.control_part import control_folder
from slipway.cli.desk import Desk, running_control
from slipway.cli.dossiers import CopiedDossiers
from slipway.cli.estate import StackPlace
from slipway.cli.pool_desk import PoolDesk
from slipway.cli.rollout_desk import RolloutDesk
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import connection_variables
from slipway.environment.composition import Compositions
from slipway.model.approval_policy import asks_for_approvals
from slipway.model.environment import Environment
from slipway.model.pipeline import PartKind
from slipway.model.policy_report import PolicyPack
from slipway.model.query_tag import QueryTag
from slipway.model.subjects import APPLIER, CI, DAG_PREFIX, DAGS, JANITOR, MASK
from slipway.ports.reporter import Reporter
from slipway.ports.warehouse import Warehouse
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.dossiers import NO_DOSSIERS, Dossiers
from slipway.rollout.ground import Ground
from slipway.rollout.stack_updates import StackUpdates
from slipway.rollout.survey import Survey
from slipway.rollout.table import Engines
from slipway.rollout.transaction_limits import STATEMENT_AT_MOST, TIME_TRAVEL, TransactionLimits

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
    connection = connection_variables(
        os.environ,
        whose=f"the deployer of {environment}",
        warehouse=naming.snowflake_account_object(workload),
    )
    tag = QueryTag(environment=environment, stage="survey")
    warehouse = snowflake_warehouse(settings_of(connection), tag, reporter.step)
    pool = _pool(accounts, environment, connection, reporter)
    try:
        yield _Wiring(desk, accounts, environment, reporter).joined(warehouse, connection, pool)
    finally:
        warehouse.close()
        if pool is not None:
            pool.warehouse.close()


def _pool(
    accounts: Accounts, environment: Environment, connection: Mapping[str, str], reporter: Reporter
) -> PoolDesk | None:
    """The same user with the janitor's role, which has none of the deployer's rights, nor they its."""
    place = accounts.estate.environment(environment)
    if place.check_pool is None:
        return None
    own = {
        "SNOWFLAKE_ROLE": place.naming.snowflake_account_object(JANITOR),
        "SNOWFLAKE_WAREHOUSE": place.naming.snowflake_account_object(MASK),
    }
    tag = QueryTag(environment=environment, stage="janitor")
    taker = accounts.estate.environment(place.check_pool.environment).naming
    return PoolDesk(
        settings=place.check_pool,
        role=taker.snowflake_account_object(CI),
        physical=place.naming.snowflake_database,
        warehouse=snowflake_warehouse(settings_of({**connection, **own}), tag, reporter.step),
    )


class _Wiring:
    """One environment's adapters."""

    def __init__(self, desk: Desk, accounts: Accounts, environment: Environment, reporter: Reporter) -> None:
        self._desk = desk
        self._accounts = accounts
        self._environment = environment
        self._reporter = reporter
        self._documents = desk.documents(environment)
        self._naming = accounts.estate.environment(environment).naming
        self._compositions = Compositions(artifacts=desk.artifacts, folder=_CACHE / "compositions")
        self._tools = ProcessTools(_CHECKOUT)
        self._judging = self._judged_by()
        self._applier = accounts.applier(environment)
        self._engine = PulumiEngine(
            accounts.estate.platform,
            policy_pack=_policy_pack(self._judging, environment),
            own=None if self._applier is None else self._applied_by,
        )
        self._orchestrator, self._dags = self._airflow()

    def joined(self, warehouse: Warehouse, connection: dict[str, str], pool: PoolDesk | None) -> RolloutDesk:
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
            pool=pool,
        )

    def _engines(self, warehouse: Warehouse, dbt: DbtRuns) -> Engines:
        return Engines(
            ground=Ground(documents=self._documents, compositions=self._compositions),
            documents=self._documents,
            artifacts=self._desk.artifacts,
            warehouse=warehouse,
            dbt=dbt,
            engine=self._engine,
            updates=StackUpdates(
                versions=stack_versions_of(self._accounts.estate, os.environ, self._applier),
                policies=self._policies,
            ),
            orchestrator=self._orchestrator,
            dag_store=self._dags,
            parsing=DagParsing(tools=self._tools),
            evidence=EvidenceStore(self._desk.evidence, self._desk.clock),
            role_prefix=self._naming.snowflake_prefix,
            dossiers=self._dossiers(),
            limits=_limits(self._accounts.estate.environment(self._environment)),
        )

    def _applied_by(self) -> dict[str, str]:
        """What leads the engine's process to the backend, and says who it is there and in the account."""
        credentials = variables_of(self._applier, f"the role that changes {self._environment}'s pipelines")
        return {
            **credentials,
            "PULUMI_BACKEND_URL": backend_of(self._accounts.estate, os.environ),
            "SNOWFLAKE_ROLE": self._naming.snowflake_account_object(APPLIER),
        }

    def _judged_by(self) -> Path:
        """Whose policies judge: those that run there; the checkout's only where no document names others."""
        running = running_control(self._desk, self._environment)
        if running is None:
            return self._accounts.estate.platform
        return control_folder(self._desk.artifacts, running, _CACHE / "control")

    def _dossiers(self) -> Dossiers:
        if not asks_for_approvals(self._environment):
            return NO_DOSSIERS
        return CopiedDossiers(
            desk=self._desk,
            environment=self._environment,
            journal=self._accounts.journal(self._environment),
            compositions=self._compositions,
            folder=_CACHE / "dossiers",
        )

    def _policies(self) -> str:
        """Which policies judge the stack: the digest of everything in their folder that decides."""
        folder = FolderPolicies(self._judging)
        return folder.rules(_pack_of(self._environment), None).digest

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
            role=self._naming.snowflake_account_object,
            needs_airflow=self._accounts.estate.environment(self._environment).needs_airflow,
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


def _limits(place: StackPlace) -> TransactionLimits:
    """What the stack file says; Snowflake's own where it says nothing."""
    minutes, days = place.statement_minutes, place.time_travel_days
    return TransactionLimits(
        statement=STATEMENT_AT_MOST if minutes is None else timedelta(minutes=minutes),
        time_travel=TIME_TRAVEL if days is None else timedelta(days=days),
    )


def _policy_pack(platform: Path, environment: Environment) -> Path:
    return platform / "policies" / "packs" / _pack_of(environment)


def _pack_of(environment: Environment) -> PolicyPack:
    return PolicyPack.BASELINE if environment is Environment.DEV else PolicyPack.PRODUCTION
