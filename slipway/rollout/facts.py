"""What a plan is built from: a release, its pipelines, and an environment as it is. Frozen values, no I/O."""

from datetime import timedelta

from slipway.model.digest import Digest, DigestField
from slipway.model.effects import Effect
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen
from slipway.model.parts import PartIdField
from slipway.model.pipeline import PipelineName, TimeLimits
from slipway.rollout.change import Change
from slipway.rollout.relations import DbtWork, PublishedView, Relation


class DagChange(Frozen):
    """A DAG whose generation changes.

    Attributes:
        part: the pipeline's DAG part.
        artifact: the new generation; None takes the DAG away.
        previous: the one before; None for a DAG that is new.
    """

    part: PartIdField
    artifact: DigestField | None
    previous: DigestField | None


class ShippedPipeline(Frozen):
    """A pipeline that a deployment touches.

    Attributes:
        name: its name.
        dag: id of its DAG; None where it has none.
        dag_change: None where its DAG stays.
        work: what dbt has to do; None where no model changes.
        views: its views.
        relations: the tables that are published.
        run_limit: how long its observed run may take.
    """

    name: PipelineName
    dag: str | None
    dag_change: DagChange | None = None
    work: DbtWork | None = None
    views: tuple[PublishedView, ...] = ()
    relations: tuple[Relation, ...] = ()
    run_limit: timedelta = TimeLimits().run

    @property
    def published(self) -> tuple[Relation | PublishedView, ...]:
        """Everything that people find under production's names."""
        return (*self.relations, *self.views)

    @property
    def replaced(self) -> tuple[Relation, ...]:
        """The tables that had a generation before."""
        return tuple(relation for relation in self.relations if not relation.is_new)

    @property
    def shows(self) -> bool:
        """Whether a run shows something: new code, and a DAG that stays."""
        return not self.goes and (self.dag_change is not None or self.work is not None)

    @property
    def goes(self) -> bool:
        """Whether its DAG is taken away: then nobody lets it run again, or looks at a run of it."""
        return self.dag_change is not None and self.dag_change.artifact is None


class Facts(Frozen):
    """What a plan is built from: a release, and an environment as it is.

    Attributes:
        environment: where.
        release: digest of the release.
        change: what it changes in the environment document.
        pipelines: sorted by name.
        project: folder of the dbt project; None where the workspace has none.
        resources: what the platform's program would change.
        airflow: whether the environment has an Airflow: else nothing is paused and no run observed.
    """

    environment: Environment
    release: DigestField
    change: Change
    pipelines: tuple[ShippedPipeline, ...]
    project: str | None
    resources: tuple[Effect, ...]
    airflow: bool = True

    @property
    def touched(self) -> tuple[PipelineName, ...]:
        """Whose leases it takes, sorted: the pipelines, and the foundation where it changes."""
        owners = {part.pipeline for part in self.change.parts}
        return tuple(sorted({*owners, *(each.name for each in self.pipelines)}))

    @property
    def replaced(self) -> tuple[Relation, ...]:
        """The tables of all pipelines that had a generation before."""
        return tuple(relation for pipeline in self.pipelines for relation in pipeline.replaced)

    @property
    def scheduled(self) -> tuple[ShippedPipeline, ...]:
        """The pipelines whose DAG can run here."""
        return tuple(each for each in self.pipelines if each.dag is not None and self.airflow)

    @property
    def observed(self) -> tuple[ShippedPipeline, ...]:
        """The pipelines of which a run shows something new."""
        return tuple(each for each in self.scheduled if each.shows)

    @property
    def unrun(self) -> tuple[ShippedPipeline, ...]:
        """The pipelines of which a run would show something, and that nothing here can run."""
        return tuple(
            each for each in self.pipelines if each.dag is not None and each.shows and not self.airflow
        )


def suffix_of(release: Digest, attempt: int) -> str:
    """What candidate schemas are called after production's: unique to a deployment, upper case for dbt."""
    return f"__SLIPWAY_{release.removeprefix('sha256:')[:12].upper()}_{attempt}"
