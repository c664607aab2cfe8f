"""The way back is computed from what the release has done, and from what is left of it."""

from dataclasses import replace

import pytest

from slipway.model.deployment import Purpose
from slipway.model.environment import Environment
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.ports.journal import Deployment
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.planned import Plan
from slipway.rollout.way_back import NothingToTakeBack, facts_of_way_back
from slipway.stages import Completed
from tests.doubles.deployments import opened
from tests.rollout.world import RELEASE, Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
REVENUE = PipelineName("revenue")


def _deployed(code: Code) -> tuple[World, Deployment]:
    it = World()
    it.begin(revenue=OLD, risk=OLD)
    stages = build_rollout(it.facts("revenue", code))
    plan = Plan(purpose=Purpose.DEPLOY, release=RELEASE, pipelines=(REVENUE,), stages=stages)
    assert it.finish(stages) == Completed()
    return it, replace(opened(), plan=plan.model_dump_json().encode())


def test_everything_that_the_release_changed_comes_back() -> None:
    """Kept generation, view, entries, DAG: from the journal's plan alone."""
    it, head = _deployed(NEW)
    document = it.documents.newest(Environment.DEV)
    assert document is not None
    facts = facts_of_way_back(head, it.journal.rows(head.id), document, REVENUE)
    stages = build_rollback(facts)
    assert [stage.kind for stage in stages] == [
        "pause-writers",
        "swap-table",
        "build-views",
        "write-document",
        "apply-platform",
        "publish-project",
        "publish-dag",
        "resume-writers",
        "keep-generation",
        "give-verdict",
    ]
    assert it.finish(stages, "dev-rollback-1") == Completed()
    first = it.documents.version(Environment.DEV, 1)
    newest = it.documents.newest(Environment.DEV)
    assert first is not None
    assert newest is not None
    assert newest.entries == first.entries
    assert it.seen["views"]["FINEDGE_DEV.MARTS.REVENUE_MONTHLY"] == "v1"


def test_only_what_was_changed_comes_back() -> None:
    """A release of a DAG alone swaps no table."""
    it, head = _deployed(Code(dag="dag 2"))
    document = it.documents.newest(Environment.DEV)
    assert document is not None
    facts = facts_of_way_back(head, it.journal.rows(head.id), document, REVENUE)
    assert facts.change.parts == (PartId(REVENUE, PartKind.DAG),)
    assert [stage.kind for stage in build_rollback(facts)] == [
        "pause-writers",
        "write-document",
        "publish-dag",
        "resume-writers",
        "give-verdict",
    ]


@pytest.mark.parametrize("pipeline", ["risk", "revenue"])
def test_what_is_not_there_is_not_taken_back(pipeline: str) -> None:
    """Neither a pipeline that the release has not touched, nor twice."""
    it, head = _deployed(NEW)
    document = it.documents.newest(Environment.DEV)
    assert document is not None
    if pipeline == "revenue":
        it.finish(
            build_rollback(facts_of_way_back(head, it.journal.rows(head.id), document, REVENUE)),
            "dev-rollback-1",
        )
        document = it.documents.newest(Environment.DEV)
        assert document is not None
    with pytest.raises(NothingToTakeBack, match=f"has nothing of {pipeline} left in dev"):
        facts_of_way_back(head, it.journal.rows(head.id), document, PipelineName(pipeline))
