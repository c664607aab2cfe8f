"""The engine: stages are done once, a killed process is continued, and what fails is taken back."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from slipway.ports.journal import Conclusion, Direction, JournalFenced, StageState
from slipway.stages import Completed, Executor, Outcome, Parked, Stage, Undone
from tests.doubles.deployments import Fuse, Killed, ManualClock, MemoryJournal, ToldStory, opened
from tests.stages.lamps import Judge, Room, Switch, Warm, handlers

GOOD: Sequence[Stage] = (
    Switch(target="hall", colour="red"),
    Switch(target="desk", colour="blue"),
    Judge(target="room"),
)
BAD: Sequence[Stage] = (*GOOD[:2], Judge(target="room", pleased=False), Switch(target="attic"))


class Desk:
    """A room, a journal and whoever carries plans out in it."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.room = Room(fuse=self.fuse, lamps={"hall": "white"}, powered={"hall"})
        self.journal = MemoryJournal(self.fuse)
        self.clock = ManualClock()
        self.story = ToldStory()

    def carry_on(self, stages: Sequence[Stage], token: int = 1) -> Outcome:
        head = self.journal.deployment(opened().id) or opened()
        executor = Executor(
            handlers=handlers(self.room),
            journal=self.journal,
            clock=self.clock,
            story=self.story,
            actor="arn:aws:iam::111122223333:user/ana.silva",
        )
        return executor.carry_on(replace(head, token=token), stages)


def test_every_stage_is_done_in_order() -> None:
    """The plan is what happens."""
    desk = Desk()
    assert desk.carry_on(GOOD) == Completed()
    assert desk.room.lamps == {"hall": "red", "desk": "blue"}
    assert [line.split()[0] for line in desk.story.told] == [*["begun", "done"] * 3, "ended"]
    assert desk.story.told[0] == "begun switch hall: switch hall to red"
    head = desk.journal.deployment(opened().id)
    assert head is not None
    assert head.conclusion is Conclusion.COMPLETED
    assert desk.journal.open(opened().environment) == ()


def test_what_fails_is_taken_back_in_reverse() -> None:
    """The world is what it was, a stage that was never begun is not undone, and the reason is kept."""
    desk = Desk()
    outcome = desk.carry_on(BAD)
    assert outcome == Undone(reason="room is too bright\n  remedy: dim it")
    assert desk.room.seen == ({"hall": "white"}, {"hall"})
    undone = [line for line in desk.story.told if line.startswith("undone")]
    assert undone == ["undone judge room", "undone switch desk", "undone switch hall"]
    head = desk.journal.deployment(opened().id)
    assert head is not None
    assert (head.direction, head.conclusion) == (Direction.BACK, Conclusion.UNDONE)


def test_what_a_stage_learned_before_its_verification_failed_is_there_for_the_way_back() -> None:
    """A handler's `undo` needs the names of what `do` has made."""
    desk = Desk()
    desk.carry_on(BAD)
    row = next(row for row in desk.journal.rows(opened().id) if row.stage == "judge room")
    assert row.outputs == {"looked": "yes"}
    assert row.state is StageState.UNDONE


def _moments(stages: Sequence[Stage]) -> int:
    desk = Desk()
    desk.carry_on(stages)
    return len(desk.fuse.moments)


@pytest.mark.parametrize(
    ("stages", "at"),
    [(stages, at) for stages in (GOOD, BAD) for at in range(_moments(stages))],
    ids=lambda value: str(value) if isinstance(value, int) else ("good" if value is GOOD else "bad"),
)
def test_killed_anywhere_and_run_again_it_ends_the_same(stages: Sequence[Stage], at: int) -> None:
    """Every moment before and after a write, in the journal and in the world, forward and on the way back."""
    whole = Desk()
    expected = whole.carry_on(stages)
    desk = Desk(Fuse(at=at))
    with pytest.raises(Killed):
        desk.carry_on(stages)
    assert desk.carry_on(stages, token=2) == expected
    assert desk.room.seen == whole.room.seen
    assert [row.state for row in desk.journal.rows(opened().id)] == [
        row.state for row in whole.journal.rows(opened().id)
    ]
    assert max(desk.room.switched.values()) == 1, "nothing is done twice"


def test_a_stage_that_waits_parks_the_deployment_and_is_continued() -> None:
    """No process waits: whoever comes later looks again."""
    desk = Desk()
    stages = (Switch(target="hall", colour="red"), Warm(target="hall"), Judge(target="room"))
    parked = desk.carry_on(stages)
    assert isinstance(parked, Parked)
    assert parked.wait.condition == "hall is warm"
    assert [head.wait for head in desk.journal.open(opened().environment)] == [parked.wait]
    assert isinstance(desk.carry_on(stages), Parked)
    desk.room.warm.add("hall")
    assert desk.carry_on(stages) == Completed()
    assert desk.room.switched == {"hall": 1}
    begun = [line for line in desk.story.told if line.startswith("begun warm")]
    assert len(begun) == 1, "another look is no news"


def test_what_waits_past_its_deadline_is_taken_back() -> None:
    """The deadline counts from the first look, however often somebody looks."""
    desk = Desk()
    stages = (Switch(target="hall", colour="red"), Warm(target="hall"))
    desk.carry_on(stages)
    for _ in range(4):
        desk.clock.wait(60)
        assert isinstance(desk.carry_on(stages), Parked)
    desk.clock.wait(61)
    outcome = desk.carry_on(stages)
    assert isinstance(outcome, Undone)
    assert "warm hall: hall is warm did not come true by 2026-03-02 12:05 UTC" in outcome.reason
    assert desk.room.lamps == {"hall": "white"}


def test_what_came_true_is_done_however_late_somebody_looks() -> None:
    """A schedule that stood still for an hour is no reason to take back a release that is well."""
    desk = Desk()
    stages = (Switch(target="hall", colour="red"), Warm(target="hall"))
    desk.carry_on(stages)
    desk.room.warm.add("hall")
    desk.clock.wait(3600)
    assert desk.carry_on(stages) == Completed()


def test_an_older_process_is_stopped_at_its_next_write() -> None:
    """Two processes never walk one plan: the one with the older lease cannot write."""
    desk = Desk()
    desk.carry_on(GOOD[:1], token=2)
    with pytest.raises(JournalFenced, match="newer writer"):
        desk.carry_on(GOOD, token=1)
    assert desk.room.lamps == {"hall": "red"}
