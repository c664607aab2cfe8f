"""Who the credentials of this process belong to."""

from typing import Protocol

from slipway.model.errors import DependencyError
from slipway.model.principal import Caller


class IdentityUnknown(DependencyError):  # noqa: N818 - it says what is the case
    """There are no credentials, or nobody answers for them."""


class Identity(Protocol):
    """Asks who is acting."""

    def caller(self) -> Caller:
        """Return the authenticated principal.

        Raises:
            IdentityUnknown: no credentials, expired ones, or no answer.
        """
        ...
