"""Where a Terraform state is kept. Read only: nothing here locks or writes."""

from dataclasses import dataclass, field
from typing import Protocol

from slipway.model.errors import DependencyError, UsageError


class StateStoreError(DependencyError):
    """The store did not answer, or refused the credentials."""


class StateAbsent(UsageError):  # noqa: N818 - it says what is the case
    """There is no state of that name."""


class StateLocked(DependencyError):  # noqa: N818 - same
    """Somebody is changing the state, or was killed while doing so."""


class StateUnsettled(DependencyError):  # noqa: N818 - same
    """The store has another revision than the one that was written last."""


@dataclass(frozen=True, kw_only=True)
class StateFile:
    """A state as it is kept.

    Attributes:
        source: what was named.
        content: its bytes, full of secrets.
        version: the store's name of this revision; empty where it has none.
    """

    source: str
    content: bytes = field(repr=False)
    version: str = ""


class StateSource(Protocol):
    """One state."""

    def read(self) -> StateFile:
        """Read the state while nobody changes it.

        Raises:
            StateAbsent: there is none.
            StateLocked: somebody holds its lock.
            StateUnsettled: the store's digest is that of another revision.
            StateStoreError: the store does not answer.
        """
        ...
