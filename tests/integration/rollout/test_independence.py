"""Two pipelines on real parts: one ships while the other waits, one goes back while the other stays.

A2 is merged before B2, so that B2 is built from a commit that holds both. What must not happen is that B2's
release, or A1's rollback, takes anything of the other pipeline along: in tables, in the dbt project of the
workers, in the DAG folder, in Pulumi's state.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from slipway.model.digest import hex_of
from slipway.model.people import approver_of
from slipway.model.pipeline import PipelineName
from slipway.model.release import Release
from slipway.model.touched import touched_pipelines
from slipway.release.approvals import Approvals, consider
from slipway.release.control import RunningControl
from slipway.release.gates import judge
from slipway.release.gates.facts import Known
from slipway.release.gates.gathering import Sources, gather
from slipway.release.gates.report import GateId, GateState
from slipway.release.releases import Releases
from slipway.rollout.handlers.dags import PROJECT_VARIABLE
from slipway.stages import Completed
from tests.doubles.desk import Acting
from tests.doubles.local_signer import LocalSigner
from tests.doubles.releases import EFFECTS, approving
from tests.integration.rollout.deployer import deployed, rolled_back
from tests.integration.rollout.production import REFUNDS, REVENUE, expected_rows, resources, rows_of
from tests.integration.rollout.site import DATABASE, ENVIRONMENT, OpenSite
from tests.integration.rollout.small_workspace import MainBranch, refunds, revenue

pytestmark = pytest.mark.integration


@dataclass(frozen=True, kw_only=True)
class Running:
    """A pipeline as people and engines find it.

    Attributes:
        rows: of its table.
        model: the SQL in the dbt project of the workers.
        dag: the DAG file that Airflow is pointed at.
        resource: name of its component in Pulumi's state.
    """

    rows: list[tuple[object, ...]]
    model: str
    dag: str
    resource: str


def test_a_pipeline_ships_and_comes_back_without_the_other(here: OpenSite) -> None:
    """A1 and B1 run, A2 waits for an approval, B2 ships, A1 goes back: what was before A1 runs, and B2."""
    here.airflow.let_runs(succeed=True)
    main = MainBranch(here.artifacts)
    first, code_a1, code_b2 = (
        revenue("1.00", version="v1"),
        revenue("1.04", version="a1"),
        refunds("1.08", version="b2"),
    )
    a1, b1 = main.merge(code_a1), main.merge(refunds("1.00", version="b1"))
    for each in (a1, b1):
        assert deployed(here, here.deployments(here.handlers), each) == Completed()
    a2, b2 = main.merge(revenue("1.08", version="a2")), main.merge(code_b2)

    gates = Gates(here)
    gates.approve(b2)
    assert gates.states(a2)[GateId.APPROVALS] is GateState.REFUSED
    assert gates.states(b2)[GateId.APPROVALS] is GateState.PASSED
    assert gates.states(b2)[GateId.CARRIED_CHANGES] is GateState.PASSED

    assert deployed(here, here.deployments(here.handlers), b2) == Completed()
    assert running(here) == {REVENUE: written(code_a1, "1.04"), REFUNDS: written(code_b2, "1.08")}

    assert rolled_back(here, here.deployments(here.handlers), a1, REVENUE) == Completed()
    assert running(here) == {REVENUE: written(first, "1.00"), REFUNDS: written(code_b2, "1.08")}


def running(here: OpenSite) -> dict[PipelineName, Running]:
    """Both pipelines as they are."""
    project = str(here.airflow.variable(PROJECT_VARIABLE)).partition("/dags/")[2]
    assert project
    return {name: _running(here, name, project) for name in (REVENUE, REFUNDS)}


def _running(here: OpenSite, name: PipelineName, project: str) -> Running:
    generation = here.dag_store.pointed(name)
    assert generation is not None
    (resource,) = (each for each in resources(here) if each.startswith(f"{name}-"))
    return Running(
        rows=rows_of(here.warehouse, f"{DATABASE}.MARTS.{name.upper()}"),
        model=_text(here, f"{project}/models/marts/{name}/{name}.sql"),
        dag=_text(here, f"slipway/generations/{hex_of(generation)}/{name}.py"),
        resource=resource,
    )


def _text(here: OpenSite, key: str) -> str:
    return here.dag_folder.read(key).content.decode()


def written(code: Mapping[str, str], factor: str) -> Running:
    """What its code makes of a pipeline."""
    (entry,) = (path for path in code if path.startswith("catalog/"))
    name = entry.removeprefix("catalog/").removesuffix(".yaml")
    digest = hashlib.sha256(code[entry].encode()).hexdigest()[:12]
    return Running(
        rows=expected_rows(factor)[name.upper()],
        model=code[f"dbt/models/marts/{name}/{name}.sql"],
        dag=code[f"dags/{name}.py"],
        resource=f"{name}-{digest}",
    )


class Gates:
    """The gates of the environment, on its own records: Ana approves, Ben deploys.

    Args:
        here: where.
    """

    def __init__(self, here: OpenSite) -> None:
        self._here = here
        self._signer = LocalSigner()
        self._trusted = (self._signer.pinned,)
        self._control = RunningControl(
            documents=here.documents, releases=Releases(here.artifacts, self._trusted)
        )

    def approve(self, release: Release) -> None:
        """Have Ana approve it."""
        roster = self._control.of(ENVIRONMENT, touched_pipelines(release.manifest)).roster
        ana = approver_of(approving("ana.silva"), roster)
        approval = consider(
            release, ENVIRONMENT, EFFECTS, ana, now=self._here.clock.now(), lasts=timedelta(hours=1)
        )
        self._approvals(release).give(approval, self._signer, into=self._here.objects)

    def states(self, release: Release) -> dict[GateId, GateState]:
        """How each gate stands."""
        sources = Sources(
            control=self._control,
            evidence=self._here.evidence,
            ledger=self._here.ledger,
            approvals=self._approvals(release),
            identity=Acting("ben.okoro"),
            clock=self._here.clock,
        )
        report = judge(release, ENVIRONMENT, Known(EFFECTS), gather(sources, release, ENVIRONMENT))
        return {result.gate: result.state for result in report.results}

    def _approvals(self, release: Release) -> Approvals:
        return Approvals(self._here.objects, self._trusted, release.digest, ENVIRONMENT)
