"""The engine: stages are done once, a killed process is continued, and what fails is taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from slipway.ports.journal import Conclusion, Direction, JournalFenced, StageState
from slipway.stages import (
    Completed,
    Executor,
    Handlers,
    Outcome,
    Parked,
    Progress,
    Run,
    Stage,
    StageFailed,
    Undone,
    owed_in,
    way_back,
)
from tests.doubles.deployments import Fuse, Killed, ManualClock, MemoryJournal, ToldStory, opened
from tests.stages.lamps import Judge, Room, Shade, Switch, SwitchHandler, Warm, handlers

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
            lease=lambda: timedelta(seconds=20),
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


def test_what_a_stage_keeps_while_it_is_done_survives_its_process() -> None:
    """It is in the journal at once; how far the stage is stays as it was."""
    desk = Desk()
    kept: list[str] = []

    class Keeping(SwitchHandler):
        def do(self, stage: Switch, run: Run) -> Progress:
            kept.append(run.own.get("met", ""))
            run.keep({"met": "ana"})
            if len(kept) == 1:
                raise Killed(stage.target)
            return super().do(stage, run)

    def carry_on() -> Outcome:
        executor = Executor(
            handlers=Handlers({"switch": Keeping(desk.room)}),
            journal=desk.journal,
            clock=desk.clock,
            story=desk.story,
            actor="arn:aws:iam::111122223333:user/ana.silva",
            lease=lambda: timedelta(seconds=20),
        )
        return executor.carry_on(opened(), GOOD[:1])

    with pytest.raises(Killed):
        carry_on()
    (row,) = desk.journal.rows(opened().id)
    assert (row.state, row.outputs["met"]) == (StageState.INTENT, "ana")
    assert carry_on() == Completed()
    assert kept == ["", "ana"]


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


HOT: Sequence[Stage] = (
    Switch(target="hall", colour="red"),
    Warm(target="hall"),
    Judge(target="room", pleased=False),
)


def _hot(fuse: Fuse | None = None) -> Desk:
    desk = Desk(fuse)
    desk.room.warm.add("hall")
    desk.room.hot.add("hall")
    return desk


def test_the_way_back_waits_before_it_touches_anything_earlier() -> None:
    """It is parked, and whoever comes later looks again; then it goes on."""
    desk = _hot()
    parked = desk.carry_on(HOT)
    assert isinstance(parked, Parked)
    assert (parked.wait.condition, parked.overdue) == ("hall is cold", False)
    assert desk.room.lamps == {"hall": "red"}
    (head,) = desk.journal.open(opened().environment)
    assert (head.direction, head.wait) == (Direction.BACK, parked.wait)
    desk.clock.wait(60)
    assert isinstance(desk.carry_on(HOT), Parked)
    desk.room.hot.clear()
    assert isinstance(desk.carry_on(HOT), Undone)
    assert desk.room.lamps == {"hall": "white"}
    assert "undone warm hall {'cold': 'yes'}" in desk.story.told


def test_a_way_back_that_is_overdue_waits_on_and_says_so() -> None:
    """There is nothing to go back to from there: the deployment stays open until somebody has helped."""
    desk = _hot()
    first = desk.carry_on(HOT)
    desk.clock.wait(301)
    again = desk.carry_on(HOT)
    assert isinstance(first, Parked)
    assert isinstance(again, Parked)
    assert again.overdue
    assert again.wait.deadline == first.wait.deadline, "it counts from the first look on the way back"
    assert desk.story.told[-1] == "overdue warm hall: hall is cold"
    assert desk.room.lamps == {"hall": "red"}
    desk.room.hot.clear()
    assert isinstance(desk.carry_on(HOT), Undone)


def _taken_back(desk: Desk, token: int = 1) -> Outcome:
    """Take it back as far as it goes, let it cool down, and take it back to the end."""
    desk.carry_on(HOT, token)
    desk.room.hot.clear()
    return desk.carry_on(HOT, token)


def _moments_of_hot() -> int:
    desk = _hot()
    _taken_back(desk)
    return len(desk.fuse.moments)


@pytest.mark.parametrize("at", range(_moments_of_hot()))
def test_a_parked_way_back_killed_anywhere_ends_the_same(at: int) -> None:
    """Before, while and after it waits."""
    desk = _hot(Fuse(at=at))
    with pytest.raises(Killed):
        _taken_back(desk)
    desk.fuse.at = None
    assert _taken_back(desk, token=2) == Undone(reason="room is too bright\n  remedy: dim it")
    assert desk.room.seen == ({"hall": "white"}, {"hall"})


def test_a_failure_that_was_written_down_stands() -> None:
    """The process died before it could turn back; the next one does, though the world would please it now."""
    whole, desk = Desk(), Desk()
    whole.carry_on(BAD)
    desk.fuse.at = whole.fuse.moments.index("after journal failed judge room")
    with pytest.raises(Killed):
        desk.carry_on(BAD)
    desk.fuse.at = None
    pleased = (*BAD[:2], Judge(target="room"))
    assert desk.carry_on(pleased, token=2) == Undone(reason="room is too bright\n  remedy: dim it")
    assert desk.room.seen == ({"hall": "white"}, {"hall"})


SHADED: Sequence[Stage] = (
    Shade(target="hall"),
    Switch(target="hall", colour="red"),
    Switch(target="desk", colour="blue"),
    Judge(target="room", pleased=False),
)
"""The shade is put on first, and comes off last: its place is a later one."""


def test_the_way_back_goes_place_by_place() -> None:
    """Within a place in reverse; a kind of a later place comes later, wherever it stands in the plan."""
    stages = (Switch(target="a"), Shade(target="b"), Switch(target="c"), Shade(target="d"))
    assert [[stage.target for stage in place] for place in way_back(stages)] == [["c", "a"], ["d", "b"]]


def test_what_cannot_be_taken_back_keeps_no_other_of_its_place() -> None:
    """Nothing of a later place is touched, and the deployment stays open until somebody has helped."""
    desk = Desk()
    desk.room.jammed.add("desk")
    with pytest.raises(StageFailed, match="the switch of desk is jammed"):
        desk.carry_on(SHADED)
    assert desk.room.lamps == {"hall": "white", "desk": "blue"}
    assert desk.room.shaded == {"hall"}
    assert [head.direction for head in desk.journal.open(opened().environment)] == [Direction.BACK]
    desk.room.jammed.clear()
    assert desk.carry_on(SHADED) == Undone(reason="room is too bright\n  remedy: dim it")
    assert (desk.room.lamps, desk.room.shaded) == ({"hall": "white"}, set())


OWING: Sequence[Stage] = (Shade(target="desk"), Shade(target="hall"), Judge(target="room", pleased=False))


def _glued(fuse: Fuse | None = None) -> Desk:
    desk = Desk(fuse)
    desk.room.glued.add("hall")
    return desk


def test_what_is_owed_is_tried_again_after_all_the_rest() -> None:
    """The way back goes on without it; the deployment is parked, and whoever comes later tries once more."""
    desk = _glued()
    parked = desk.carry_on(OWING)
    assert isinstance(parked, Parked)
    assert parked.wait.condition == "shade hall can be taken back (the shade of hall is glued on)"
    assert desk.room.shaded == {"hall"}
    assert [head.wait for head in desk.journal.open(opened().environment)] == [parked.wait]
    desk.room.glued.clear()
    assert desk.carry_on(OWING) == Undone(reason="room is too bright\n  remedy: dim it")
    assert desk.room.shaded == set()


def _given_up(desk: Desk, token: int = 1) -> Outcome:
    desk.carry_on(OWING, token)
    desk.clock.wait(300)
    return desk.carry_on(OWING, token)


DEBT = "shade hall: the shade of hall is glued on\n  remedy: warm it"


def test_what_is_owed_for_too_long_is_left_to_people_by_name() -> None:
    """The deployment ends, so that another one can mend it; the journal keeps what is owed."""
    desk = _glued()
    assert _given_up(desk) == Undone(reason="room is too bright\n  remedy: dim it", owed=(DEBT,))
    assert "owed shade hall: the shade of hall is glued on" in desk.story.told
    assert owed_in(desk.journal.rows(opened().id)) == (DEBT,)
    assert desk.journal.open(opened().environment) == ()


def _moments_of_glued() -> int:
    desk = _glued()
    _given_up(desk)
    return len(desk.fuse.moments)


@pytest.mark.parametrize("at", range(_moments_of_glued()))
def test_a_way_back_that_owes_killed_anywhere_ends_the_same(at: int) -> None:
    """Before, while and after it is owed."""
    desk = _glued(Fuse(at=at))
    with pytest.raises(Killed):
        _given_up(desk)
    desk.fuse.at = None
    ended = _given_up(desk, token=2)
    while isinstance(ended, Parked):
        desk.clock.wait(60)
        ended = desk.carry_on(OWING, token=2)
    assert ended == Undone(reason="room is too bright\n  remedy: dim it", owed=(DEBT,))
    assert desk.room.shaded == {"hall"}
