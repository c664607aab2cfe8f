"""Writing the ledger: an event finds its place in a chain, after the entry that was last.

A deployment has a chain of its own, whose only writer holds the deployment's lease. The environments' chains
and the platform's are shared: there the next free place is tried again.
"""

import re
from typing import Final

from slipway.attest import canonical, digest_of, entry_content, origin_of
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.ports.ledger import LedgerEntry, LedgerStore, LedgerStoreError, SequenceTaken

PLATFORM_CHAIN: Final = "platform"
"""The chain of what belongs to no environment: checks, builds."""

SHARED_CHAINS: Final = (*(environment.value for environment in Environment), PLATFORM_CHAIN)
"""The chains that many write, and that are always there to be looked at."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")
_TRIES: Final = 20


class ChainContested(SlipwayError):  # noqa: N818 - it says what is the case
    """Somebody else writes a chain that has one writer only."""


class EntryUnreadable(SlipwayError):  # noqa: N818 - same
    """An entry whose event cannot be read."""


def chain_of(environment: Environment | None) -> str:
    """Return the shared chain for events of an environment; None: of the platform."""
    return PLATFORM_CHAIN if environment is None else environment.value


class Ledger:
    """Appends events.

    Args:
        store: where entries are.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._written: dict[str, LedgerEntry] = {}

    def record(self, chain: str, event: Event) -> LedgerEntry:
        """Append an event to a chain.

        Args:
            chain: a deployment's id, or what `chain_of` returns.
            event: what happened.

        Raises:
            ChainContested: another process writes this deployment's chain: stop, its lease is newer.
            LedgerStoreError: the ledger does not answer: what cannot be recorded must not be done.
        """
        if _NAME.fullmatch(chain) is None:
            message = f"{chain!r} is no name of a chain"
            raise ValueError(message)
        content = canonical(event)
        for _ in range(_TRIES):
            entry = _successor(chain, self._written.get(chain) or self._store.last(chain), content)
            try:
                self._store.append(entry)
            except SequenceTaken as taken:
                self._refuse_rival(chain, taken)
            else:
                self._written[chain] = entry
                return entry
        raise LedgerStoreError(
            f"the ledger's chain {chain} is written by others all the time", remedy="run the command again"
        )

    def open_deployment(self, event: Event) -> None:
        """Begin a deployment's chain, announced in its environment's; one that is begun is left as it is.

        Args:
            event: of the kind DEPLOYMENT_OPENED, with environment and deployment.
        """
        environment, deployment = _place(event, EventKind.DEPLOYMENT_OPENED)
        if self._store.last(deployment) is None:
            if not self._is_told(environment, event):
                self.record(environment, event)
            self.record(deployment, event)

    def seal_deployment(self, event: Event) -> None:
        """End a deployment's chain, and write down in its environment's how long it is and how it ends.

        Args:
            event: of the kind DEPLOYMENT_SEALED, with environment and deployment.
        """
        environment, deployment = _place(event, EventKind.DEPLOYMENT_SEALED)
        last = self._store.last(deployment)
        sealed = last is not None and event_of(last).kind is EventKind.DEPLOYMENT_SEALED
        head = last if last is not None and sealed else self.record(deployment, event)
        if not self._is_told(environment, event):
            figures = {**event.figures, "entries": str(head.sequence + 1), "head": head.digest}
            self.record(environment, event.model_copy(update={"figures": figures}))

    def _is_told(self, environment: Environment, event: Event) -> bool:
        """Whether the environment's chain has that news already: a killed process may have told it."""
        assert event.deployment is not None  # noqa: S101 - _place has looked
        return any(
            entry.chain == environment and event_of(entry).kind is event.kind
            for entry in self._store.about(event.deployment)
        )

    def _refuse_rival(self, chain: str, taken: SequenceTaken) -> None:
        """Go on in a shared chain, and where an earlier process of this deployment left its last entry."""
        is_ours_alone = chain not in SHARED_CHAINS
        if is_ours_alone and chain in self._written:
            raise ChainContested(
                f"another process writes the ledger of {chain}: it holds a newer lease",
                remedy="leave the deployment to it; `slipway status` shows who deploys",
            ) from taken
        self._written.pop(chain, None)


def _successor(chain: str, last: LedgerEntry | None, event: bytes) -> LedgerEntry:
    sequence = 0 if last is None else last.sequence + 1
    previous = origin_of(chain) if last is None else last.digest
    content = entry_content(chain=chain, sequence=sequence, previous=previous, event=event)
    return LedgerEntry(
        chain=chain, sequence=sequence, previous=previous, digest=digest_of(content), event=event
    )


def event_of(entry: LedgerEntry) -> Event:
    """Read what an entry tells.

    Raises:
        EntryUnreadable: its event is none: somebody has changed it.
    """
    try:
        return Event.model_validate_json(entry.event)
    except ValueError as error:
        raise EntryUnreadable(
            f"entry {entry.sequence} of the ledger's chain {entry.chain} tells no event",
            remedy="run slipway audit verify, and tell the auditor what it finds",
        ) from error


def _place(event: Event, kind: EventKind) -> tuple[Environment, DeploymentId]:
    if event.kind is not kind or event.environment is None or event.deployment is None:
        message = f"an event of the kind {kind} with environment and deployment is needed, not {event!r}"
        raise ValueError(message)
    return event.environment, event.deployment
