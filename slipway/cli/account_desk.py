"""The commands' desk over the accounts of the estate and the workspace's repository on GitHub."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from slipway.adapters.github import GithubSettings, github_source_control
from slipway.adapters.system_clock import SystemClock
from slipway.attest import PinnedKeys
from slipway.cli.accounts import Accounts
from slipway.cli.desk import Approver, Desk, Factor
from slipway.cli.trust import read_trusted
from slipway.model.environment import Environment
from slipway.model.naming import repository_name
from slipway.model.principal import Caller
from slipway.ports.clock import Clock
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.identity import Identity
from slipway.ports.ledger import LedgerStore
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer
from slipway.ports.source_control import Changes, Reports, SourceControl
from slipway.ports.source_control_errors import TokenRefused

_GITHUB: Final = "https://api.github.com"
_ENTERPRISE: Final = "api/v3"


class AccountDesk(Desk):
    """Everything where the stack files say it is; nothing is asked before it is needed.

    Args:
        accounts: of the estate.
        environ: this process's environment: `GITHUB_TOKEN`, and `GITHUB_BASE_URL` of an Enterprise Server.
    """

    def __init__(self, accounts: Accounts, environ: Mapping[str, str]) -> None:
        self._accounts = accounts
        self._environ = environ

    @property
    def artifacts(self) -> ObjectStore:
        """The bucket of artifacts and manifests."""
        return self._accounts.artifacts

    @property
    def evidence(self) -> ObjectStore:
        """The bucket of evidence."""
        return self._accounts.evidence_bucket

    @property
    def ledger(self) -> LedgerStore:
        """The ledger's entries."""
        return self._accounts.ledger_store

    @property
    def signer(self) -> Signer:
        """The key that releases and checkpoints are signed with."""
        return self._accounts.signer

    @cached_property
    def trusted(self) -> PinnedKeys:
        """The public keys that the checkout pins."""
        return read_trusted(self._accounts.estate.platform)

    @cached_property
    def identity(self) -> Identity:
        """Who acts."""
        return _OneCaller(self._accounts)

    @cached_property
    def clock(self) -> Clock:
        """The time."""
        return SystemClock()

    def approver(self, factor: Factor) -> Approver:
        """Who acts, in a session in which their approvals count."""
        return self._accounts.approver(factor)

    def documents(self, environment: Environment) -> EnvironmentDocuments:
        """What runs in an environment."""
        return self._accounts.documents(environment)

    def repository(self, workspace: str) -> str:
        """owner/name of a workspace's repository."""
        return f"{self._accounts.estate.github_owner}/{repository_name(workspace)}"

    def changes(self, workspace: str) -> Changes:
        """Who made what, as GitHub says."""
        return self._github(workspace, "pull requests")

    def reports(self, workspace: str) -> Reports:
        """Says on GitHub what was found."""
        return self._github(workspace, "commit statuses")

    def _github(self, workspace: str, what: str) -> SourceControl:
        repository = self.repository(workspace)
        token = self._environ.get("GITHUB_TOKEN", "")
        if not token:
            raise TokenRefused("GITHUB_TOKEN is not set", subject=f"{what} of {repository}")
        endpoint = github_endpoint(self._environ.get("GITHUB_BASE_URL", ""))
        return github_source_control(GithubSettings(endpoint=endpoint, repository=repository, token=token))


class _OneCaller(Identity):
    """Asks once who acts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def caller(self) -> Caller:
        return self._accounts.caller


def github_endpoint(base_url: str) -> str:
    """Return where the REST paths begin, from what Pulumi's GitHub provider is told.

    Args:
        base_url: `GITHUB_BASE_URL`, an Enterprise Server's, with or without `/api/v3/`; empty: github.com.
    """
    base = base_url.rstrip("/")
    if base in {"", _GITHUB} or base.endswith(_ENTERPRISE):
        return base or _GITHUB
    return f"{base}/{_ENTERPRISE}"
