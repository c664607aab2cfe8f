"""GitHub: nothing gets into the default branch that nobody has reviewed, and nobody reviews themselves."""

from collections.abc import Iterator
from typing import Any, Final

from policies.rules.links import is_pointed_at
from policies.rules.place import Amount
from policies.rules.rule import Graph, GraphRule, Node, Resource, Rule, Violation, every
from policies.rules.values import block, number, said
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_REPOSITORY: Final = "github:index/repository:Repository"
_RULESET: Final = "github:index/repositoryRuleset:RepositoryRuleset"
_ENVIRONMENT: Final = "github:index/repositoryEnvironment:RepositoryEnvironment"

_COVERS: Final = ("~ALL", "~DEFAULT_BRANCH")


class ReviewLimits(Frozen):
    """What the default branch asks of a change.

    Attributes:
        reviews: approving ones, at least.
        branch: what the default branch is called, where a ruleset names it.
    """

    reviews: Amount = 1
    branch: str = "main"


class BypassLimits(Frozen):
    """Who may go around the rules of the default branch.

    Attributes:
        actors: `<type>` or `<type>:<id>`, in GitHub's words; nobody.
        branch: what the default branch is called, where a ruleset names it.
    """

    actors: tuple[str, ...] = ()
    branch: str = "main"


class EnvironmentLimits(Frozen):
    """Which deployments somebody else has to look at.

    Attributes:
        reviewed: names of environments on GitHub.
    """

    reviewed: tuple[str, ...] = ("staging", "prod")


def _covers_default(ruleset: Resource, branch: str) -> bool:
    """Whether a ruleset holds on the default branch: not one that only watches, or leaves it out."""
    properties = ruleset.properties
    if properties.get("enforcement") != "active" or properties.get("target") != "branch":
        return False
    names = block(block(properties, "conditions"), "refName")
    default = (*_COVERS, f"refs/heads/{branch}")
    is_in = any(each in default for each in names.get("includes") or ())
    return is_in and not any(each in default for each in names.get("excludes") or ())


def _unreviewed(graph: Graph, repository: Node, limits: ReviewLimits) -> Iterator[Violation]:
    """Rulesets add up: GitHub asks for the most that any of them asks."""
    rulesets = [each for each in graph.of(_RULESET) if _covers_default(each.resource, limits.branch)]
    own = [each for each in rulesets if _is_of(graph, repository, each)]
    for message in _lacks([block(each.resource.properties, "rules") for each in own], limits):
        yield Violation(urn=repository.resource.urn, message=f"{repository.resource.told} {message}")


def _is_of(graph: Graph, repository: Node, ruleset: Node) -> bool:
    return is_pointed_at(graph, repository, [ruleset], by="repository", name="name")


def _lacks(rules: list[Any], limits: ReviewLimits) -> Iterator[str]:
    reviews = [block(each, "pullRequest") for each in rules]
    count = max((number(each.get("requiredApprovingReviewCount"), 0) for each in reviews), default=0.0)
    if count < limits.reviews:
        yield f"asks {said(count)} reviews of what gets into its default branch, not {limits.reviews}"
    if not any(each.get("requireCodeOwnerReview") for each in reviews):
        yield "asks no code owner about what gets into its default branch"
    if not any(each.get("requireLastPushApproval") for each in reviews):
        yield "lets whoever pushed last approve what gets into its default branch"
    if not any(block(each, "requiredStatusChecks").get("requiredChecks") for each in rules):
        yield "asks no status check of what gets into its default branch"


def _goes_around(resource: Resource, limits: BypassLimits) -> Iterator[str]:
    if not _covers_default(resource, limits.branch):
        return
    for actor in resource.properties.get("bypassActors") or ():
        kind = str(actor.get("actorType"))
        allowed = [each for each in limits.actors if each.partition(":")[0] == kind]
        # The id is read only where it decides: that of a new team is not known before the update.
        if kind not in allowed and not (
            allowed and f"{kind}:{said(number(actor.get('actorId')))}" in allowed
        ):
            may = ", ".join(limits.actors) or "nobody"
            yield f"{resource.told} lets a {kind} go around its rules; {may} may"


def _self_service(resource: Resource, limits: EnvironmentLimits) -> Iterator[str]:
    properties = resource.properties
    name = properties.get("environment")
    if name not in limits.reviewed:
        return
    reviewers = properties.get("reviewers") or ()
    if not any(each.get("teams") or each.get("users") for each in reviewers):
        yield f"{resource.told} deploys to {name} without reviewers; it has to have some"
    if not properties.get("preventSelfReview"):
        yield f"{resource.told} lets people review their own deployment to {name}; somebody else has to"
    if properties.get("canAdminsBypass", True):
        yield f"{resource.told} lets administrators deploy to {name} unreviewed; nobody may"


BRANCH_REVIEW: Final = GraphRule(
    id="branch-review",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC", "PCI DSS 6.2.3"),
    rationale="A change that one person alone can merge is a change that nobody has controlled.",
    remedy="Give the repository the ruleset of components/repository_rules.py on ~DEFAULT_BRANCH, enforced.",
    limits=ReviewLimits,
    judges=every(_REPOSITORY),
    violations=_unreviewed,
)
BRANCH_BYPASS: Final = Rule(
    id="branch-bypass",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="Who may go around the rules is not bound by them; emergencies have break-glass.",
    remedy="Remove the actor from bypassActors.",
    limits=BypassLimits,
    judges=frozenset({_RULESET}),
    violations=_goes_around,
)
DEPLOYMENT_REVIEW: Final = Rule(
    id="deployment-review",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC", "PCI DSS 6.5.1"),
    rationale="Whoever made a change must not be the one who lets it into production.",
    remedy="Set reviewers, preventSelfReview and canAdminsBypass as WorkspaceRepository does.",
    limits=EnvironmentLimits,
    judges=frozenset({_ENVIRONMENT}),
    violations=_self_service,
)
