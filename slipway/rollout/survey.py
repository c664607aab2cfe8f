"""Surveys an environment: everything that a plan is built from, asked before anything is touched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from slipway.catalog import load_workspace
from slipway.catalog.contracts import read_contract
from slipway.catalog.dbt_folders import dbt_folder
from slipway.environment.composition import Compositions, read_artifact
from slipway.lineage.extract.dbt import DbtProject, Resource, read_manifest
from slipway.lineage.graph import NodeKind
from slipway.model.contract import Contract
from slipway.model.dataset import Dataset
from slipway.model.digest import short
from slipway.model.effects import Effect
from slipway.model.environment import Environment, StackName
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import DefinitionError, UsageError
from slipway.model.parts import DBT_FOUNDATION, FOUNDATION, PartId
from slipway.model.pipeline import PartKind, Pipeline, PipelineName, TimeLimits, dag_id
from slipway.model.release import Release
from slipway.model.snowflake_objects import Table
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.objects import ObjectStore
from slipway.ports.orchestrator import Orchestrator
from slipway.ports.stack_engine import Program, StackEngine
from slipway.ports.warehouse import Warehouse
from slipway.rollout.built import Built, built_of, grows, refuse_other_kind
from slipway.rollout.change import Change, change_of
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.facts import DagChange, Facts, ShippedPipeline, suffix_of
from slipway.rollout.missing_airflow import refuse_missing_airflow
from slipway.rollout.owners import Owners
from slipway.rollout.readable import project_of
from slipway.rollout.relations import DbtWork, PublishedView, Relation, SchemaPlace
from slipway.rollout.resources import resource_effects

SHIPPED: Final = frozenset({PartKind.ENTRY, PartKind.DAG, PartKind.DBT})
"""Kinds of part that a batch rollout carries."""


class PartNotShipped(UsageError):  # noqa: N818 - it says what is the case
    """A release holds a kind of part that no rollout carries."""


class NoDocument(DefinitionError):  # noqa: N818 - same
    """An environment of which nobody has written down what runs in it."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What is asked, and where.

    Attributes:
        documents: what runs.
        compositions: lays workspaces out.
        artifacts: where bundles are.
        warehouse: Snowflake.
        dbt: parses projects.
        engine: previews the stack.
        orchestrator: Airflow, if there is one.
        physical: physical name of a logical database in the environment.
        role: physical name of a pipeline's Snowflake role in the environment.
        needs_airflow: whether the environment is one that must have an Airflow.
    """

    documents: EnvironmentDocuments
    compositions: Compositions
    artifacts: ObjectStore
    warehouse: Warehouse
    dbt: DbtRuns
    engine: StackEngine
    orchestrator: Orchestrator
    physical: Callable[[str], str]
    role: Callable[[str], str]
    needs_airflow: bool = False

    def facts(self, environment: Environment, release: Release, attempt: int) -> Facts:
        """Find out what deploying a release would involve.

        Args:
            environment: where.
            release: what.
            attempt: number of the deployment, which names its candidates.

        Raises:
            NoDocument: nobody has bootstrapped the environment.
            PartNotShipped: the release holds a part that this rollout does not carry.
            StageFailed: dbt cannot parse the composed project.
            UpdateRefused: the platform's program refuses the composed catalogue.
            KindNotShipped: a model leaves what no rollout publishes, or a view where a table is.
            OwnerNotHeld: a table or view belongs to a role that the session does not hold.
            AirflowMissing: DAGs would have to be published or run, and nothing can run them.
        """
        document = self._document(environment)
        change = change_of(document, entries_of(release), removed_of(release))
        _refuse_foreign(release, change)
        look = _Look(self, change, document)
        airflow = self.orchestrator.is_there()
        pipelines = tuple(look.pipelines(suffix_of(release.digest, attempt)))
        if self.needs_airflow and not airflow:
            refuse_missing_airflow(environment, pipelines)
        return Facts(
            environment=environment,
            release=release.digest,
            change=change,
            pipelines=pipelines,
            project=look.project,
            resources=self.resources(environment, change, document),
            airflow=airflow,
        )

    def _document(self, environment: Environment) -> EnvironmentDocument:
        found = self.documents.newest(environment)
        if found is None:
            raise NoDocument(
                f"{environment} has no environment document: what runs there is not written down",
                remedy=f"slipway release bootstrap -s {environment}",
            )
        return found

    def resources(
        self, environment: Environment, change: Change, document: EnvironmentDocument
    ) -> tuple[Effect, ...]:
        """Preview what the platform's program would change, for the catalog entries of a change.

        Raises:
            UpdateRefused: it refuses the composed catalogue.
        """
        if not any(part.kind is PartKind.ENTRY for part in change.parts):
            return ()
        workspace = self.compositions.of(change.applied(document))
        program = Program(stack=StackName(environment.value), workspace=workspace.resolve())
        return resource_effects(self.engine.preview(program))


def entries_of(release: Release) -> tuple[Entry, ...]:
    """The entries that a release puts into a document."""
    return tuple(
        Entry(
            part=artifact.part,
            artifact=artifact.digest,
            release=release.digest,
            commit=release.manifest.commit,
        )
        for artifact in release.manifest.artifacts
    )


def removed_of(release: Release) -> tuple[PartId, ...]:
    """The parts that a release takes out."""
    return tuple(PartId.parse(part) for part in release.manifest.removed)


def _refuse_foreign(release: Release, change: Change) -> None:
    foreign = [str(part) for part in change.parts if part.kind not in SHIPPED]
    if foreign:
        raise PartNotShipped(
            f"release {short(release.digest)} changes {', '.join(foreign)}, which no rollout carries",
            remedy=f"release only parts of the kinds {', '.join(sorted(SHIPPED))}",
        )


class _Look:
    """One look at one composed workspace."""

    def __init__(self, survey: Survey, change: Change, document: EnvironmentDocument) -> None:
        self._survey = survey
        self._environment = document.environment
        self._change = change
        entries = change.applied(document)
        self._entries = {entry.part: entry for entry in entries}
        self._folder = survey.compositions.of(entries)
        self._workspace = load_workspace(self._folder)
        self.project = project_of(self._folder)
        self._dbt = self._parsed()

    def pipelines(self, suffix: str) -> Iterator[ShippedPipeline]:
        """Every pipeline that the change touches, by name."""
        parts = self._change.parts
        names = {part.pipeline for part in parts} - {FOUNDATION}
        if DBT_FOUNDATION in parts:  # macros and settings are every model's
            names |= {each.name for each in self._workspace.pipelines if each.part(PartKind.DBT)}
        known = {pipeline.name: pipeline for pipeline in self._workspace.pipelines}
        owners = Owners(self._survey.warehouse, self._survey.role)
        for name in sorted(names):
            is_new = self._change.is_new(PartId(name, PartKind.ENTRY))
            yield owners.owned(self._shipped(name, known.get(name), suffix), is_new=is_new)

    def _shipped(self, name: PipelineName, pipeline: Pipeline | None, suffix: str) -> ShippedPipeline:
        built = self._built(name)
        has_dag = pipeline is not None and pipeline.part(PartKind.DAG) is not None
        changed = self._dag_change(name)
        limits = TimeLimits() if pipeline is None else pipeline.limits
        return ShippedPipeline(
            name=name,
            dag=dag_id(name) if has_dag or changed is not None else None,
            dag_change=changed,
            work=DbtWork(
                part=PartId(name, PartKind.DBT),
                project=str(self.project),
                tables=tuple(each.name for each in built.tables),
                views=tuple(each.name for each in built.views),
                schemas=self._schemas(built.all),
                suffix=suffix,
                limit=limits.build,
            )
            if built.all
            else None,
            views=self._views(built.views),
            relations=tuple(self._relation(each, pipeline, suffix) for each in built.tables),
            run_limit=limits.run,
        )

    def _views(self, built: Iterable[Resource]) -> tuple[PublishedView, ...]:
        return tuple(sorted((self._view(each) for each in built), key=lambda view: view.dataset.uri))

    def _view(self, resource: Resource) -> PublishedView:
        dataset = self._dataset(resource)
        view = PublishedView(dataset=dataset, database=self._survey.physical(dataset.database))
        refuse_other_kind(self._survey.warehouse, view.view, resource, self._environment)
        return view

    def _schemas(self, built: Iterable[Resource]) -> tuple[SchemaPlace, ...]:
        """Production's schemas that something is built in."""
        datasets = (self._dataset(each) for each in built)
        places = {(self._survey.physical(each.database), each.schema) for each in datasets}
        return tuple(SchemaPlace(database=database, name=name) for database, name in sorted(places))

    def _dag_change(self, name: PipelineName) -> DagChange | None:
        part = PartId(name, PartKind.DAG)
        if part not in self._change.parts:
            return None
        new = {entry.part: entry.artifact for entry in self._change.entries}
        old = {entry.part: entry.artifact for entry in self._change.previous}
        return DagChange(part=part, artifact=new.get(part), previous=old.get(part))

    def _built(self, name: PipelineName) -> Built:
        """What dbt makes of a pipeline's own files, where they, or what all models stand on, have changed."""
        part = PartId(name, PartKind.DBT)
        entry = self._entries.get(part)
        if self._dbt is None or entry is None or not {part, DBT_FOUNDATION} & set(self._change.parts):
            return Built()
        files = read_artifact(self._survey.artifacts, entry)
        return built_of(self._dbt, {file.path.removeprefix(f"{self.project}/") for file in files})

    def _relation(self, resource: Resource, pipeline: Pipeline | None, suffix: str) -> Relation:
        dataset = self._dataset(resource)
        database = self._survey.physical(dataset.database)
        production = Table.of(database, dataset.schema, dataset.table)
        is_new = self._survey.warehouse.made(production) is None
        if is_new:
            refuse_other_kind(self._survey.warehouse, production, resource, self._environment)
        return Relation(
            dataset=dataset,
            database=database,
            suffix=suffix,
            grows=grows(resource),
            is_new=is_new,
            contract=self._contract(dataset, pipeline),
        )

    def _contract(self, dataset: Dataset, pipeline: Pipeline | None) -> Contract | None:
        outputs = () if pipeline is None else pipeline.outputs
        found = (output.contract for output in outputs if output.dataset == dataset)
        path = next(found, None)
        return None if path is None else read_contract(self._folder, str(path))

    def _dataset(self, resource: Resource) -> Dataset:
        node = None if self._dbt is None else self._dbt.node(resource)
        if node is None or node.kind is not NodeKind.DATASET:
            raise DefinitionError(
                f"dbt's {resource.unique_id} is {resource.relation_name}, which no catalogue can name",
                remedy="give it a database of the catalogue, and a name without quotes",
            )
        return Dataset.parse(node.name)

    def _parsed(self) -> DbtProject | None:
        if not any(part.kind is PartKind.DBT for part in self._change.parts):
            return None
        if self.project is None:
            if any(entry.part.kind is PartKind.DBT for entry in self._entries.values()):
                dbt_folder(())  # models that nobody could build must not look as if they were shipped
            return None
        logical = self._workspace.snowflake_databases
        names = {self._survey.physical(database): database for database in logical}
        return read_manifest(self._survey.dbt.manifest(self._folder / self.project), names)
