"""Where environment documents are kept, version by version."""

from typing import Protocol

from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import DependencyError, SlipwayError


class DocumentStoreError(DependencyError):
    """The store did not answer."""


class VersionTaken(SlipwayError):  # noqa: N818 - it says what is the case
    """Somebody wrote that version first: read the newest and begin anew."""


class EnvironmentDocuments(Protocol):
    """Versions that are written once, each the successor of the one before."""

    def newest(self, environment: Environment) -> EnvironmentDocument | None:
        """The newest document; None before `slipway release bootstrap`."""
        ...

    def version(self, environment: Environment, version: int) -> EnvironmentDocument | None:
        """An earlier document; None when there is none of that version."""
        ...

    def add(self, document: EnvironmentDocument) -> None:
        """Write a version (conditional: it must be new).

        Raises:
            VersionTaken: it is there already with another content; the same content again is no error.
            DocumentStoreError: the store failed.
        """
        ...
