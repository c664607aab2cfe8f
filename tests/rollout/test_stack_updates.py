"""Every state that a deployment leaves has an entry of it, wherever its process dies; nobody else's has."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from slipway.audit.stack_states import StackHistory, history_of
from slipway.model.environment import Environment, StackName
from slipway.model.events import DeploymentId, EventKind
from slipway.model.stack_states import POLICIES, UPDATE_STAGE, Span, spans_of
from slipway.ports.reporter import SilentReporter
from slipway.rollout.plan import build_rollout
from slipway.rollout.recording import RecordedStory, Teller
from slipway.rollout.stages import ApplyPlatform, RolloutStage
from slipway.stages import Completed, Parked, Undone
from slipway.stages.story import Story
from tests.doubles.deployments import Fuse, Killed, MemoryChronicle
from tests.doubles.memory_environment import POLICIES as PACK
from tests.rollout.test_turned_back import turn_back
from tests.rollout.world import ACTOR, RELEASE, Code, World

OLD, NEW = Code(), Code(entry="entry 2 bucket")
UPDATE = "apply-platform dev"
BY_HAND = 2
"""Versions of the state before there were deployments."""


@dataclass
class ToldWorld(World):
    """A world whose deployments are in a ledger."""

    chronicle: MemoryChronicle = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chronicle = MemoryChronicle(self.fuse)

    @property
    def listener(self) -> Story:
        """The ledger, as a new process tells it."""
        teller = Teller(
            deployment=DeploymentId("dev-0123456789ab-1"),
            environment=Environment.DEV,
            release=RELEASE,
            actor=ACTOR,
            clock=self.clock,
        )
        return RecordedStory(
            teller=teller, chronicle=self.chronicle, reporter=SilentReporter(), title="deploy", datasets=()
        )

    @property
    def history(self) -> StackHistory:
        """What the ledger says of the states."""
        return history_of(
            StackName.DEV, self.stack.states, self.chronicle.events, begun=lambda _: (), now=self.clock.now()
        )

    @property
    def strays(self) -> list[str]:
        """Versions that no entry answers for."""
        ids = [each.id for each in self.stack.states]
        rows = ((ids.index(each.first.id), each.versions) for each in self.history.unanswered)
        return [id_ for first, number in rows for id_ in ids[first : first + number]]

    def spans(self, kind: EventKind) -> list[tuple[Span, ...]]:
        """What events of one kind about the update answer for."""
        told = [each for each in self.chronicle.events if each.kind is kind and each.subject == UPDATE]
        return [spans_of(each.figures) for each in told]


def _world() -> ToldWorld:
    made = ToldWorld(Fuse())
    made.begin(revenue=OLD)
    return made


def _stages(it: World) -> tuple[RolloutStage, ...]:
    return build_rollout(it.facts("revenue", NEW))


def _moments() -> list[str]:
    it = _world()
    begun = len(it.fuse.moments)
    assert it.finish(_stages(it)) == Completed()
    return it.fuse.moments[begun:-2]


MOMENTS = _moments()


def _killed(at: int) -> tuple[ToldWorld, tuple[RolloutStage, ...]]:
    it = _world()
    stages = _stages(it)
    it.fuse.at = len(it.fuse.moments) + at
    with pytest.raises(Killed):
        it.finish(stages)
    it.fuse.at = None
    return it, stages


def test_the_stage_is_called_as_records_are_looked_for() -> None:
    """The ledger's index knows it by this name."""
    assert ApplyPlatform.model_fields["kind"].default == UPDATE_STAGE


def test_a_deployment_tells_what_it_found_and_left() -> None:
    """With the policies that judged it; what was there before is not its."""
    it = _world()
    assert it.finish(_stages(it)) == Completed()
    newest = it.stack.states[-1].id
    assert it.spans(EventKind.STAGE_DONE) == [(Span(after="v1", until=newest, policies=PACK),)]
    assert it.strays == ["v0", "v1"]
    assert it.history.versions > BY_HAND + 1


@pytest.mark.parametrize("at", range(len(MOMENTS)), ids=lambda at: f"{at} {MOMENTS[at]}")
def test_a_killed_process_is_answered_for_by_the_next(at: int) -> None:
    """Also between the update and the word that it is done."""
    it, stages = _killed(at)
    assert it.finish(stages, token=2) == Completed()
    assert it.strays == ["v0", "v1"]


@pytest.mark.parametrize("at", range(len(MOMENTS)), ids=lambda at: f"{at} {MOMENTS[at]}")
def test_the_way_back_answers_for_both(at: int) -> None:
    """What the update has written before its process died, and what taking it back has."""
    it, stages = _killed(at)
    turn_back(it)
    assert it.finish(stages, token=2) == Undone(reason="rolled back by ana")
    assert it.strays == ["v0", "v1"]


def test_what_was_refused_halfway_is_answered_for() -> None:
    """A policy stops an update after some of it was made: failure and debt name the states."""
    it = _world()
    it.stack.refused = "Pulumi refuses stack dev: open-ingress"
    refused = "Pulumi refuses stack dev: open-ingress\n  remedy: correct the program"
    owed = f"apply-platform dev: {refused}"  # the way back is refused too, for as long as it is tried
    assert it.finish(_stages(it)) == Undone(reason=refused, owed=(owed,))
    ((failed,),) = it.spans(EventKind.STAGE_FAILED)
    assert (failed.after, failed.policies) == ("v1", PACK)
    assert it.strays == ["v0", "v1"]


def test_an_update_by_hand_between_two_deployments_is_nobodys() -> None:
    """What the second finds is not what the first has left."""
    it = _world()
    assert it.finish(_stages(it)) == Completed()
    by_hand = it.stack.write()
    later = build_rollout(it.facts("revenue", Code(entry="entry 3"), 2))
    assert it.finish(later, "dev-0123456789ab-2") == Completed()
    assert it.strays == ["v0", "v1", by_hand]


def test_whoever_holds_the_lock_is_not_answered_for() -> None:
    """While a deployment waits for an update by hand, nothing that this writes is the deployment's."""
    it = _world()
    it.stack.locked = True
    stages = _stages(it)
    while not isinstance(outcome := it.carry_on(stages), Parked) or "locked" not in outcome.wait.condition:
        assert isinstance(outcome, Parked)
        it.clock.wait((outcome.wait.wake_at - it.clock.now()).total_seconds())
    by_hand = [it.stack.write(), it.stack.write()]
    it.clock.wait(timedelta(seconds=10).total_seconds())
    assert isinstance(it.carry_on(stages), Parked)
    by_hand.append(it.stack.write())
    it.stack.locked = False
    assert it.finish(stages) == Completed()
    assert it.strays == ["v0", "v1", *by_hand]


def test_a_killed_update_whose_lock_is_still_there_goes_on_being_its() -> None:
    """The engine may have survived the process that started it: it writes until its lock is gone."""
    at = MOMENTS.index("before pulumi up")
    it, stages = _killed(at)
    it.stack.locked = True
    assert isinstance(it.carry_on(stages, token=2), Parked)
    it.stack.write()
    it.stack.locked = False
    it.clock.wait(10)
    assert it.finish(stages, token=2) == Completed()
    assert it.strays == ["v0", "v1"]


def test_a_backend_without_versions_is_no_obstacle() -> None:
    """The policies are told all the same; whether all is recorded cannot be judged there."""
    it = _world()
    it.stack.is_versioned = False
    assert it.finish(_stages(it)) == Completed()
    assert it.spans(EventKind.STAGE_DONE) == [()]
    (done,) = (
        each for each in it.chronicle.events if each.kind is EventKind.STAGE_DONE and each.subject == UPDATE
    )
    assert done.figures[POLICIES] == PACK
