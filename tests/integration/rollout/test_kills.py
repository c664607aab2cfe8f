"""A deployment that is killed after the effect of each kind of stage, on real parts: a rerun converges.

The kinds are those of the handler table itself. One deployment covers them all: its process dies at the first
kind, the next process at the second, until one reaches the end. So it goes forward, back and in a rollback.
Each release calls a column something else, in a table and in the view on it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from slipway.audit.checkpoints import Checkpoints
from slipway.audit.ledger import event_of
from slipway.audit.verify import Verifier
from slipway.model.deployment import Purpose, deployment_id
from slipway.model.events import EventKind
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind
from slipway.model.release import Release
from slipway.ports.journal import Conclusion, Deployment, StageState
from slipway.ports.orchestrator import RunId
from slipway.rollout.planned import plan_of
from slipway.rollout.stages import PrepareCandidates
from tests.integration.rollout.deployer import (
    COMPLETED,
    KILLED,
    TAKEN_BACK,
    Moment,
    Work,
    work_in_own_process,
)
from tests.integration.rollout.production import REVENUE, TABLES, expected_rows, rows_of, seen
from tests.integration.rollout.site import ENVIRONMENT, OpenSite
from tests.integration.rollout.small_workspace import release

pytestmark = pytest.mark.integration

LAST = "give-verdict"
"""The kind of a deployment's last stage: killed after it, everything is there to be taken back."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A release that came in through a kill at every kind of stage.

    Attributes:
        release: which one.
        killers: the kinds that killed, in their order.
        before: what was seen before it.
        after: what is seen after it.
        kept: the rows that were swapped out.
    """

    release: Release
    killers: list[str]
    before: dict[str, Any]
    after: dict[str, Any]
    kept: dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def published(here: OpenSite) -> Published:
    """Version 2."""
    here.airflow.let_runs(succeed=True)
    before = seen(here)
    shipped = release(here.artifacts, "1.10", version="v2", month="period")
    killers = _killed_everywhere(here, Work.DEPLOY, shipped, Moment.DO)
    return Published(
        release=shipped, killers=killers, before=before, after=seen(here), kept=_swapped_out(here, shipped)
    )


def test_a_release_killed_at_every_kind_of_stage_is_published_once(
    here: OpenSite, published: Published
) -> None:
    """New rows once, the old ones kept; grants, entries, resources, pointer; one run; a whole ledger."""
    head = _head(here, Purpose.DEPLOY, published.release)
    before, after = published.before, published.after
    assert len(published.killers) == len(set(published.killers))
    assert set(published.killers) == here.handlers.kinds
    assert head.conclusion is Conclusion.COMPLETED
    assert after["rows"] == _rows("1.10")
    assert published.kept == before["rows"]
    assert after["view"] == [(*line, "v2") for line in after["rows"]["REVENUE"]]
    assert after["grants"] == before["grants"]
    new = {str(artifact.part): artifact.digest for artifact in published.release.manifest.artifacts}
    assert after["entries"] == before["entries"] | new
    assert after["resources"] != before["resources"]
    assert after["pointer"] == new[str(PartId(REVENUE, PartKind.DAG))]
    assert after["paused"] == before["paused"]
    assert here.airflow.triggered.count(RunId(f"slipway__{head.id}")) == 1
    assert _told_once(here, head, EventKind.STAGE_DONE, but=LAST)
    assert _told(here, head)[EventKind.VERDICT, plan_of(head).stages[-1].name] == 1


def test_a_rollback_killed_at_every_kind_of_stage_brings_back_what_was_before(
    here: OpenSite, published: Published
) -> None:
    """The kept generation with its grants and without a mark; what is left is kept in its place."""
    killers = _killed_everywhere(here, Work.ROLL_BACK, published.release, Moment.DO)
    head = _head(here, Purpose.ROLLBACK, published.release)
    stages = plan_of(head).stages
    assert len(killers) == len(set(killers))
    assert set(killers) == {stage.kind for stage in stages}
    assert head.conclusion is Conclusion.COMPLETED
    assert seen(here) == published.before
    assert _swapped_out(here, published.release) == published.after["rows"]
    assert _told_once(here, head, EventKind.STAGE_DONE, but=LAST)
    assert _told(here, head)[EventKind.VERDICT, stages[-1].name] == 1


def test_a_release_killed_everywhere_on_its_way_back_leaves_production_as_it_was(here: OpenSite) -> None:
    """Its process dies at the last stage, and then after each kind's undo; nothing is left of the release."""
    before = seen(here)
    here.airflow.let_runs(succeed=True)
    shipped = release(here.artifacts, "1.05", version="v3", month="quarter")
    spared = here.handlers.kinds - {LAST}
    assert work_in_own_process(here.site, Work.DEPLOY, shipped, Moment.DO, spared) == KILLED
    assert seen(here)["rows"] == _rows("1.05")
    killers = _killed_everywhere(here, Work.TURN_BACK, shipped, Moment.UNDO)

    head = _head(here, Purpose.DEPLOY, shipped)
    assert len(killers) == len(set(killers))
    assert set(killers) == here.handlers.kinds
    assert {row.state for row in here.journal.rows(head.id)} == {StageState.UNDONE}
    assert (head.conclusion, head.reason) == (Conclusion.UNDONE, "rolled back by a person")
    assert seen(here) == before
    assert _swapped_out(here, shipped) == _rows("1.05")
    assert here.airflow.triggered.count(RunId(f"slipway__{head.id}")) == 1
    assert _told_once(here, head, EventKind.STAGE_DONE, but=LAST)
    assert _told_once(here, head, EventKind.STAGE_UNDONE)


def _killed_everywhere(here: OpenSite, work: Work, shipped: Release, moment: Moment) -> list[str]:
    """Work, process after process, until one comes to the end; return the kinds that killed."""
    purpose = Purpose.ROLLBACK if work is Work.ROLL_BACK else Purpose.DEPLOY
    state = StageState.INTENT if moment is Moment.DO else StageState.UNDOING
    killers: list[str] = []
    while (code := work_in_own_process(here.site, work, shipped, moment, killers)) == KILLED:
        killers.append(_died_at(here, _head(here, purpose, shipped), state))
    assert code == (COMPLETED if moment is Moment.DO else TAKEN_BACK)
    return killers


def _died_at(here: OpenSite, head: Deployment, state: StageState) -> str:
    """The kind of the one stage of which the journal says so."""
    (stage,) = (row.stage for row in here.journal.rows(head.id) if row.state is state)
    return stage.partition(" ")[0]


def _head(here: OpenSite, purpose: Purpose, shipped: Release) -> Deployment:
    found = here.journal.deployment(deployment_id(ENVIRONMENT, purpose, shipped.digest, 1))
    assert found is not None
    return found


def _rows(factor: str) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows for table, rows in expected_rows(factor).items() if table in TABLES}


def _swapped_out(here: OpenSite, shipped: Release) -> dict[str, list[tuple[object, ...]]]:
    """What lies under the candidates' names: a generation that was production for a while."""
    stages = plan_of(_head(here, Purpose.DEPLOY, shipped)).stages
    (prepared,) = (stage for stage in stages if isinstance(stage, PrepareCandidates))
    kept = {each.dataset.table: rows_of(here.warehouse, each.candidate.sql) for each in prepared.relations}
    assert set(kept) == set(TABLES)
    return kept


def _told_once(here: OpenSite, head: Deployment, kind: EventKind, *, but: str = "") -> bool:
    """Whether the ledger says so of each stage once, and of none of another kind."""
    told = {name: count for (each, name), count in _told(here, head).items() if each is kind}
    return told == {stage.name: 1 for stage in plan_of(head).stages if stage.kind != but}


def _told(here: OpenSite, head: Deployment) -> Counter[tuple[EventKind, str]]:
    """What the ledger says of a deployment, after a proof that nobody has touched it."""
    verifier = Verifier(here.ledger, here.evidence, Checkpoints(here.objects, ()))
    assert verifier.verify(head.id).discrepancies == ()
    events = [event_of(entry) for entry in here.ledger.entries(head.id)]
    assert events[0].kind is EventKind.DEPLOYMENT_OPENED
    assert events[-1].kind is EventKind.DEPLOYMENT_SEALED
    return Counter((event.kind, event.subject) for event in events)
