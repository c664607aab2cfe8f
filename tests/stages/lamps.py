"""A small world to carry plans out in: lamps that are switched, some of which need time or are broken."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

from slipway.ports.journal import Wait
from slipway.stages import (
    Done,
    Handler,
    Handlers,
    Observed,
    Owed,
    Progress,
    Run,
    Stage,
    StageFailed,
    TakenBack,
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


class Shade(Stage):
    """Put a shade on a lamp; it comes off after everything else."""

    kind: Literal["shade"] = "shade"
    place_back: ClassVar[int] = 1


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
        hot: names that are too hot to be touched on the way back.
        jammed: names of lamps whose switch cannot be moved back.
        shaded: names that have a shade.
        glued: names whose shade does not come off.
        switched: how often each lamp was switched on.
    """

    fuse: Fuse = field(default_factory=Fuse)
    lamps: dict[str, str] = field(default_factory=dict)
    powered: set[str] = field(default_factory=set)
    warm: set[str] = field(default_factory=set)
    hot: set[str] = field(default_factory=set)
    jammed: set[str] = field(default_factory=set)
    shaded: set[str] = field(default_factory=set)
    glued: set[str] = field(default_factory=set)
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

    def undo(self, stage: Switch, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        if stage.target in self.room.jammed:
            raise StageFailed(f"the switch of {stage.target} is jammed", remedy="oil it")
        before = outputs.get("before", "")
        if before:
            self.room.fuse.around("relight", lambda: self.room.lamps.update({stage.target: before}))
            return Done()
        self.room.fuse.around("darken", lambda: self._darken(stage))
        self.room.fuse.around("unplug", lambda: self.room.powered.discard(stage.target))
        return Done()

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

    def undo(self, stage: Warm, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """It may be touched once it is cold."""
        if stage.target not in self.room.hot:
            return Done({"cold": "yes"})
        now = run.clock.now()
        return Waiting(
            Wait(
                condition=f"{stage.target} is cold",
                wake_at=now + timedelta(minutes=1),
                deadline=run.began + timedelta(minutes=5),
            )
        )


class ShadeHandler(Handler[Shade]):
    """Owes it to take a shade off that is glued on: for five minutes it is tried again."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def describe(self, stage: Shade) -> str:
        return f"shade {stage.target}"

    def observe(self, stage: Shade, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        return Unclear()

    def do(self, stage: Shade, run: Run) -> Progress:  # noqa: ARG002 - same
        self.room.fuse.around("shade", lambda: self.room.shaded.add(stage.target))
        return Done()

    def undo(self, stage: Shade, run: Run, outputs: Outputs) -> TakenBack:  # noqa: ARG002 - same
        now = run.clock.now()
        if stage.target in self.room.glued:
            why = StageFailed(f"the shade of {stage.target} is glued on", remedy="warm it")
            return Owed(why=why, again=now + timedelta(minutes=1), until=run.began + timedelta(minutes=5))
        self.room.fuse.around("unshade", lambda: self.room.shaded.discard(stage.target))
        return Done()


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

    def undo(self, stage: Judge, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Nothing was changed."""
        return Done()


def handlers(room: Room) -> Handlers:
    """The table."""
    return Handlers(
        {
            "switch": SwitchHandler(room),
            "warm": WarmHandler(room),
            "shade": ShadeHandler(room),
            "judge": JudgeHandler(),
        }
    )
