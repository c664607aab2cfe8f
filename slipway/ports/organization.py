"""Whose a token of GitHub is, and what its owner is in an organization."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who asks.

    Attributes:
        login: of the token's owner.
        is_owner: whether they own the organization.
    """

    login: str
    is_owner: bool


class Organization(Protocol):
    """Asks GitHub."""

    def standing(self) -> Standing:
        """Return who asks, and what they are.

        Raises:
            SourceControlError: the token is refused, there is no such organization, or no answer.
        """
        ...
