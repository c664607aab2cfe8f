"""Which states of a stack a deployment answers for: written down around each update, before it and after it.

Between a look at the newest version and the engine's lock somebody else may update the stack, and that would
be taken for the deployment's: the window is the engine's start, a few seconds. After a process was killed it
is as long as nobody continues its deployment; the engine's lock, which it leaves, keeps others out meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from slipway.model.stack_states import POLICIES, Span, closed, figures_of, spans_of
from slipway.ports.stack_engine import StackLocked, StackVersions, UpdateRefused
from slipway.stages import Run
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class StackUpdates:
    """Notes of a stack's updates.

    Attributes:
        versions: of the states.
        policies: digest of the policies that judge; empty where none do. Asked before each update.
    """

    versions: StackVersions
    policies: Callable[[], str]

    def of(self, run: Run) -> "NotedUpdates":
        """The notes of one stage: they go on where a killed process has left them."""
        return NotedUpdates(notes=self, run=run, spans=spans_of(run.own))


@dataclass(kw_only=True)
class NotedUpdates:
    """The updates of one stage.

    Attributes:
        notes: where versions and policies come from.
        run: the deployment.
        spans: what it answers for so far.
        policies: digest of those that judged the last update.
    """

    notes: StackUpdates
    run: Run
    spans: Sequence[Span]
    policies: str = field(default="", init=False)

    @contextmanager
    def update(self) -> Iterator[None]:
        """Note an update of the engine: the block.

        What a killed process has written ends where this update begins. While another one holds the lock
        nothing of this one is written, and a killed one may still go on: the notes stay as they were.
        """
        before = self.spans
        self.policies = self.notes.policies()
        newest = self._newest()
        if newest is None:
            yield
            return
        self._keep((*closed(before, newest), Span(after=newest, until=None, policies=self.policies)))
        try:
            yield
        except StackLocked:
            self._keep(before)
            raise
        except UpdateRefused:
            self._end(newest)
            raise
        self._end(newest)

    @property
    def outputs(self) -> Outputs:
        """What the stage has to tell of it; of a backend without versions the policies alone."""
        if self.spans:
            return figures_of(self.spans)
        return {POLICIES: self.policies} if self.policies else {}

    def _end(self, began: str) -> None:
        self._keep(closed(self.spans, self._newest() or began))

    def _keep(self, spans: Sequence[Span]) -> None:
        self.run.keep(figures_of(spans))
        self.spans = spans

    def _newest(self) -> str | None:
        return self.notes.versions.newest(self.run.stack)
