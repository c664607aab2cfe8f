"""Reads what is known of a stack's states, and takes on record what somebody answers for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from slipway.audit.in_charge import misjudged
from slipway.audit.ledger import Ledger, chain_of, event_of
from slipway.audit.stack_states import Begun, StackHistory, history_of
from slipway.model.environment import Environment, StackName
from slipway.model.events import REASON, DeploymentId, Event, EventKind, Outcome
from slipway.model.parts import CONTROL
from slipway.model.stack_states import (
    GONE,
    MISJUDGED,
    POLICIES,
    Span,
    figures_of,
    record_subject,
    spans_of,
    update_subject,
)
from slipway.ports.ledger import LedgerStore
from slipway.ports.stack_engine import StackVersion, StackVersions

_LONGEST: Final = timedelta(days=30)
"""A deployment that began longer ago is no longer asked about."""


@dataclass(frozen=True, kw_only=True)
class StackAudit:
    """The states of all stacks.

    Attributes:
        store: the ledger.
        versions: of the states.
    """

    store: LedgerStore
    versions: StackVersions

    def history(self, stack: StackName, now: datetime) -> StackHistory:
        """Find who answers for each state of a stack.

        Args:
            stack: which.
            now: the moment.

        Raises:
            VersionsNotKept: the backend keeps the newest state only.
        """
        versions = self.versions.versions(stack)
        events = [
            event_of(entry)
            for subject in (update_subject(stack), record_subject(stack))
            for entry in self.store.about(subject)
        ]
        history = history_of(
            stack,
            versions,
            events,
            begun=lambda before: tuple(self._going_on(events, before)),
            now=now,
            later=self._later(stack, versions, events),
        )
        return replace(history, misjudged=misjudged(history.updates, self._put_in_charge(stack), events))

    def _put_in_charge(self, stack: StackName) -> Iterator[Event]:
        """The events by which policies were put in charge of an environment."""
        for event in map(event_of, self.store.about(str(CONTROL))):
            if event.environment == stack.value and POLICIES in event.figures:
                yield event

    def _later(
        self, stack: StackName, versions: Sequence[StackVersion], events: Sequence[Event]
    ) -> tuple[StackVersion, ...]:
        """List versions again where entries name some that were not there yet."""
        known = {version.id for version in versions}
        named = {span.until for event in events for span in spans_of(event.figures)} - {None}
        if named <= known:
            return ()
        return tuple(each for each in self.versions.versions(stack) if each.id not in known)

    def _going_on(self, events: Sequence[Event], before: datetime) -> Iterator[Begun]:
        """Deployments that have begun to update the stack, and whose chain is not sealed."""
        begun: dict[DeploymentId, datetime] = {}
        for event in events:
            recent = before - _LONGEST <= event.at <= before + timedelta(seconds=1)
            if event.kind is EventKind.STAGE_BEGUN and event.deployment is not None and recent:
                begun.setdefault(event.deployment, event.at)
        for deployment, at in begun.items():
            last = self.store.last(deployment)
            if last is None or event_of(last).kind is not EventKind.DEPLOYMENT_SEALED:
                yield Begun(deployment=deployment, at=at)


def record_states(
    ledger: Ledger,
    stack: StackName,
    spans: Sequence[Span],
    *,
    reason: str,
    actor: str,
    at: datetime,
    gone: Sequence[str] = (),
    misjudged_by: Sequence[DeploymentId] = (),
) -> None:
    """Write down that somebody answers for states that no deployment has written.

    Args:
        ledger: where.
        stack: whose states.
        spans: which.
        reason: why, in the words of who answers.
        actor: ARN of who does.
        at: the moment.
        gone: versions that somebody has deleted.
        misjudged_by: deployments that other policies judged than those in charge.
    """
    environment = None if stack is StackName.SHARED else Environment(stack.value)
    ledger.record(
        chain_of(environment),
        Event(
            kind=EventKind.STATE_RECORDED,
            outcome=Outcome.SUCCESS,
            at=at,
            actor=actor,
            environment=environment,
            subject=record_subject(stack),
            figures={
                **figures_of(spans),
                REASON: reason,
                **({GONE: " ".join(gone)} if gone else {}),
                **({MISJUDGED: " ".join(misjudged_by)} if misjudged_by else {}),
            },
            message=f"states of stack {stack} are taken on record: {reason}",
        ),
    )
