"""github.RepositoryEnvironment and the policies that say which branches and tags may deploy to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import from_rest, one, parts_of, to_rest

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session


class RepositoryEnvironment(GithubType):
    """A deployment environment; the id is ``repository:environment``."""

    replace_on = frozenset({"repository", "environment"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it with all its settings."""
        del name
        id_ = f"{inputs['repository']}:{inputs['environment']}"
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """The protection rules put together again."""
        del inputs
        api = github(session)
        repository, environment = parts_of(id_, "repository", "environment")
        found = api.find(api.repository(repository, "environments", environment))
        if found is None:
            return None
        names = {"repository": repository, "environment": environment}
        number = api.request("GET", api.repository(repository))["id"]
        return State(id=id_, outputs=_outputs(found) | names | {"repositoryId": number})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """One PUT says everything; what it leaves out goes back to its default."""
        del old
        api = github(session)
        repository, environment = parts_of(id_, "repository", "environment")
        api.request("PUT", api.repository(repository, "environments", environment), json=_body(new))

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it."""
        del inputs
        api = github(session)
        api.remove(
            api.repository(
                parts_of(id_, "repository", "environment")[0], "environments", id_.split(":", 1)[1]
            )
        )


def _body(inputs: Properties) -> Properties:
    policy = inputs.get("deploymentBranchPolicy")
    return {
        "wait_timer": inputs.get("waitTimer") or 0,
        "can_admins_bypass": inputs.get("canAdminsBypass", True),
        "prevent_self_review": inputs.get("preventSelfReview", False),
        "reviewers": _reviewers(inputs.get("reviewers")),
        "deployment_branch_policy": to_rest(policy) if policy else None,
    }


def _reviewers(blocks: Any) -> list[Properties]:
    block = one(blocks) or {}
    kinds = {"Team": block.get("teams") or [], "User": block.get("users") or []}
    return [{"type": kind, "id": int(id_)} for kind, ids in kinds.items() for id_ in ids]


def _outputs(found: Any) -> Properties:
    rules = {rule["type"]: rule for rule in found["protection_rules"]}
    review = rules.get("required_reviewers", {"reviewers": [], "prevent_self_review": False})
    ids = {
        field: [each["reviewer"]["id"] for each in review["reviewers"] if each["type"] == kind]
        for field, kind in (("teams", "Team"), ("users", "User"))
    }
    policy = found["deployment_branch_policy"]
    return {
        "waitTimer": rules.get("wait_timer", {}).get("wait_timer", 0),
        "canAdminsBypass": found["can_admins_bypass"],
        "preventSelfReview": review["prevent_self_review"],
        "reviewers": [ids] if review["reviewers"] else [],
        "deploymentBranchPolicy": from_rest(policy) if policy else None,
    }


class RepositoryEnvironmentDeploymentPolicy(GithubType):
    """A branch or tag pattern that may deploy; the id is ``repository:environment:number``."""

    replace_on = frozenset({"repository", "environment"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it for a branch pattern or for a tag pattern."""
        del name
        api, repository, environment = github(session), inputs["repository"], inputs["environment"]
        path = api.repository(repository, "environments", environment, "deployment-branch-policies")
        made = api.request("POST", path, json=_pattern(inputs))
        return State(id=f"{repository}:{environment}:{made['id']}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        del inputs
        api = github(session)
        found = api.find(_policy_path(session, id_))
        if found is None:
            return None
        repository, environment = _split(id_)[:2]
        outputs = {"repository": repository, "environment": environment, "policyId": found["id"]}
        outputs["repositoryId"] = api.request("GET", api.repository(repository))["id"]
        outputs |= {
            f"{kind}Pattern": found["name"] if found["type"] == kind else None for kind in ("branch", "tag")
        }
        return State(id=id_, outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Another pattern of the same kind; between branch and tag there is no way."""
        if bool(old.get("tagPattern")) is not bool(new.get("tagPattern")):
            raise ProviderFault(
                f"deployment policy {id_} cannot turn from a branch pattern into a tag pattern or back",
                remedy="replace the resource, for example under another name",
            )
        github(session).request("PUT", _policy_path(session, id_), json={"name": _pattern(new)["name"]})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it."""
        del inputs
        github(session).remove(_policy_path(session, id_))


def _split(id_: str) -> tuple[str, str, str]:
    """The environment's name may hold colons itself."""
    repository, rest = parts_of(id_, "repository", "environment:number")
    environment, _, number = rest.rpartition(":")
    return repository, environment, number


def _policy_path(session: Session, id_: str) -> str:
    repository, environment, number = _split(id_)
    return github(session).repository(
        repository, "environments", environment, "deployment-branch-policies", number
    )


def _pattern(inputs: Properties) -> Properties:
    kinds = {kind: inputs[f"{kind}Pattern"] for kind in ("branch", "tag") if inputs.get(f"{kind}Pattern")}
    if len(kinds) != 1:
        raise ProviderFault("a deployment policy needs branchPattern or tagPattern, and not both")
    [(kind, pattern)] = kinds.items()
    return {"name": pattern, "type": kind}
