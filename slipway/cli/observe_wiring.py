"""Joins what looks at an environment with its adapters: Airflow, Snowflake, DynamoDB, CloudWatch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from slipway.adapters.aws import CloudWatchMetrics, client
from slipway.adapters.mwaa import MwaaOrchestrator, RestApi
from slipway.adapters.snowflake import snowflake_warehouse
from slipway.adapters.system_clock import SystemClock
from slipway.cli.accounts import Accounts
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import connection_variables
from slipway.model.environment import Environment
from slipway.model.pipeline import PartKind, PipelineName
from slipway.model.query_tag import QueryTag
from slipway.model.subjects import TRANSFORM
from slipway.observe.report import Observatory
from slipway.ports.metrics import MetricStore
from slipway.ports.warehouse import Warehouse


@dataclass(frozen=True, kw_only=True)
class ObservatoryDesk:
    """One environment, as a report needs it.

    Attributes:
        observatory: looks at it.
        metrics: where readings go.
        deployed: the pipelines that its document has; None: nobody has written down what runs there.
    """

    observatory: Observatory
    metrics: MetricStore
    deployed: frozenset[PipelineName] | None


@contextmanager
def open_observatory(accounts: Accounts, environment: Environment) -> Iterator[ObservatoryDesk]:
    """Open one environment; its Snowflake session ends with the block.

    Args:
        accounts: the environment's among them.
        environment: which one.

    Raises:
        SnowflakeNotConfigured: the environment variables do not say how to reach Snowflake.
        DocumentStoreError: the store of environment documents does not answer.
    """
    naming = accounts.estate.environment(environment).naming
    connection = connection_variables(
        os.environ,
        whose=f"the observer of {environment}",
        warehouse=naming.snowflake_account_object(TRANSFORM),
    )
    warehouse = snowflake_warehouse(
        settings_of(connection), QueryTag(environment=environment, stage="observe")
    )
    try:
        yield _joined(accounts, environment, warehouse)
    finally:
        warehouse.close()


def _joined(accounts: Accounts, environment: Environment, warehouse: Warehouse) -> ObservatoryDesk:
    place = accounts.estate.environment(environment)
    session, clock = accounts.session(place), SystemClock()
    rest = RestApi(client(session, "mwaa"), place.naming.airflow_environment)
    return ObservatoryDesk(
        observatory=Observatory(
            environment=environment,
            orchestrator=MwaaOrchestrator(rest, clock),
            warehouse=warehouse,
            journal=accounts.journal(environment),
            leases=accounts.leases(environment),
            physical=place.naming.snowflake_database,
            clock=clock,
        ),
        metrics=CloudWatchMetrics(client(session, "cloudwatch")),
        deployed=_deployed(accounts, environment),
    )


def _deployed(accounts: Accounts, environment: Environment) -> frozenset[PipelineName] | None:
    document = accounts.documents(environment).newest(environment)
    if document is None:
        return None
    parts = (entry.part for entry in document.entries)
    return frozenset(
        part.pipeline for part in parts if part.kind is PartKind.ENTRY and not part.is_foundation
    )
