"""FinEdge in small: two pipelines with a table, a view, a DAG and a catalog entry each."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from slipway.attest import digest_of
from slipway.attest.bundle import BundledFile, artifact_key, pack
from slipway.environment.composition import Compositions
from slipway.model.contract import Contract, PromisedColumn
from slipway.model.dataset import Dataset
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.grants import Grant, Grantee, GranteeKind, Privilege
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName, dag_id
from slipway.model.snowflake_objects import Table
from slipway.ports.orchestrator import DagId
from slipway.rollout.change import Change, change_of
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.facts import DagChange, Facts, ShippedPipeline
from slipway.rollout.ground import Ground
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.relations import DbtWork, PublishedView, Relation, SchemaPlace
from slipway.rollout.stages import RolloutStage
from slipway.rollout.table import Engines, rollout_handlers
from slipway.rollout.transaction_limits import TransactionLimits
from slipway.rollout.way_back import as_published
from slipway.stages import Completed, Executor, Outcome, Parked, Undone
from slipway.stages.story import Story
from tests.doubles.deployments import Fuse, ManualClock, MemoryJournal, ToldStory, opened
from tests.doubles.memory_airflow import MemoryAirflow
from tests.doubles.memory_environment import DATABASE, FusedDocuments, MemoryDbt, MemoryEvidence, MemoryStack
from tests.doubles.memory_warehouse import AMOUNT, CURRENCY, KEY, MemoryWarehouse
from tests.doubles.records import MemoryObjects

ACTOR = "arn:aws:iam::222233334444:role/slipway-dev-deploy"
RELEASE = digest_of(b"release")
VIEW_READERS = frozenset({Grant(privilege=Privilege("SELECT"), grantee=Grantee(GranteeKind.ROLE, "CFO"))})
ORDERS = Table.of(DATABASE, "RAW", "ORDERS")
LIMITS = TransactionLimits(statement=timedelta(hours=1), time_travel=timedelta(days=1))

_SCRATCH = tempfile.TemporaryDirectory(prefix="slipway-rollout-")


def role_of(pipeline: str) -> str:
    """The role of a pipeline."""
    return f"FINEDGE_DEV_{pipeline.upper()}"


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


def promised_in_currencies(table: str) -> Contract:
    """The same, where each amount has the column of its currency."""
    return _promised_with(table, currency=CURRENCY)


def promised_by_columns(table: str) -> Contract:
    """The same, where each amount is split by a column that the contract names, and has no currency."""
    return _promised_with(table, split_by=(CURRENCY,))


def _promised_with(table: str, **fields: object) -> Contract:
    plain = promised(table)
    key, amount = plain.columns
    return plain.model_copy(update={"columns": (key, amount.model_copy(update=fields))})


@dataclass(frozen=True)
class Code:
    """What a pipeline's developer wrote.

    Attributes:
        model: what the model reads.
        factor: the model multiplies the orders' amounts with it; two doubles revenue.
        view: the text of its view.
        dag: the text of its DAG file.
        entry: the text of its catalog entry.
        label: a third column of its table, which its view reads; empty: there is none.
    """

    factor: str = "* 1"
    model: str = "ORDERS"
    view: str = "v1"
    dag: str = "dag 1"
    entry: str = "entry 1"
    label: str = ""

    def files(self, pipeline: str) -> Mapping[PartKind, dict[str, str]]:
        """The files of each part."""
        return {
            PartKind.ENTRY: {f"catalog/{pipeline}.yaml": self.entry},
            PartKind.DAG: {f"dags/{pipeline}.py": self.dag},
            PartKind.DBT: {
                f"dbt/models/marts/{pipeline}/{pipeline}.sql": f"{self.model} {self.factor} {self.label}",
                f"dbt/models/marts/{pipeline}/{pipeline}_monthly.sql": f"view {self.view} {self.label}",
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
        self.airflow = MemoryAirflow(self.fuse)
        self.evidence = MemoryEvidence(self.fuse)
        self.journal = MemoryJournal(self.fuse)
        self.tools = MemoryDbt(self.warehouse, self.fuse)
        self.clock = ManualClock()
        self.stack = MemoryStack(self.fuse, self.clock)
        self.story = ToldStory()
        self.project = "apart"
        self.has_airflow = True
        self.promised = promised

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
            updates=self.stack.updates,
            orchestrator=self.airflow,
            dag_store=self.airflow,
            parsing=DagParsing(tools=self.tools),
            evidence=self.evidence,
            role_prefix="FINEDGE_DEV_",
            limits=LIMITS,
        )

    @property
    def listener(self) -> Story:
        """Who is told."""
        return self.story

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
        thing = self.warehouse.add(table, {1: "10.00", 2: "20.00"}, grants=["READER"])
        thing.owner, thing.label = role_of(name), written.label
        monthly = f"{DATABASE}.MARTS.{name.upper()}_MONTHLY"
        self.warehouse.views[monthly] = written.view
        self.warehouse.view_grants[monthly] = VIEW_READERS
        self.warehouse.view_owners[monthly] = role_of(name)
        dag = next(e for e in self.entries(name, written) if e.part.kind is PartKind.DAG)
        self.airflow.generations[PipelineName(name), dag.artifact] = ()
        self.airflow.pointers[PipelineName(name)] = dag.artifact
        flow = DagId(dag_id(PipelineName(name)))
        self.airflow.dag_parsed(flow)
        self.airflow.flows[flow].paused = False

    def facts(self, pipeline: str, code: Code, attempt: int = 1) -> Facts:
        """What is known of a release that ships one pipeline."""
        return self.facts_of({pipeline: code}, attempt)

    def facts_of(self, shipped: Mapping[str, Code], attempt: int = 1) -> Facts:
        """What is known of a release that ships pipelines."""
        document = self.documents.newest(Environment.DEV)
        assert document is not None
        entries = [entry for name, code in shipped.items() for entry in self.entries(name, code)]
        return self._facts(shipped, change_of(document, entries, []), attempt)

    def facts_of_way_back(self, pipeline: str, shipped: Facts) -> Facts:
        """What is known of taking a release's pipeline back, with when its tables were published."""
        facts = self._facts([pipeline], shipped.change.back, 1)
        rows = {row.stage: row for row in self.journal.stored.values()}

        def published(relation: Relation) -> Relation:
            return as_published(relation, PipelineName(pipeline), rows)

        pipelines = tuple(
            each.model_copy(update={"relations": tuple(map(published, each.relations))})
            for each in facts.pipelines
        )
        return facts.model_copy(update={"pipelines": pipelines})

    def _facts(self, pipelines: Iterable[str], change: Change, attempt: int) -> Facts:
        return Facts(
            environment=Environment.DEV,
            release=RELEASE,
            change=change,
            pipelines=tuple(self._shipped(name, change, f"__SLIPWAY_{attempt}") for name in pipelines),
            project="dbt",
            resources=(),
            airflow=self.has_airflow,
        )

    def _shipped(self, pipeline: str, change: Change, suffix: str) -> ShippedPipeline:
        name = PipelineName(pipeline)
        relation = Relation(
            dataset=Dataset.parse(f"snowflake://FINEDGE.MARTS.{pipeline.upper()}"),
            database=DATABASE,
            suffix=suffix,
            grows=False,
            is_new=f"{DATABASE}.MARTS.{pipeline.upper()}" not in self.warehouse.tables,
            contract=self.promised(pipeline),
            owner=role_of(pipeline),
        )
        kinds = {part.kind for part in change.parts}
        dbt, dag = PartId(name, PartKind.DBT), PartId(name, PartKind.DAG)
        new = {entry.part: entry.artifact for entry in change.entries}
        old = {entry.part: entry.artifact for entry in change.previous}
        return ShippedPipeline(
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
            views=(
                PublishedView(
                    dataset=Dataset.parse(f"snowflake://FINEDGE.MARTS.{pipeline.upper()}_MONTHLY"),
                    database=DATABASE,
                    owner=role_of(pipeline),
                ),
            ),
            relations=(relation,) if PartKind.DBT in kinds else (),
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
            story=self.listener,
            actor=ACTOR,
            lease=lambda: timedelta(seconds=20),
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
            "owners": {name: thing.owner for name, thing in tables.items()},
            "view grants": dict(self.warehouse.view_grants),
            "view owners": {n: o for n, o in self.warehouse.view_owners.items() if ".MARTS." in n},
            "views": {n: q for n, q in self.warehouse.views.items() if ".MARTS." in n},
            "candidate schemas": sorted(self.warehouse.schemas),
            "entries": document and {entry.part: entry.artifact for entry in document.entries},
            "resources": dict(self.stack.resources),
            "pointers": dict(self.airflow.pointers),
            "paused": {dag: flow.paused for dag, flow in self.airflow.flows.items()},
            "runs": sorted(self.airflow.triggered),
            "labels": {name: thing.label for name, thing in tables.items()},
        }
