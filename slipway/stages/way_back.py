"""The way back through a plan: place by place, and within a place in the reverse order of the plan.

The exact reverse would take back last what was done first, and what came first matters most: whoever reads
production waits then for everything that is less urgent, and for whatever refuses. So each kind of stage has
its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from slipway.ports.journal import Conclusion, StageRow, StageState, Wait
from slipway.stages.handler import Done, Owed, StageFailed, Waiting
from slipway.stages.journaled import Journaled
from slipway.stages.outcome import Parked, Undone, owed_in
from slipway.stages.stage import Stage


def way_back(stages: Sequence[Stage]) -> tuple[tuple[Stage, ...], ...]:
    """Sort a plan for the way back.

    Args:
        stages: the plan, in the order in which it is carried out.

    Returns:
        The stages of each place, in the order in which they are taken back. Those of one place do not need
        each other; those of a later place may need all of the earlier ones.
    """
    backwards = tuple(reversed(stages))
    return tuple(tuple(group) for _, group in groupby(sorted(backwards, key=_place), key=_place))


def _place(stage: Stage) -> int:
    return stage.place_back


@dataclass(frozen=True)
class WayBack:
    """Takes a deployment back, from wherever it is.

    Attributes:
        at: the deployment.
    """

    at: Journaled

    def walk(self) -> Undone | Parked:
        """Take back place by place; what is owed does not stop it, what has to be waited for does."""
        owed: list[Parked] = []
        for place in way_back(self.at.stages):
            parked = self._take_place_back(place, owed)
            if parked is not None:
                self.at.save(wait=parked.wait)
                return parked
        if owed:
            first = min(owed, key=lambda each: each.wait.wake_at)
            self.at.save(wait=first.wait)
            return first
        outcome = Undone(reason=self.at.deployment.reason, owed=owed_in(self.at.rows.values()))
        self.at.story.ended(outcome)
        self.at.save(conclusion=Conclusion.UNDONE, wait=None)
        return outcome

    def _take_place_back(self, place: Iterable[Stage], owed: list[Parked]) -> Parked | None:
        """Take the stages of one place back; one that cannot be does not keep the others of it.

        Raises:
            StageFailed: one of them cannot be taken back, and what comes after this place needs it.
        """
        failures: list[StageFailed] = []
        for stage in place:
            row = self.at.rows.get(stage.name)
            if row is None or row.state in {StageState.UNDONE, StageState.OWED}:
                continue
            try:
                parked = self._take_back(stage, row, owed)
            except StageFailed as failure:
                failures.append(failure)
                continue
            if parked is not None:
                return parked
        if failures:
            raise failures[0]
        return None

    def _take_back(self, stage: Stage, row: StageRow, owed: list[Parked]) -> Parked | None:
        """Take one stage back, or say what that waits for: then nothing after it is touched."""
        handler = self.at.handlers.of(stage)
        if row.state is not StageState.UNDOING:
            was_done = row.state is StageState.DONE
            noted = handler.prepare_back(stage, self.at.run(stage), row.outputs, was_done=was_done)
            self.at.write(stage, StageState.UNDOING, {**row.outputs, **noted})
        progress = handler.undo(stage, self.at.run(stage), self.at.rows[stage.name].outputs)
        match progress:
            case Done(outputs):
                self.at.story.undone(stage, outputs)
                self.at.write(stage, StageState.UNDONE, self.at.learn(stage, outputs))
            case Waiting(wait, outputs):
                self.at.write(stage, StageState.UNDOING, self.at.learn(stage, outputs), wait)
                overdue = self.at.clock.now() > wait.deadline
                tell = self.at.story.overdue if overdue else self.at.story.waits
                tell(stage, wait)
                return Parked(stage=stage, wait=wait, overdue=overdue)
            case Owed():
                owed.extend(self._owe(stage, progress))
            case _:
                assert_never(progress)
        return None

    def _owe(self, stage: Stage, owed: Owed) -> Iterator[Parked]:
        """Say when it is tried again; past the time for that, that it is left to people."""
        known = self.at.learn(stage, owed.outputs)
        if self.at.clock.now() >= owed.until:
            self.at.story.owed(stage, owed.why, known)
            self.at.write(stage, StageState.OWED, known, error=str(owed.why))
            return
        condition = f"{stage.name} can be taken back ({owed.why.message})"
        wait = Wait(condition=condition, wake_at=owed.again, deadline=owed.until)
        self.at.write(stage, StageState.UNDOING, known, wait)
        self.at.story.waits(stage, wait)
        yield Parked(stage=stage, wait=wait)
