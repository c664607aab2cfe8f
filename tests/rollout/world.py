"""FinEdge in small: two pipelines with a table, a view, a DAG and a catalog entry each."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from slipway.attest import digest_of
from slipway.environment.bundle import BundledFile, pack
from slipway.environment.composition import Compositions, artifact_key
from slipway.model.contract import Contract, PromisedColumn
from slipway.model.dataset import Dataset
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.model.snowflake_objects import Table
from slipway.ports.orchestrator import DagId
from slipway.rollout.change import Change, change_of
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.facts import DagChange, Facts, ShippedPipeline, dag_id
from slipway.rollout.ground import Ground
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.stages import DbtWork, Relation, RolloutStage, SchemaPlace
from slipway.rollout.table import Engines, rollout_handlers
from slipway.stages import Completed, Executor, Outcome, Parked, Undone
from tests.doubles.deployments import Fuse, ManualClock, MemoryJournal, ToldStory, opened
from tests.doubles.memory_environment import (
    DATABASE,
    FusedDocuments,
    MemoryAirflow,
    MemoryDbt,
    MemoryEvidence,
    MemoryStack,
)
from tests.doubles.memory_warehouse import AMOUNT, KEY, MemoryWarehouse
from tests.doubles.records import MemoryObjects

ACTOR = "arn:aws:iam::222233334444:role/slipway-dev-deploy"
RELEASE = digest_of(b"release")
ORDERS = Table.of(DATABASE, "RAW", "ORDERS")

_SCRATCH = tempfile.TemporaryDirectory(prefix="slipway-rollout-")


def promised(table: str) -> Contract:
    """The contract of every table here."""
    return Contract(
        path=f"contracts/{table.lower()}.odcs.yaml",
        columns=(
            PromisedColumn(name=KEY, type="NUMBER(38,0)", required=True, is_amount=False),
            PromisedColumn(name=AMOUNT, type="NUMBER(18,2)", required=True, is_amount=True),
        ),
        key=(KEY,),
    )


@dataclass(frozen=True)
class Code:
    """What a pipeline's developer wrote.

    Attributes:
        model: what the model reads.
        factor: the model multiplies the orders' amounts with it; two doubles revenue.
        view: the text of its view.
        dag: the text of its DAG file.
        entry: the text of its catalog entry.
    """

    factor: str = "* 1"
    model: str = "ORDERS"
    view: str = "v1"
    dag: str = "dag 1"
    entry: str = "entry 1"

    def files(self, pipeline: str) -> Mapping[PartKind, dict[str, str]]:
        """The files of each part."""
        return {
            PartKind.ENTRY: {f"catalog/{pipeline}.yaml": self.entry},
            PartKind.DAG: {f"dags/{pipeline}.py": self.dag},
            PartKind.DBT: {
                f"dbt/models/marts/{pipeline}/{pipeline}.sql": f"{self.model} {self.factor}",
                f"dbt/models/marts/{pipeline}/{pipeline}_monthly.sql": f"view {self.view}",
            },
        }


@dataclass
class World:
    """One environment in memory, in which pipelines are deployed and rolled back.

    Attributes:
        fuse: kills whoever changes something.
    """

    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.warehouse = MemoryWarehouse(self.fuse)
        self.documents = FusedDocuments(self.fuse)
        self.objects = MemoryObjects()
        self.stack = MemoryStack(self.fuse)
        self.airflow = MemoryAirflow(self.fuse)
        self.evidence = MemoryEvidence(self.fuse)
        self.journal = MemoryJournal(self.fuse)
        self.tools = MemoryDbt(self.warehouse, self.fuse)
        self.clock = ManualClock()
        self.story = ToldStory()
        self.project = "apart"
        self.has_airflow = True

    @property
    def engines(self) -> Engines:
        """Everything that handlers work on."""
        scratch = Path(_SCRATCH.name)
        compositions = Compositions(artifacts=self.objects, folder=scratch / "compositions")
        return Engines(
            ground=Ground(documents=self.documents, compositions=compositions),
            documents=self.documents,
            artifacts=self.objects,
            warehouse=self.warehouse,
            dbt=DbtRuns(tools=self.tools, variables={}, scratch=scratch / "dbt", on_line=lambda _: None),
            engine=self.stack,
            orchestrator=self.airflow,
            dag_store=self.airflow,
            parsing=DagParsing(tools=self.tools),
            evidence=self.evidence,
        )

    def artifact(self, files: Mapping[str, str]) -> Digest:
        """Put a bundle into the artifact store."""
        content = pack(BundledFile(path=path, content=text.encode()) for path, text in files.items())
        digest = digest_of(content)
        self.objects.create(artifact_key(digest), content)
        return digest

    def entries(self, pipeline: str, code: Code) -> tuple[Entry, ...]:
        """The entries of a pipeline's parts."""
        return tuple(
            self._entry(PartId(PipelineName(pipeline), kind), files)
            for kind, files in code.files(pipeline).items()
        )

    def _entry(self, part: PartId, files: Mapping[str, str]) -> Entry:
        return Entry(part=part, artifact=self.artifact(files), release=RELEASE, commit="c" * 40)

    def begin(self, **code: Code) -> None:
        """Bring an environment up in which pipelines run, with rows in production."""
        self.warehouse.add(ORDERS, {1: "10.00", 2: "20.00"})
        platform = PipelineName("platform")
        entries = [
            self._entry(PartId(platform, PartKind.DBT), {"dbt/dbt_project.yml": self.project}),
            *(entry for name, written in code.items() for entry in self.entries(name, written)),
        ]
        first = EnvironmentDocument(
            environment=Environment.DEV,
            version=1,
            entries=tuple(sorted(entries, key=lambda entry: entry.part)),
            deployment="bootstrap",
        )
        self.documents.stored[Environment.DEV, 1] = first
        for name, written in code.items():
            self._bring_up(name, written)
        self.stack.resources = {name: written.entry.encode() for name, written in code.items()}
        self.airflow.variables["dbt_project_dir"] = "/projects/first"

    def _bring_up(self, name: str, written: Code) -> None:
        table = Table.of(DATABASE, "MARTS", name.upper())
        self.warehouse.add(table, {1: "10.00", 2: "20.00"}, grants=["READER"])
        self.warehouse.views[f"{DATABASE}.MARTS.{name.upper()}_MONTHLY"] = written.view
        dag = next(e for e in self.entries(name, written) if e.part.kind is PartKind.DAG)
        self.airflow.generations[PipelineName(name), dag.artifact] = ()
        self.airflow.pointers[PipelineName(name)] = dag.artifact
        flow = DagId(dag_id(PipelineName(name)))
        self.airflow.dag_parsed(flow)
        self.airflow.flows[flow].paused = False

    def facts(self, pipeline: str, code: Code, attempt: int = 1) -> Facts:
        """What is known of a release that ships one pipeline."""
        document = self.documents.newest(Environment.DEV)
        assert document is not None
        return self._facts(pipeline, change_of(document, self.entries(pipeline, code), []), attempt)

    def facts_of_way_back(self, pipeline: str, shipped: Facts) -> Facts:
        """What is known of taking a release's pipeline back."""
        return self._facts(pipeline, shipped.change.back, 1)

    def _facts(self, pipeline: str, change: Change, attempt: int) -> Facts:
        suffix = f"__SLIPWAY_{attempt}"
        name = PipelineName(pipeline)
        relation = Relation(
            dataset=Dataset.parse(f"snowflake://FINEDGE.MARTS.{pipeline.upper()}"),
            database=DATABASE,
            suffix=suffix,
            grows=False,
            is_new=f"{DATABASE}.MARTS.{pipeline.upper()}" not in self.warehouse.tables,
            contract=promised(pipeline),
        )
        kinds = {part.kind for part in change.parts}
        dbt, dag = PartId(name, PartKind.DBT), PartId(name, PartKind.DAG)
        new = {entry.part: entry.artifact for entry in change.entries}
        old = {entry.part: entry.artifact for entry in change.previous}
        shipped = ShippedPipeline(
            name=name,
            dag=dag_id(name),
            dag_change=DagChange(part=dag, artifact=new.get(dag), previous=old.get(dag))
            if PartKind.DAG in kinds
            else None,
            work=DbtWork(
                part=dbt,
                project="dbt",
                tables=(pipeline,),
                views=(f"{pipeline}_monthly",),
                schemas=(SchemaPlace(database=DATABASE, name="MARTS"),),
                suffix=suffix,
            )
            if PartKind.DBT in kinds
            else None,
            views=(f"snowflake://FINEDGE.MARTS.{pipeline.upper()}_MONTHLY",),
            relations=(relation,) if PartKind.DBT in kinds else (),
        )
        return Facts(
            environment=Environment.DEV,
            release=RELEASE,
            change=change,
            pipelines=(shipped,),
            project="dbt",
            resources=(),
            airflow=self.has_airflow,
        )

    def carry_on(
        self, stages: tuple[RolloutStage, ...], id_: str = "dev-0123456789ab-1", token: int = 1
    ) -> Outcome:
        """Walk a plan for this time."""
        begun = opened(id_)
        head = self.journal.heads.get(begun.id) or begun
        executor = Executor(
            handlers=rollout_handlers(self.engines),
            journal=self.journal,
            clock=self.clock,
            story=self.story,
            actor=ACTOR,
        )
        return executor.carry_on(replace(head, token=token), stages)

    def finish(
        self, stages: tuple[RolloutStage, ...], id_: str = "dev-0123456789ab-1", token: int = 1
    ) -> Completed | Undone:
        """Walk a plan to its end: time passes while it is parked."""
        for _ in range(30):
            outcome = self.carry_on(stages, id_, token)
            if not isinstance(outcome, Parked):
                return outcome
            self.clock.wait((outcome.wait.wake_at - self.clock.now()).total_seconds())
        raise AssertionError(self.story.told)

    def deploy(self, pipeline: str, code: Code, id_: str = "dev-0123456789ab-1") -> tuple[Outcome, Facts]:
        """Ship one pipeline."""
        facts = self.facts(pipeline, code, int(id_.rpartition("-")[2]))
        return self.finish(build_rollout(facts), id_), facts

    def roll_back(self, pipeline: str, shipped: Facts, id_: str = "dev-rollback-1") -> Outcome:
        """Take a pipeline back."""
        return self.finish(build_rollback(self.facts_of_way_back(pipeline, shipped)), id_)

    def rows(self, pipeline: str) -> dict[int, str]:
        """What people read of a pipeline's table."""
        table = self.warehouse.tables[f"{DATABASE}.MARTS.{pipeline.upper()}"]
        return {key: str(amount) for key, amount in sorted(table.rows.items())}

    @property
    def seen(self) -> dict[str, Any]:
        """Everything that people and engines see."""
        document = self.documents.newest(Environment.DEV)
        tables = {n: t for n, t in self.warehouse.tables.items() if ".MARTS." in n}
        return {
            "rows": {name: dict(thing.rows) for name, thing in tables.items()},
            "grants": {name: thing.grants for name, thing in tables.items()},
            "marks": {name: thing.expiry for name, thing in tables.items()},
            "views": {n: q for n, q in self.warehouse.views.items() if ".MARTS." in n},
            "candidate schemas": sorted(self.warehouse.schemas),
            "entries": document and {entry.part: entry.artifact for entry in document.entries},
            "resources": dict(self.stack.resources),
            "pointers": dict(self.airflow.pointers),
            "paused": {dag: flow.paused for dag, flow in self.airflow.flows.items()},
            "runs": sorted(self.airflow.triggered),
        }
