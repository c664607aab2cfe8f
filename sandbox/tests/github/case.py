"""What one lifecycle of one type needs to know, and the ground that it stands on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_sandbox.provider.contract import Properties, Session
from tests.github.conftest import OWNER, Server

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A server with a repository of the test's own, and a name that nobody else uses."""

    server: Server
    session: Session
    repository: str

    @property
    def name(self) -> str:
        """The repository's name."""
        return self.repository.rpartition("/")[2]

    def rest(self, method: str, path: str, **fields: Any) -> Any:
        """A call by somebody else than Pulumi; ``~`` stands for the repository."""
        return self.server.ok(method, path.replace("~", self.repository), **fields)

    def team(self, suffix: str = "team") -> Any:
        """A team of this test's own."""
        return self.rest("POST", f"/orgs/{OWNER}/teams", name=f"{self.name} {suffix}")

    def environment(self) -> str:
        """An environment with branch policies of its own."""
        policy = {"protected_branches": False, "custom_branch_policies": True}
        self.rest("PUT", "~/environments/prod", deployment_branch_policy=policy)
        return "prod"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type's lifecycle.

    Attributes:
        type: the type's short name.
        inputs: what the program says.
        id: the id, with ``{name}`` for the repository; "" where the server gives a number.
        path: where REST shows the object, with ``~`` for the repository and ``{id}``, ``{number}``.
        pick: what to look at there.
        first: what is seen after creation.
        change: the inputs of the update; empty when nothing changes in place.
        second: what is seen after the update.
        drift: what somebody else does by REST: method, path, body.
        drifted: the outputs that show it.
        import_id: what a person imports by; "" for the id.
        not_imported: inputs that GitHub cannot tell.
        stays: deletion leaves something that reads as existing.
    """

    type: str
    inputs: Callable[[Ground], Properties]
    id: str
    path: str
    pick: Callable[[Any], Any]
    first: Any
    change: Mapping[str, Any] = field(default_factory=dict)
    second: Any = None
    drift: tuple[str, str, Mapping[str, Any]] | None = None
    drifted: Mapping[str, Any] = field(default_factory=dict)
    import_id: str = ""
    not_imported: frozenset[str] = frozenset()
    stays: bool = False

    @property
    def token(self) -> str:
        """The Pulumi type."""
        return f"github:index/{self.type[0].lower()}{self.type[1:]}:{self.type}"

    @staticmethod
    def inputs_without_new_ground(inputs: Mapping[str, Any]) -> Properties:
        """The inputs once more, without what the core keeps among them."""
        return {name: value for name, value in inputs.items() if not name.startswith("__")}

    @property
    def absent_id(self) -> str:
        """An id of the right form that leads nowhere."""
        special = {
            "RepositoryRuleset": "nowhere:1",
            "BranchProtection": "nowhere:main",
            "TeamMembership": "999999:nowhere",
            "TeamRepository": "999999:nowhere",
            "RepositoryEnvironmentDeploymentPolicy": "nowhere:prod:1",
        }
        return special.get(self.type) or self.id.format(name="nowhere") or "999999"
