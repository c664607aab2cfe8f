"""The command line of setup: checks first, then the steps, then how long they took."""

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Never, TextIO

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.environments import product_environments, tool_environments
from toolchain.installer.jars import DynamoDbJars
from toolchain.installer.layout import Layout
from toolchain.installer.problems import Interrupted, Missing, SetupError
from toolchain.installer.pulumi import PulumiCli
from toolchain.installer.steps import Step, StepName

# The exit codes of every Slipway command: done, the machine is at fault, begun but not finished.
_DONE, _ENVIRONMENT, _PARTIAL = 0, 3, 4

_STEPS: Mapping[StepName, Callable[[Layout], Step]] = {
    StepName.PYTHON: product_environments,
    StepName.PULUMI: PulumiCli,
    StepName.JAVA: DynamoDbJars,
    StepName.ENVS: tool_environments,
}


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long a step took; None if there was nothing to do."""

    name: StepName
    seconds: float | None


def main(arguments: Sequence[str], *, root: Path) -> int:
    """Set up a checkout.

    Args:
        arguments: the command line without the program's name.
        root: the checkout.

    Returns:
        The exit code: 0 done, 3 something is missing or failed, 4 interrupted (run it again to go on).
    """
    only = _parse(arguments)
    layout = Layout(root)
    display = Display(sys.stderr)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _alone(layout):
            began = time.monotonic()
            timings = _run(layout, only, display)
    except SetupError as problem:
        display.say(str(problem))
        return _ENVIRONMENT
    except OSError as error:
        display.say(f"{error}\n  remedy: make room or give access there, then run setup again")
        return _ENVIRONMENT
    except (KeyboardInterrupt, Interrupted):
        display.say("interrupted; what was finished is kept: run it again to go on")
        return _PARTIAL
    if timings is None:
        return _ENVIRONMENT
    print(_summary(timings, time.monotonic() - began))
    return _DONE


def _parse(arguments: Sequence[str]) -> StepName | None:
    parser = argparse.ArgumentParser(
        prog="install.py",
        description="Install what Slipway needs into this checkout. Running it again is safe.",
    )
    parser.add_argument("--only", type=StepName, choices=list(StepName), help="run this step alone")
    chosen: StepName | None = parser.parse_args(arguments).only
    return chosen


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """Refuse to run beside another setup of the same checkout. The kernel drops the lock with the process."""
    layout.state.mkdir(exist_ok=True)
    with (layout.state / "setup.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _not_alone(layout, lock) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _not_alone(layout: Layout, lock: TextIO) -> SetupError:
    lock.seek(0)
    holder = lock.read().strip()  # empty for a moment after the other has taken the lock
    who = f" (process {holder})" if holder else ""
    return SetupError(
        f"another setup is running in {layout.root}{who}", remedy="wait until it has ended, or end it"
    )


def _run(layout: Layout, only: StepName | None, display: Display) -> list[Timing] | None:
    """Run what has to run; None if something that it needs is missing, and then nothing was made."""
    steps = [make(layout) for name, make in _STEPS.items() if only in (None, name)]
    missing = _missing([step for step in steps if not step.is_current()])
    if missing:
        for lack in missing:
            display.say(f"{lack.what}\n  remedy: {lack.remedy}")
        return None
    return [_take(step, layout, display) for step in steps]


def _missing(due: Sequence[Step]) -> list[Missing]:
    """Collect all that is missing, so that the person goes shopping once."""
    missing = prerequisites.git() + prerequisites.java()
    for step in due:
        missing += [lack for lack in step.missing() if lack not in missing]
    return missing + prerequisites.free_space(step.space() for step in due)


def _take(step: Step, layout: Layout, display: Display) -> Timing:
    if step.is_current():  # asked again: an earlier step may have replaced the folder that this one fills
        return Timing(name=step.name, seconds=None)
    began = time.monotonic()
    display.begin(step.name)
    step.run(Commands(layout.logs / f"setup-{step.name}.log", display), display)
    seconds = time.monotonic() - began
    display.say(f"{step.name}: done in {seconds / 60:.1f} min")
    return Timing(name=step.name, seconds=seconds)


def _summary(timings: Sequence[Timing], total: float) -> str:
    lines = [
        f"  {timing.name:<8}{'up to date' if timing.seconds is None else f'{timing.seconds / 60:.1f} min'}"
        for timing in timings
    ]
    return "\n".join([f"setup: ready after {total / 60:.1f} min", *lines])


def _interrupt(_signal: int, _frame: FrameType | None) -> Never:
    raise Interrupted
