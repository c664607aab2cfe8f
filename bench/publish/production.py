"""Production with a large table, and the two ways to rebuild it: a release, and `dbt build` in place.

The release goes the way of `slipway deploy`: survey, plan, handlers, Snowflake's adapter and dbt are the
product's. Journal, leases, ledger and documents are in memory, and there is no Airflow: what these cost does
not grow with the table, and `bench.deploy` measures it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.check.finedge import ROOT, connection_of
from bench.snowflake.digits import DIGITS, numbers
from slipway.adapters.snowflake import SnowflakeSettings
from slipway.adapters.system_clock import SystemClock
from slipway.adapters.tools import ProcessTools
from slipway.environment.composition import Compositions
from slipway.model.environment import Environment, StackName
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.naming import Naming
from slipway.model.release import Release
from slipway.ports.reporter import SilentReporter
from slipway.ports.tools import Tool, ToolCall
from slipway.ports.warehouse import Warehouse
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import SUFFIX_VARIABLE, DbtRuns
from slipway.rollout.deployments import Deployments
from slipway.rollout.ground import Ground
from slipway.rollout.survey import Survey
from slipway.rollout.table import Engines, rollout_handlers
from slipway.rollout.transaction_limits import STATEMENT_AT_MOST, TIME_TRAVEL, TransactionLimits
from tests.doubles.deployments import Fuse, MemoryChronicle, MemoryJournal
from tests.doubles.memory_airflow import MemoryAirflow
from tests.doubles.memory_environment import MemoryEvidence, MemoryStack
from tests.doubles.records import MemoryDocuments, MemoryLeases, MemoryObjects
from tests.integration.rollout import small_workspace

ENVIRONMENT: Final = Environment.PROD
_NAMING: Final = Naming(organization="finedge", stack=StackName.PROD, account_id="444455556666")
_DATABASE: Final = _NAMING.snowflake_database("FINEDGE")


class _NoAirflow(MemoryAirflow):
    def is_there(self) -> bool:
        return False


@dataclass
class Production:
    """An environment on a Snowflake of its own.

    Attributes:
        warehouse: a session.
        settings: how dbt gets there.
        scratch: for compositions and what dbt leaves behind.
        journal: of what was deployed.
    """

    warehouse: Warehouse
    settings: SnowflakeSettings
    scratch: Path
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    _documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    _artifacts: MemoryObjects = field(default_factory=MemoryObjects)
    _airflow: MemoryAirflow = field(default_factory=lambda: _NoAirflow(Fuse()))
    _stack: MemoryStack = field(default_factory=lambda: MemoryStack(Fuse()))
    _leases: MemoryLeases = field(default_factory=MemoryLeases)

    def bring_up(self, rows: int) -> None:
        """Fill the source and have dbt make its tables.

        Args:
            rows: of the source, and so of the large table; a power of ten.
        """
        orders = f"{_DATABASE}.RAW.ORDERS"
        for statement in (
            "CREATE WAREHOUSE TRANSFORMING",
            f"CREATE DATABASE {_DATABASE}",
            f"CREATE SCHEMA {_DATABASE}.RAW",
            f"CREATE SCHEMA {_DATABASE}.MARTS",
            f"USE SCHEMA {_DATABASE}.RAW",
            *DIGITS,
            f"CREATE TABLE {orders} (ID NUMBER(38,0), MONTH NUMBER(2,0), AMOUNT NUMBER(18,2))",
            f"INSERT INTO {orders} SELECT n, 1 + n % 12, n % 100000 FROM ({numbers(rows)})",
        ):
            self.warehouse.run(statement, subject="production")
        self._documents.add(small_workspace.first_document(self._artifacts, ENVIRONMENT))
        self.rebuild_in_place("begin")
        for statement in (
            "CREATE ROLE ANALYST",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {_DATABASE}.MARTS TO ROLE ANALYST",
        ):
            self.warehouse.run(statement, subject="production")

    def rebuild_in_place(self, name: str) -> None:
        """Run `dbt build` on what runs, as a pipeline without releases does.

        Args:
            name: of a folder for what dbt leaves behind: a new one has dbt parse, as a new composition does.
        """
        project = str(self._compositions.of(self._document.entries) / "dbt")
        target = self.scratch / f"plain-{name}"
        target.mkdir()
        folders = ["--project-dir", project, "--profiles-dir", project]
        places = ["--target-path", str(target), "--log-path", str(target)]
        ended = ProcessTools(ROOT).run(
            ToolCall(
                tool=Tool.DBT,
                arguments=["--no-version-check", "build", "--select", "marts.revenue", *folders, *places],
                folder=target,
                environment={**self._variables, SUFFIX_VARIABLE: ""},
            )
        )
        if ended.exit_code:
            raise SystemExit(f"dbt build failed: {ended.output[-4000:]}")

    def release(self, number: int) -> Release:
        """A release whose amounts are larger by so many percent."""
        return small_workspace.release(self._artifacts, f"1.{number:02}", version="v1")

    @property
    def survey(self) -> Survey:
        """Finds out what a release would do."""
        return Survey(
            documents=self._documents,
            compositions=self._compositions,
            artifacts=self._artifacts,
            warehouse=self.warehouse,
            dbt=self._dbt,
            engine=self._stack,
            orchestrator=self._airflow,
            physical=_NAMING.snowflake_database,
            role=_NAMING.snowflake_account_object,
        )

    @property
    def deployments(self) -> Deployments:
        """Carries plans out."""
        engines = Engines(
            ground=Ground(documents=self._documents, compositions=self._compositions),
            documents=self._documents,
            artifacts=self._artifacts,
            warehouse=self.warehouse,
            dbt=self._dbt,
            engine=self._stack,
            updates=self._stack.updates,
            orchestrator=self._airflow,
            dag_store=self._airflow,
            parsing=DagParsing(tools=ProcessTools(ROOT)),
            evidence=MemoryEvidence(Fuse()),
            role_prefix=_NAMING.snowflake_prefix,
            limits=TransactionLimits(statement=STATEMENT_AT_MOST, time_travel=TIME_TRAVEL),
        )
        return Deployments(
            journal=self.journal,
            leases=self._leases,
            handlers=rollout_handlers(engines),
            chronicle=MemoryChronicle(),
            reporter=SilentReporter(),
            clock=SystemClock(),
            actor="bench",
        )

    @property
    def _document(self) -> EnvironmentDocument:
        found = self._documents.newest(ENVIRONMENT)
        if found is None:
            raise LookupError(f"{ENVIRONMENT} has no document before it is brought up")
        return found

    @property
    def _compositions(self) -> Compositions:
        return Compositions(artifacts=self._artifacts, folder=self.scratch / "compositions")

    @property
    def _dbt(self) -> DbtRuns:
        return DbtRuns(
            tools=ProcessTools(ROOT),
            variables=self._variables,
            scratch=self.scratch / "dbt",
            on_line=lambda _: None,
        )

    @property
    def _variables(self) -> dict[str, str]:
        return {
            **connection_of(self.settings),
            "SLIPWAY_ENVIRONMENT": ENVIRONMENT.value,
            "SNOWFLAKE_DATABASE": _DATABASE,
        }
