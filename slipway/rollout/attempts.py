"""A release on its way into an environment: which deployment it is, and what let it in. Data only."""

from dataclasses import dataclass

from slipway.model.digest import Digest
from slipway.model.events import DeploymentId
from slipway.model.evidence import Admission
from slipway.ports.journal import Deployment


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Which deployment a release is in an environment.

    Attributes:
        id: of the open one, or of the one that would be begun.
        number: 1 for the first.
        open: its head; None when it has not begun.
        last: the head of the newest one that has ended; None when there is none.
    """

    id: DeploymentId
    number: int
    open: Deployment | None
    last: Deployment | None


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """What let a release in.

    Attributes:
        admission: what every gate said.
        digest: under which it is kept as evidence.
    """

    admission: Admission
    digest: Digest
