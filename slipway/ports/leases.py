"""Leases: one deployer a target at a time, with a token that only grows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from slipway.model.errors import DependencyError, SlipwayError


class LeaseStoreError(DependencyError):
    """The store did not answer: nothing is begun without a lease."""


class LeaseHeld(SlipwayError):  # noqa: N818 - it says what is the case
    """Somebody else holds the lease.

    Attributes:
        holder: who.
        until: when it ends unless it is renewed.
    """

    def __init__(self, message: str, *, remedy: str, holder: str, until: datetime) -> None:
        super().__init__(message, remedy=remedy)
        self.holder = holder
        self.until = until


class LeaseLost(SlipwayError):  # noqa: N818 - same
    """The lease ended, or somebody with a higher token has come."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A right to change one target.

    Attributes:
        target: such as `prod/settlements`.
        holder: deployment id, who runs it, and which process that is.
        token: higher than that of every earlier lease of the target.
        until: when it ends.
    """

    target: str
    holder: str
    token: int
    until: datetime


class Leases(Protocol):
    """Gives, renews and takes back leases; every write is conditional."""

    def acquire(
        self, target: str, *, holder: str, now: datetime, lasting: timedelta, take_over: bool = False
    ) -> Lease:
        """Take a lease that is free, has ended, or is the same holder's: that of one process.

        Args:
            target: what is to be changed.
            holder: a process, by a name that no other one has.
            now: the moment.
            lasting: for how long.
            take_over: take it from whoever has it, who is fenced by the higher token.

        Raises:
            LeaseHeld: somebody else's has not ended.
            LeaseStoreError: the store failed.
        """
        ...

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        """Make a lease last longer.

        Raises:
            LeaseLost: it is somebody else's now.
        """
        ...

    def held(self, *, now: datetime) -> tuple[Lease, ...]:
        """List the leases that have not ended, by target.

        Raises:
            LeaseStoreError: the store failed.
        """
        ...

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that was lost is nobody's business any more. The token is kept."""
        ...
