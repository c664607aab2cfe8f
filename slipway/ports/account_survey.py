"""Single things of an AWS account, asked from their services."""

from dataclasses import dataclass
from typing import Protocol

from slipway.model.errors import DependencyError


class AccountSurveyError(DependencyError):
    """A service did not answer, or refused to."""


@dataclass(frozen=True, kw_only=True)
class BucketFacts:
    """A bucket that is there.

    Attributes:
        versioned: whether it keeps what is overwritten.
    """

    versioned: bool


class AccountSurvey(Protocol):
    """Asks about an account. Every method may raise `AccountSurveyError`."""

    def bucket(self, name: str) -> BucketFacts | None:
        """Return a bucket; None when there is none."""
        ...

    def is_usable(self, alias: str) -> bool | None:
        """Return whether the KMS key of an alias is enabled; None when there is no such alias."""
        ...

    def knows_issuer(self, arn: str) -> bool:
        """Return whether the account knows an issuer of identities."""
        ...
