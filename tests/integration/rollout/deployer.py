"""A deployer in a process of its own that dies at the worst moment: after the effect, unknown to the journal.

The process is forked off a server that has imported everything already, so that a death costs no start.
"""

import faulthandler
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from pathlib import Path
from typing import Any, Final, assert_never

from slipway.model.deployment import Purpose, deployment_id
from slipway.model.pipeline import PipelineName
from slipway.model.release import Release
from slipway.rollout.attempts import Attempt
from slipway.rollout.deployments import Deployments
from slipway.rollout.facts import Facts
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.planned import Plan
from slipway.rollout.stages import RolloutStage
from slipway.rollout.way_back import facts_of_way_back
from slipway.stages import (
    Completed,
    Handler,
    Handlers,
    Observed,
    Outcome,
    Progress,
    Run,
    Stage,
    TakenBack,
    Undone,
)
from slipway.stages.handler import Outputs
from tests.integration.rollout.production import REVENUE
from tests.integration.rollout.site import ENVIRONMENT, OpenSite, Site

COMPLETED: Final = 0
TAKEN_BACK: Final = 3
KILLED: Final = -signal.SIGKILL
_PATIENCE: Final = timedelta(hours=1)
_LIMIT_SECONDS: Final = 600
"""Of one process. It measures no speed: one that waits for what never comes is to say where."""


@unique
class Work(StrEnum):
    """What a process does with a release; called again, it continues."""

    DEPLOY = "deploy"
    TURN_BACK = "turn back"
    """Take its deployment back where it is."""
    ROLL_BACK = "roll back"
    """Take revenue back to what ran before it."""


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

    def prepare_back(self, stage: Stage, run: Run, outputs: Outputs, *, was_done: bool) -> Outputs:
        return self._handler.prepare_back(stage, run, outputs, was_done=was_done)

    def undo(self, stage: Stage, run: Run, outputs: Outputs) -> TakenBack:
        progress = self._handler.undo(stage, run, outputs)
        self._die_after(Moment.UNDO)
        return progress

    def _die_after(self, moment: Moment) -> None:
        if moment is self._moment:
            os.kill(os.getpid(), signal.SIGKILL)


def work_in_own_process(
    site: Site, work: Work, release: Release, moment: Moment, spared: Collection[str]
) -> int:
    """Do some work, or continue it, until it is over or its process dies.

    Args:
        site: where.
        work: what.
        release: of which release.
        moment: after what it dies.
        spared: kinds of stage that do not kill; the first of any other kind does.

    Returns:
        How the process ended: COMPLETED, TAKEN_BACK or KILLED.

    Raises:
        AssertionError: it did not end in time; the text says what each of its threads was doing.
    """
    started = multiprocessing.get_context("forkserver")
    started.set_forkserver_preload([__name__, "slipway.adapters.snowflake.connector"])
    death = Death(moment, frozenset(spared))
    process = started.Process(target=_work, args=(site, work, release, death))
    process.start()
    process.join()
    assert process.exitcode is not None
    assert not (stuck := _stuck(site).read_text("utf-8")), f"{work} did not end: {stuck}"
    return process.exitcode


def _stuck(site: Site) -> Path:
    """What a process that did not end in time was doing; empty while there was none."""
    return site.folder / "stuck.txt"


def _work(site: Site, work: Work, release: Release, death: Death) -> None:
    os.environ.update(site.variables)
    with _stuck(site).open("w", encoding="utf-8") as told, site.opened() as here:
        faulthandler.dump_traceback_later(_LIMIT_SECONDS, exit=True, file=told)
        made = here.deployments(DyingHandlers(here.handlers, death))
        outcome = _outcome(here, made, work, release)
    match outcome:
        case Completed():
            sys.exit(COMPLETED)
        case Undone():
            sys.exit(TAKEN_BACK)
        case parked:
            sys.exit(f"it waits still: {parked.wait.condition}")


def _outcome(here: OpenSite, made: Deployments, work: Work, release: Release) -> Outcome:
    match work:
        case Work.DEPLOY:
            return deployed(here, made, release)
        case Work.TURN_BACK:
            id_ = deployment_id(ENVIRONMENT, Purpose.DEPLOY, release.digest, 1)
            outcome = made.turn_back(id_, "rolled back by a person")
            return made.carry_on_until_over(id_, outcome, patience=_PATIENCE)
        case Work.ROLL_BACK:
            return rolled_back(here, made, release, REVENUE)
        case _:
            assert_never(work)


def deployed(here: OpenSite, made: Deployments, release: Release) -> Outcome:
    """Deploy a release, or continue it, until it is over."""
    attempt = made.attempt(ENVIRONMENT, Purpose.DEPLOY, release.digest)
    return _until_over(made, attempt, lambda: _plan_of_release(here, release, attempt))


def rolled_back(here: OpenSite, made: Deployments, release: Release, pipeline: PipelineName) -> Outcome:
    """Take a pipeline's part of a release back, or continue that, until it is over."""
    attempt = made.attempt(ENVIRONMENT, Purpose.ROLLBACK, release.digest)
    return _until_over(made, attempt, lambda: _plan_of_way_back(here, release, pipeline))


def _until_over(made: Deployments, attempt: Attempt, plan: Callable[[], Plan]) -> Outcome:
    if attempt.open is None:
        outcome = made.begin(attempt.id, ENVIRONMENT, plan())
    else:
        outcome = made.carry_on(attempt.id)
    return made.carry_on_until_over(attempt.id, outcome, patience=_PATIENCE)


def _plan_of_release(here: OpenSite, release: Release, attempt: Attempt) -> Plan:
    facts = here.survey.facts(ENVIRONMENT, release, attempt.number)
    return _plan(Purpose.DEPLOY, facts, build_rollout(facts))


def _plan_of_way_back(here: OpenSite, release: Release, pipeline: PipelineName) -> Plan:
    head = here.journal.deployment(deployment_id(ENVIRONMENT, Purpose.DEPLOY, release.digest, 1))
    document = here.documents.newest(ENVIRONMENT)
    assert head is not None
    assert document is not None
    facts = facts_of_way_back(head, here.journal.rows(head.id), document, pipeline)
    return _plan(Purpose.ROLLBACK, facts, build_rollback(facts))


def _plan(purpose: Purpose, facts: Facts, stages: tuple[RolloutStage, ...]) -> Plan:
    return Plan(purpose=purpose, release=facts.release, pipelines=facts.touched, stages=stages)
