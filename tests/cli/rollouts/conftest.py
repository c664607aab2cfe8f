"""A desk in memory whose workspace runs everywhere, and an environment in memory to deploy into."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from slipway.attest.pinned import KeyUse
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.control_part import control_bundle
from slipway.cli.dossiers import CopiedDossiers
from slipway.cli.rollout_desk import RolloutDesk
from slipway.cli.trust import pin
from slipway.environment.composition import Compositions
from slipway.model.environment import Environment
from slipway.model.snowflake_objects import Table
from slipway.ports.orchestrator import DagId
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.ground import Ground
from slipway.rollout.survey import Survey
from slipway.rollout.table import Engines
from slipway.rollout.transaction_limits import TransactionLimits
from tests.doubles.deployments import Fuse, LosableJournal, LosableLeases
from tests.doubles.desk import MemoryDesk
from tests.doubles.memory_airflow import MemoryAirflow
from tests.doubles.memory_environment import DATABASE, MemoryDbt, MemoryStack
from tests.doubles.memory_warehouse import MemoryWarehouse
from tests.doubles.workspace_folder import WorkspaceFolder

if TYPE_CHECKING:
    from slipway.cli.pool_desk import PoolDesk

FILES = {
    "dbt/dbt_project.yml": "apart",
    "dbt/models/marts/settlements/settlements.sql": "ORDERS * 1",
    "dbt/models/marts/revenue/revenue.sql": "ORDERS * 1",
    "dbt/models/marts/revenue/revenue_monthly.sql": "view v1",
    "dags/revenue.py": "dag 1",
}
REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")


@dataclass
class Place:
    """One environment: its warehouse, Airflow, stack, journal and leases."""

    desk: MemoryDesk
    environment: Environment
    scratch: Path
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.warehouse = MemoryWarehouse(self.fuse)
        self.warehouse.add(Table.of(DATABASE, "RAW", "ORDERS"), {1: "10.00", 2: "20.00"})
        for table in ("REVENUE", "SETTLEMENTS"):
            self.warehouse.add(Table.of(DATABASE, "MARTS", table), {1: "10.00", 2: "20.00"}, ["READER"])
        self.airflow = MemoryAirflow(self.fuse)
        self.needs_airflow = False
        self.pool: PoolDesk | None = None
        self.stack = MemoryStack(self.fuse, self.desk.clock)
        self.journal = LosableJournal(self.fuse)
        self.leases = LosableLeases()
        self.tools = MemoryDbt(self.warehouse, self.fuse)
        self._run_what_is_written_down()

    def _run_what_is_written_down(self) -> None:
        document = self.desk.running.newest(self.environment)
        assert document is not None
        for entry in document.entries:
            if entry.part.kind.value == "dag":
                self.airflow.generations[entry.part.pipeline, entry.artifact] = ()
                self.airflow.pointers[entry.part.pipeline] = entry.artifact
                self.airflow.dag_parsed(DagId(entry.part.pipeline))
                self.airflow.flows[DagId(entry.part.pipeline)].paused = False

    def rows(self) -> dict[int, str]:
        """What people read of revenue."""
        return {key: str(value) for key, value in self.warehouse.tables[str(REVENUE)].rows.items()}

    @property
    def seen(self) -> dict[str, Any]:
        """Everything of the environment that a command may touch."""
        return {
            "tables": {name: thing.made for name, thing in self.warehouse.tables.items()},
            "schemas": sorted(self.warehouse.schemas),
            "views": dict(self.warehouse.views),
            "resources": dict(self.stack.resources),
            "pointers": dict(self.airflow.pointers),
            "paused": {dag: flow.paused for dag, flow in self.airflow.flows.items()},
            "variables": dict(self.airflow.variables),
            "runs": list(self.airflow.triggered),
            "deployments": dict(self.journal.heads),
            "document": max(v for place, v in self.desk.running.stored if place is self.environment),
        }

    @property
    def rollout_desk(self) -> RolloutDesk:
        """As the commands get it."""
        compositions = Compositions(artifacts=self.desk.artifacts, folder=self.scratch / "compositions")
        dbt = DbtRuns(
            tools=self.tools,
            variables={},
            scratch=self.scratch / self.environment / "dbt",
            on_line=lambda _: None,
        )
        engines = Engines(
            ground=Ground(documents=self.desk.running, compositions=compositions),
            documents=self.desk.running,
            artifacts=self.desk.artifacts,
            warehouse=self.warehouse,
            dbt=dbt,
            engine=self.stack,
            updates=self.stack.updates,
            orchestrator=self.airflow,
            dag_store=self.airflow,
            parsing=DagParsing(tools=self.tools),
            evidence=EvidenceStore(self.desk.evidence, self.desk.clock),
            role_prefix="FINEDGE_DEV_",
            dossiers=CopiedDossiers(
                desk=self.desk,
                environment=self.environment,
                journal=self.journal,
                compositions=compositions,
                folder=self.scratch / self.environment / "dossiers",
            ),
            limits=TransactionLimits(statement=timedelta(hours=1), time_travel=timedelta(days=1)),
        )
        survey = Survey(
            documents=self.desk.running,
            compositions=compositions,
            artifacts=self.desk.artifacts,
            warehouse=self.warehouse,
            dbt=dbt,
            engine=self.stack,
            orchestrator=self.airflow,
            physical=lambda logical: f"{logical}_DEV",
            role=lambda name: f"FINEDGE_DEV_{name.upper()}",
            needs_airflow=self.needs_airflow,
        )
        return RolloutDesk(
            desk=self.desk,
            environment=self.environment,
            engines=engines,
            survey=survey,
            journal=self.journal,
            leases=self.leases,
            pool=self.pool,
        )


@pytest.fixture
def desk(folder: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch) -> MemoryDesk:
    """What runs everywhere, and a commit on top of it that changes revenue."""
    assert folder.root.is_dir()
    made = MemoryDesk()
    made.found(**FILES)
    monkeypatch.setattr(wiring, "build_desk", lambda: made)
    monkeypatch.setattr(wiring, "build_revisions", lambda _root: made.commits)
    return made


@pytest.fixture
def places(desk: MemoryDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Environment, Place]:
    """Every environment; the commands are led to them."""
    made = {each: Place(desk, each, tmp_path / "scratch") for each in Environment}

    @contextmanager
    def opened(
        _desk: Any, environment: Environment, _reporter: Any, **_workload: str
    ) -> Iterator[RolloutDesk]:
        yield made[environment].rollout_desk

    platform = tmp_path / "platform"
    (platform / "policies").mkdir(parents=True)
    (platform / "policies" / "rules.py").write_text("RULES = ()\n", encoding="utf-8")
    for use, signer in ((KeyUse.SIGNING, desk.signer), (KeyUse.APPROVALS, desk.approval_signer)):
        pin(platform, use, signer.public_key())
    monkeypatch.setattr(wiring, "build_control", lambda: control_bundle(platform))
    monkeypatch.setattr(wiring, "rollout_desk", opened)
    monkeypatch.setattr(wiring, "journal_of", lambda _desk, environment: made[environment].journal)
    return made


@pytest.fixture
def ship(desk: MemoryDesk, places: dict[Environment, Place], slipway: Any) -> Callable[..., str]:
    """Commit a change, have it checked, and build it: the release's first digits."""
    assert places

    def built(**changes: str) -> str:
        desk.commits.change(**changes)
        desk.check()
        release: str = json.loads(slipway("build", "--format", "json").out)["release"]
        return release[7:19]

    return built
