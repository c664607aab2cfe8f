"""A deployer in a process of its own that dies at the worst moment: after the effect, unknown to the journal.

The process is forked off a server that has imported everything already, so that a death costs no start.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from typing import Any, Final

from slipway.model.release import Release
from slipway.rollout.deployments import Deployments, Plan, Purpose
from slipway.rollout.plan import build_rollout
from slipway.stages import Completed, Handler, Handlers, Observed, Outcome, Progress, Run, Stage, Undone
from slipway.stages.handler import Outputs
from tests.integration.rollout.site import ENVIRONMENT, OpenSite, Site

COMPLETED: Final = 0
TAKEN_BACK: Final = 3
KILLED: Final = -signal.SIGKILL
_PATIENCE: Final = timedelta(hours=1)
_LIMIT_SECONDS: Final = 120


@unique
class Moment(StrEnum):
    """What a handler has just done when its process dies."""

    DO = "do"
    UNDO = "undo"


@dataclass(frozen=True)
class Death:
    """When to die.

    Attributes:
        moment: after what.
        spared: kinds of stage that do not kill; the first of any other kind does.
    """

    moment: Moment
    spared: frozenset[str]


class DyingHandlers(Handlers):
    """A table whose handlers kill their process, unless their kind is spared."""

    def __init__(self, handlers: Handlers, death: Death) -> None:
        super().__init__({})
        self._handlers, self._death = handlers, death

    @property
    def kinds(self) -> frozenset[str]:
        """Those of the table that it stands for."""
        return self._handlers.kinds

    def of(self, stage: Stage) -> Handler[Any]:
        """The handler of a stage's kind."""
        handler = self._handlers.of(stage)
        return handler if stage.kind in self._death.spared else _Dying(handler, self._death.moment)


class _Dying(Handler[Any]):
    def __init__(self, handler: Handler[Any], moment: Moment) -> None:
        self._handler, self._moment = handler, moment

    def describe(self, stage: Stage) -> str:
        return self._handler.describe(stage)

    def prepare(self, stage: Stage, run: Run) -> Outputs:
        return self._handler.prepare(stage, run)

    def observe(self, stage: Stage, run: Run) -> Observed:
        return self._handler.observe(stage, run)

    def do(self, stage: Stage, run: Run) -> Progress:
        progress = self._handler.do(stage, run)
        self._die_after(Moment.DO)
        return progress

    def verify(self, stage: Stage, run: Run, outputs: Outputs) -> None:
        self._handler.verify(stage, run, outputs)

    def undo(self, stage: Stage, run: Run, outputs: Outputs) -> None:
        self._handler.undo(stage, run, outputs)
        self._die_after(Moment.UNDO)

    def _die_after(self, moment: Moment) -> None:
        if moment is self._moment:
            os.kill(os.getpid(), signal.SIGKILL)


def deploy_in_own_process(site: Site, release: Release, moment: Moment, spared: Collection[str]) -> int:
    """Deploy a release, or continue it, until it is over or its process dies.

    Returns:
        How the process ended: COMPLETED, TAKEN_BACK or KILLED.
    """
    started = multiprocessing.get_context("forkserver")
    started.set_forkserver_preload([__name__, "slipway.adapters.snowflake.connector"])
    death = Death(moment, frozenset(spared))
    process = started.Process(target=_deploy, args=(site, release, death))
    process.start()
    process.join(_LIMIT_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def _deploy(site: Site, release: Release, death: Death) -> None:
    os.environ.update(site.variables)
    with site.opened() as here:
        made = here.deployments(DyingHandlers(here.handlers, death))
        outcome = _carried_on(here, made, release)
    match outcome:
        case Completed():
            sys.exit(COMPLETED)
        case Undone():
            sys.exit(TAKEN_BACK)
        case parked:
            sys.exit(f"it waits still: {parked.wait.condition}")


def _carried_on(here: OpenSite, made: Deployments, release: Release) -> Outcome:
    attempt = made.attempt(ENVIRONMENT, Purpose.DEPLOY, release.digest)
    if attempt.open is None:
        facts = here.survey.facts(ENVIRONMENT, release, attempt.number)
        plan = Plan(
            purpose=Purpose.DEPLOY,
            release=release.digest,
            pipelines=tuple(pipeline.name for pipeline in facts.pipelines),
            stages=build_rollout(facts),
        )
        outcome = made.begin(attempt.id, ENVIRONMENT, plan)
    else:
        outcome = made.carry_on(attempt.id)
    return made.carry_on_until_over(attempt.id, outcome, patience=_PATIENCE)
