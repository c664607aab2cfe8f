"""A small world to carry plans out in: lamps that are switched, some of which need time or are broken."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from slipway.ports.journal import Wait
from slipway.stages import (
    Done,
    Handler,
    Handlers,
    Observed,
    Progress,
    Run,
    Stage,
    StageFailed,
    Unclear,
    Untouched,
    Waiting,
)
from slipway.stages.handler import Outputs
from tests.doubles.deployments import Fuse


class Switch(Stage):
    """Switch a lamp on; it takes two steps, between which a process can die."""

    kind: Literal["switch"] = "switch"
    colour: str = "white"


class Warm(Stage):
    """Wait until a lamp is warm."""

    kind: Literal["warm"] = "warm"


class Judge(Stage):
    """Look at the lamps."""

    kind: Literal["judge"] = "judge"
    pleased: bool = True


@dataclass
class Room:
    """The world.

    Attributes:
        fuse: kills whoever changes it.
        lamps: colour by name.
        powered: names whose plug is in.
        warm: names that are warm.
        switched: how often each lamp was switched on.
    """

    fuse: Fuse = field(default_factory=Fuse)
    lamps: dict[str, str] = field(default_factory=dict)
    powered: set[str] = field(default_factory=set)
    warm: set[str] = field(default_factory=set)
    switched: dict[str, int] = field(default_factory=dict)

    @property
    def seen(self) -> tuple[dict[str, str], set[str]]:
        """What a visitor sees."""
        return dict(self.lamps), set(self.powered)


class SwitchHandler(Handler[Switch]):
    """Plugs in, then switches; remembers the colour before."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def describe(self, stage: Switch) -> str:
        return f"switch {stage.target} to {stage.colour}"

    def prepare(self, stage: Switch, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        return {"before": self.room.lamps.get(stage.target, "")}

    def observe(self, stage: Switch, run: Run) -> Observed:  # noqa: ARG002 - same
        if self.room.lamps.get(stage.target) == stage.colour:
            return Done({"colour": stage.colour})
        return Unclear() if stage.target in self.room.powered else Untouched()

    def do(self, stage: Switch, run: Run) -> Progress:  # noqa: ARG002 - same
        room = self.room
        room.fuse.around(f"plug {stage.target}", lambda: room.powered.add(stage.target))
        room.fuse.around(f"light {stage.target}", lambda: self._light(stage))
        return Done({"colour": stage.colour})

    def undo(self, stage: Switch, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        before = outputs.get("before", "")
        if before:
            self.room.fuse.around("relight", lambda: self.room.lamps.update({stage.target: before}))
            return
        self.room.fuse.around("darken", lambda: self._darken(stage))
        self.room.fuse.around("unplug", lambda: self.room.powered.discard(stage.target))

    def _darken(self, stage: Switch) -> None:
        self.room.lamps.pop(stage.target, None)

    def _light(self, stage: Switch) -> None:
        self.room.lamps[stage.target] = stage.colour
        self.room.switched[stage.target] = self.room.switched.get(stage.target, 0) + 1


class WarmHandler(Handler[Warm]):
    """Parks until the lamp is warm."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def describe(self, stage: Warm) -> str:
        return f"wait until {stage.target} is warm"

    def observe(self, stage: Warm, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        return Untouched()

    def do(self, stage: Warm, run: Run) -> Progress:
        if stage.target in self.room.warm:
            return Done()
        now = run.clock.now()
        deadline = run.began + timedelta(minutes=5)
        wait = Wait(
            condition=f"{stage.target} is warm", wake_at=now + timedelta(minutes=1), deadline=deadline
        )
        return Waiting(wait)

    def undo(self, stage: Warm, run: Run, outputs: Outputs) -> None:
        """Nothing was changed."""


class JudgeHandler(Handler[Judge]):
    """Fails when it is not pleased."""

    def describe(self, stage: Judge) -> str:
        return f"judge {stage.target}"

    def observe(self, stage: Judge, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        return Untouched()

    def do(self, stage: Judge, run: Run) -> Progress:  # noqa: ARG002 - same
        return Done({"looked": "yes"})

    def verify(self, stage: Judge, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        if not stage.pleased:
            raise StageFailed(f"{stage.target} is too bright", remedy="dim it")

    def undo(self, stage: Judge, run: Run, outputs: Outputs) -> None:
        """Nothing was changed."""


def handlers(room: Room) -> Handlers:
    """The table."""
    return Handlers({"switch": SwitchHandler(room), "warm": WarmHandler(room), "judge": JudgeHandler()})
