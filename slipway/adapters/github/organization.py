"""Who a token of GitHub belongs to, and what they are in an organization."""

from slipway.adapters.github.session import GithubSession
from slipway.adapters.github.settings import GithubSettings
from slipway.adapters.github.wire import Account, Shape
from slipway.ports.organization import Organization, Standing


class _Membership(Shape):
    role: str
    state: str


class GithubOrganization(Organization):
    """Asks GET /user and the membership in the organization.

    Args:
        settings: where GitHub is, and the token; the repository's owner is the organization.
    """

    def __init__(self, settings: GithubSettings) -> None:
        self._session = GithubSession(settings)
        self._owner = settings.repository.partition("/")[0]

    def standing(self) -> Standing:
        """Ask who asks, then what they are."""
        try:
            login = self._session.get("/user", Account, subject="who GITHUB_TOKEN belongs to").login
            path = f"/orgs/{self._owner}/memberships/{login}"
            found = self._session.get(path, _Membership, subject=f"{login}'s membership in {self._owner}")
        finally:
            self._session.close()
        return Standing(login=login, is_owner=(found.role, found.state) == ("admin", "active"))
