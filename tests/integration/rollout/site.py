"""An environment on real parts: AWS, Snowflake, dbt, Pulumi, the DAG folder; only Airflow is a double.

The adapters are joined as `slipway.cli.rollout_wiring` joins them. A site is data: any process can open it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bench.check.finedge import connection_of
from slipway.adapters.aws import (
    DynamoDocuments,
    DynamoJournal,
    DynamoLeases,
    DynamoLedger,
    LedgerPlace,
    S3ObjectStore,
    UnversionedStates,
    client,
    own_session,
)
from slipway.adapters.mwaa import MwaaDagStore
from slipway.adapters.pulumi import PulumiEngine
from slipway.adapters.snowflake import SnowflakeSettings, snowflake_warehouse
from slipway.adapters.system_clock import SystemClock
from slipway.adapters.tools import ProcessTools
from slipway.audit import EvidenceStore, Ledger
from slipway.cli.rollout_desk import LedgerChronicle
from slipway.environment.composition import Compositions
from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.query_tag import QueryTag
from slipway.ports.reporter import SilentReporter
from slipway.ports.warehouse import Warehouse
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.deployments import Deployments
from slipway.rollout.ground import Ground
from slipway.rollout.stack_updates import StackUpdates
from slipway.rollout.survey import Survey
from slipway.rollout.table import Engines, rollout_handlers
from slipway.rollout.transaction_limits import TransactionLimits
from slipway.stages import Handlers
from tests.integration.aws.front import REGION
from tests.integration.aws.tables import make_table
from tests.integration.rollout.kept_airflow import KeptAirflow
from tests.integration.warehouse.declared import DeclaredAccount

ROOT: Final = Path(__file__).parents[3]
ENVIRONMENT: Final = Environment.PROD
NAMING: Final = Naming(organization="finedge", stack=StackName.PROD, account_id="444455556666")
DATABASE: Final = NAMING.snowflake_database("FINEDGE")
ARTIFACTS, DAGS, EVIDENCE = "kills-artifacts", "kills-dags", "kills-evidence"
ACTOR: Final = "arn:aws:iam::444455556666:role/slipway-prod-deploy"


class LeapingClock(SystemClock):
    """The machine's time, ahead by what was waited for: nobody waits for a double."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + self._ahead

    def wait(self, seconds: float) -> None:
        """Leap."""
        self._ahead += timedelta(seconds=seconds)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where everything is.

    Attributes:
        variables: of every process that works here: AWS and Pulumi.
        snowflake: the account, as the deployer.
        declared: the same account, for others.
        platform: the project that Pulumi runs.
        folder: for caches and Airflow's file.
    """

    variables: Mapping[str, str]
    snowflake: SnowflakeSettings
    declared: DeclaredAccount
    platform: Path
    folder: Path

    @contextmanager
    def opened(self) -> Iterator["OpenSite"]:
        """Open it, in a process that has its variables; the Snowflake session ends with the block."""
        warehouse = snowflake_warehouse(self.snowflake, QueryTag(environment=ENVIRONMENT, stage="survey"))
        try:
            yield OpenSite(self, warehouse)
        finally:
            warehouse.close()


class OpenSite:
    """The adapters, joined.

    Args:
        site: where everything is.
        warehouse: a session.
    """

    def __init__(self, site: Site, warehouse: Warehouse) -> None:
        session = own_session(REGION)
        self._dynamodb, self._s3 = dynamodb, s3 = client(session, "dynamodb"), client(session, "s3")
        self.site, self.warehouse = site, warehouse
        self.clock = LeapingClock()
        self.artifacts = S3ObjectStore(s3, ARTIFACTS)
        self.dag_folder = S3ObjectStore(s3, DAGS, prefix="dags/")
        self.dag_store = MwaaDagStore(self.dag_folder)
        self.documents = DynamoDocuments(dynamodb, "kills-documents")
        self.journal = DynamoJournal(dynamodb, "kills-journal")
        self.leases = DynamoLeases(dynamodb, "kills-leases")
        self.objects = S3ObjectStore(s3, EVIDENCE)
        self.evidence = EvidenceStore(self.objects, self.clock)
        place = LedgerPlace(entries="kills-ledger", index="kills-ledger-index")
        self.ledger = DynamoLedger(dynamodb, place, S3ObjectStore(s3, EVIDENCE, prefix="ledger/"))
        self.engine = PulumiEngine(site.platform)
        self.compositions = Compositions(artifacts=self.artifacts, folder=site.folder / "compositions")
        self.tools = ProcessTools(ROOT)
        self.dbt = DbtRuns(
            tools=self.tools,
            variables={
                **connection_of(site.snowflake),
                "SLIPWAY_ENVIRONMENT": ENVIRONMENT.value,
                "SNOWFLAKE_DATABASE": DATABASE,
            },
            scratch=site.folder / "dbt",
            on_line=lambda _: None,
        )

    def make_stores(self) -> None:
        """Make tables and buckets."""
        make_table(self._dynamodb, "kills-leases", "target")
        make_table(self._dynamodb, "kills-documents", "environment", ("version", "N"))
        make_table(self._dynamodb, "kills-journal", "deployment", ("stage", "S"))
        make_table(self._dynamodb, "kills-ledger", "chain", ("sequence", "N"))
        make_table(self._dynamodb, "kills-ledger-index", "subject", ("position", "S"))
        for bucket in (ARTIFACTS, DAGS):
            self._s3.create_bucket(Bucket=bucket)
        self._s3.create_bucket(Bucket=EVIDENCE, ObjectLockEnabledForBucket=True)

    @property
    def airflow(self) -> KeptAirflow:
        """Airflow as it is now: another process may have changed it."""
        return KeptAirflow(self.site.folder / "airflow.json", self.dag_store)

    @property
    def handlers(self) -> Handlers:
        """The product's table."""
        return rollout_handlers(
            Engines(
                ground=Ground(documents=self.documents, compositions=self.compositions),
                documents=self.documents,
                artifacts=self.artifacts,
                warehouse=self.warehouse,
                dbt=self.dbt,
                engine=self.engine,
                updates=StackUpdates(versions=UnversionedStates("the site's folder"), policies=str),
                orchestrator=self.airflow,
                dag_store=self.dag_store,
                parsing=DagParsing(tools=self.tools),
                evidence=self.evidence,
                role_prefix=NAMING.snowflake_prefix,
                limits=TransactionLimits(statement=timedelta(hours=1), time_travel=timedelta(days=1)),
            )
        )

    @property
    def survey(self) -> Survey:
        """Finds out what a release would do."""
        return Survey(
            documents=self.documents,
            compositions=self.compositions,
            artifacts=self.artifacts,
            warehouse=self.warehouse,
            dbt=self.dbt,
            engine=self.engine,
            orchestrator=self.airflow,
            physical=NAMING.snowflake_database,
            role=NAMING.snowflake_account_object,
        )

    def deployments(self, handlers: Handlers) -> Deployments:
        """Carries deployments on, with some handlers."""
        return Deployments(
            journal=self.journal,
            leases=self.leases,
            handlers=handlers,
            chronicle=LedgerChronicle(Ledger(self.ledger)),
            reporter=SilentReporter(),
            clock=self.clock,
            actor=ACTOR,
        )
