"""A deployment that is killed after the effect of each kind of stage, on real parts: a rerun converges.

The kinds are those of the handler table itself. One deployment covers them all: its process dies at the first
kind, the next process at the second, until one reaches the end.
"""

from collections import Counter

import pytest

from slipway.audit.checkpoints import Checkpoints
from slipway.audit.ledger import event_of
from slipway.audit.verify import Verifier
from slipway.model.events import EventKind
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind
from slipway.model.release import Release
from slipway.ports.journal import Conclusion, Deployment, StageState
from slipway.ports.orchestrator import RunId
from slipway.rollout.deployments import Purpose, deployment_id, plan_of
from slipway.rollout.stages import PrepareCandidates
from tests.integration.rollout.deployer import COMPLETED, KILLED, TAKEN_BACK, Moment, deploy_in_own_process
from tests.integration.rollout.production import REVENUE, TABLES, expected_rows, rows_of, seen
from tests.integration.rollout.site import ENVIRONMENT, OpenSite
from tests.integration.rollout.small_workspace import release

pytestmark = pytest.mark.integration


def _head(here: OpenSite, shipped: Release) -> Deployment:
    found = here.journal.deployment(deployment_id(ENVIRONMENT, Purpose.DEPLOY, shipped.digest, 1))
    assert found is not None
    return found


def _died_at(here: OpenSite, shipped: Release, state: StageState) -> str:
    """The kind of the one stage of which the journal says so."""
    rows = here.journal.rows(_head(here, shipped).id)
    (stage,) = (row.stage for row in rows if row.state is state)
    return stage.partition(" ")[0]


def _killed_everywhere(
    here: OpenSite, shipped: Release, moment: Moment, state: StageState, ending: int
) -> list[str]:
    """Deploy, process after process, until one comes to the end; return the kinds that killed."""
    killers: list[str] = []
    while (code := deploy_in_own_process(here.site, shipped, moment, killers)) == KILLED:
        killers.append(_died_at(here, shipped, state))
    assert code == ending
    return killers


def _told(here: OpenSite, head: Deployment) -> Counter[tuple[EventKind, str]]:
    """What the ledger says of a deployment, after a proof that nobody has touched it."""
    verifier = Verifier(here.ledger, here.evidence, Checkpoints(here.objects, ()))
    assert verifier.verify(head.id).discrepancies == ()
    events = [event_of(entry) for entry in here.ledger.entries(head.id)]
    assert events[0].kind is EventKind.DEPLOYMENT_OPENED
    assert events[-1].kind is EventKind.DEPLOYMENT_SEALED
    return Counter((event.kind, event.subject) for event in events)


def test_a_release_killed_at_every_kind_of_stage_is_published_once(here: OpenSite) -> None:
    """New rows once, the old ones kept; grants, entries, resources, pointer; one run; a whole ledger."""
    here.airflow.let_runs(succeed=True)
    before = seen(here)
    shipped = release(here.artifacts, "1.10", version="v2")
    killers = _killed_everywhere(here, shipped, Moment.DO, StageState.INTENT, COMPLETED)
    assert len(killers) == len(set(killers))
    assert set(killers) == here.handlers.kinds

    head = _head(here, shipped)
    stages = plan_of(head).stages
    after = seen(here)
    assert head.conclusion is Conclusion.COMPLETED
    assert after["rows"] == expected_rows("1.10")
    assert after["view"] == [(number, amount, "v2") for number, _, amount in after["rows"]["REVENUE"]]
    assert after["grants"] == before["grants"]
    (prepared,) = (stage for stage in stages if isinstance(stage, PrepareCandidates))
    kept = {each.dataset.table: rows_of(here.warehouse, each.candidate.sql) for each in prepared.relations}
    assert kept == before["rows"]
    assert set(kept) == set(TABLES)
    new = {str(artifact.part): artifact.digest for artifact in shipped.manifest.artifacts}
    assert after["entries"] == before["entries"] | new
    assert after["resources"] != before["resources"]
    assert after["pointer"] == new[str(PartId(REVENUE, PartKind.DAG))]
    assert after["paused"] == before["paused"]
    assert here.airflow.triggered.count(RunId(f"slipway__{head.id}")) == 1

    told = _told(here, head)
    verdict = stages[-1].name
    assert {subject: told[EventKind.STAGE_DONE, subject] for subject in (each.name for each in stages)} == {
        each.name: 1 for each in stages
    } | {verdict: 0}
    assert told[EventKind.VERDICT, verdict] == 1


def test_a_release_that_fails_killed_on_its_way_back_leaves_production_as_it_was(here: OpenSite) -> None:
    """Its run fails; the process dies after each kind's undo, and nothing is left of the release."""
    before = seen(here)
    here.airflow.let_runs(succeed=False)
    shipped = release(here.artifacts, "1.05", version="v3")
    killers = _killed_everywhere(here, shipped, Moment.UNDO, StageState.UNDOING, TAKEN_BACK)
    head = _head(here, shipped)
    rows = here.journal.rows(head.id)
    assert {row.state for row in rows} == {StageState.UNDONE}
    begun = [stage for stage in plan_of(head).stages if stage.name in {row.stage for row in rows}]
    assert begun[-1].kind == "observe-run"
    assert len(killers) == len(set(killers))
    assert set(killers) == {stage.kind for stage in begun}

    assert head.conclusion is Conclusion.UNDONE
    assert "of DAG revenue failed: build (failed)" in head.reason
    assert seen(here) == before
    assert here.airflow.triggered.count(RunId(f"slipway__{head.id}")) == 1
    told = _told(here, head)
    assert {name: told[EventKind.STAGE_DONE, name] for name in (each.name for each in begun)} == {
        each.name: int(each.kind != "observe-run") for each in begun
    }
    assert {name: told[EventKind.STAGE_UNDONE, name] for name in (each.name for each in begun)} == {
        each.name: 1 for each in begun
    }
    assert told[EventKind.STAGE_FAILED, begun[-1].name] == 1
