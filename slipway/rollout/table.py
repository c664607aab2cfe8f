"""The table: which handler carries out which kind of stage."""

from dataclasses import dataclass
from typing import Any

from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.objects import ObjectStore
from slipway.ports.orchestrator import DagStore, Orchestrator
from slipway.ports.stack_engine import StackEngine
from slipway.ports.warehouse import Warehouse
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.dossiers import NO_DOSSIERS, Dossiers
from slipway.rollout.ground import Evidences, Ground
from slipway.rollout.handlers.candidates import (
    AuditCandidatesHandler,
    BuildCandidatesHandler,
    PrepareCandidatesHandler,
)
from slipway.rollout.handlers.dags import ObserveRunHandler, PublishDagHandler, PublishProjectHandler
from slipway.rollout.handlers.document import WriteDocumentHandler
from slipway.rollout.handlers.grants import EqualiseGrantsHandler
from slipway.rollout.handlers.hand_over import HandOverHandler
from slipway.rollout.handlers.keep import KeepGenerationHandler
from slipway.rollout.handlers.platform import ApplyPlatformHandler
from slipway.rollout.handlers.settle import SettleWritesHandler
from slipway.rollout.handlers.swap import SwapTableHandler
from slipway.rollout.handlers.tagged import Tagged
from slipway.rollout.handlers.verdict import GiveVerdictHandler
from slipway.rollout.handlers.views import BuildViewsHandler
from slipway.rollout.handlers.writers import PauseWritersHandler, ResumeWritersHandler
from slipway.rollout.readable import ReadableProjects
from slipway.rollout.stack_updates import StackUpdates
from slipway.rollout.transaction_limits import TransactionLimits
from slipway.stages import Handler, Handlers


@dataclass(frozen=True, kw_only=True)
class Engines:
    """Everything that a rollout works on, in one environment.

    Attributes:
        ground: documents and compositions.
        documents: where versions are written.
        artifacts: where bundles are.
        warehouse: Snowflake.
        dbt: runs dbt.
        engine: the platform's stacks.
        updates: writes down which of their states a deployment answers for.
        orchestrator: Airflow.
        dag_store: the folder that Airflow reads.
        parsing: parses DAGs where there is no Airflow.
        evidence: where audits and verdicts are kept.
        role_prefix: how the Snowflake roles of the environment's pipelines begin.
        limits: of the environment's Snowflake.
        dossiers: writes down who approved what the stack is updated to.
    """

    ground: Ground
    documents: EnvironmentDocuments
    artifacts: ObjectStore
    warehouse: Warehouse
    dbt: DbtRuns
    engine: StackEngine
    updates: StackUpdates
    orchestrator: Orchestrator
    dag_store: DagStore
    parsing: DagParsing
    evidence: Evidences
    role_prefix: str
    limits: TransactionLimits
    dossiers: Dossiers = NO_DOSSIERS

    @property
    def projects(self) -> ReadableProjects:
        """Tells whether dbt can read what a document would compose to."""
        return ReadableProjects(documents=self.documents, compositions=self.ground.compositions, dbt=self.dbt)


def rollout_handlers(on: Engines) -> Handlers:
    """Join every kind of stage with its handler."""
    warehouse = on.warehouse
    return Handlers(
        {
            "prepare-candidates": _tagged(on, PrepareCandidatesHandler(warehouse=warehouse)),
            "build-candidates": BuildCandidatesHandler(ground=on.ground, dbt=on.dbt),
            "audit-candidates": _tagged(
                on, AuditCandidatesHandler(warehouse=warehouse, evidence=on.evidence)
            ),
            "equalise-grants": _tagged(on, EqualiseGrantsHandler(warehouse=warehouse)),
            "pause-writers": PauseWritersHandler(orchestrator=on.orchestrator),
            "swap-table": _tagged(on, SwapTableHandler(warehouse=warehouse, limits=on.limits)),
            "build-views": _tagged(on, BuildViewsHandler(ground=on.ground, dbt=on.dbt, warehouse=warehouse)),
            "write-document": WriteDocumentHandler(
                ground=on.ground, documents=on.documents, projects=on.projects
            ),
            "apply-platform": ApplyPlatformHandler(
                ground=on.ground, engine=on.engine, updates=on.updates, dossiers=on.dossiers
            ),
            "hand-over": _tagged(on, HandOverHandler(warehouse=warehouse)),
            "publish-project": PublishProjectHandler(
                ground=on.ground,
                orchestrator=on.orchestrator,
                store=on.dag_store,
                role_prefix=on.role_prefix,
            ),
            "publish-dag": PublishDagHandler(
                orchestrator=on.orchestrator,
                store=on.dag_store,
                artifacts=on.artifacts,
                parsing=on.parsing,
            ),
            "resume-writers": ResumeWritersHandler(orchestrator=on.orchestrator),
            "observe-run": ObserveRunHandler(orchestrator=on.orchestrator),
            "settle-writes": _tagged(on, SettleWritesHandler(warehouse=warehouse)),
            "keep-generation": _tagged(on, KeepGenerationHandler(warehouse=warehouse)),
            "give-verdict": _tagged(on, GiveVerdictHandler(evidence=on.evidence, warehouse=warehouse)),
        }
    )


def _tagged(on: Engines, handler: Handler[Any]) -> Handler[Any]:
    return Tagged(handler=handler, warehouse=on.warehouse)
