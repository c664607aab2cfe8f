"""Who the credentials of this process belong to."""

from typing import Protocol

from slipway.model.errors import DependencyError
from slipway.model.principal import Caller


class IdentityUnknown(DependencyError):  # noqa: N818 - it says what is the case
    """There are no credentials, or nobody answers for them."""


class IdentityRefused(IdentityUnknown):
    """There are no credentials, or AWS has answered that it accepts neither them nor what they ask for."""


class NoCredentials(IdentityRefused):
    """There are none: nothing can be said of any account or role."""


class Identity(Protocol):
    """Asks who is acting."""

    def caller(self) -> Caller:
        """Return the authenticated principal.

        Raises:
            NoCredentials: there are none.
            IdentityRefused: expired ones, or a role that they may not take.
            IdentityUnknown: no answer.
        """
        ...
