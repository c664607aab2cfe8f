"""Who may do what: named rights for named principals, within a boundary."""

from collections.abc import Iterator
from typing import Any, Final

from policies.rules.documents import (
    EVERYBODY,
    Condition,
    Statement,
    allowed,
    arn_parts,
    begins_wild,
    is_every_resource,
    is_fixed,
    is_wild,
)
from policies.rules.links import is_pointed_at
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_ROLE: Final = "aws:iam/role:Role"
_USER: Final = "aws:iam/user:User"
_POLICY: Final = "aws:iam/policy:Policy"
_INLINE: Final = (
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
)
_ATTACHMENTS: Final = (
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
)


class RightsLimits(Frozen):
    """What nobody is given.

    Attributes:
        refused: names of AWS's own policies that are all rights, or lead to them.
    """

    refused: tuple[str, ...] = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")


def _own_documents(resource: Resource) -> Iterator[Any]:
    """Return the documents that give rights to a principal: its own, never one that may be a boundary."""
    if resource.type == _ROLE:
        for inline in resource.properties.get("inlinePolicies") or ():
            yield inline.get("policy")
    else:
        yield resource.properties.get("policy")


def _attached(resource: Resource) -> Iterator[str]:
    if resource.type == _ROLE:
        yield from resource.properties.get("managedPolicyArns") or ()
    elif resource.type in _ATTACHMENTS:
        yield resource.properties.get("policyArn") or ""


def _wildcards(document: Any) -> Iterator[str]:
    """Say which statements give all actions, or all of a service, on everything."""
    for statement in allowed(document):
        actions = _wild_actions(statement)
        if actions and _is_about_everything(statement):
            yield f"allows {', '.join(actions)} on everything; it should name actions or resources"


def _wild_actions(statement: Statement) -> list[str]:
    wild = [each for each in statement.actions if is_wild(each.rpartition(":")[2])]
    return [*wild, *(f"all but {each}" for each in statement.other_actions)]


def _is_about_everything(statement: Statement) -> bool:
    return bool(statement.other_resources) or any(map(is_every_resource, statement.resources))


def _wildcard_rights(resource: Resource, limits: RightsLimits) -> Iterator[str]:
    for arn in _attached(resource):
        if (parts := arn_parts(arn)) and parts[0] == "aws" and parts[1].rpartition("/")[2] in limits.refused:
            yield f"{resource.told} has {arn}; it should have rights that are named"
    if resource.type not in _ATTACHMENTS:
        for document in _own_documents(resource):
            yield from (f"{resource.told} {each}" for each in _wildcards(document))


WILDCARD_RIGHTS: Final = Rule(
    id="wildcard-rights",
    severity=Severity.HIGH,
    frameworks=("CIS AWS 1.16", "PCI DSS 7.2", "SOX ITGC"),
    rationale="Whoever may do everything may also approve, sign and erase, whatever their duty is.",
    remedy="Name the actions that the duty needs, and the ARNs that it needs them on.",
    limits=RightsLimits,
    judges=frozenset({_ROLE, *_INLINE, *_ATTACHMENTS}),
    violations=_wildcard_rights,
)

_HANDING_ON: Final = "iam:passrole"
_PASSED_TO: Final = "iam:passedtoservice"


def _passes(document: Any) -> Iterator[str]:
    """Say which statements hand out roles that they do not name, or to any service."""
    for statement in allowed(document):
        if not statement.speaks_of(_HANDING_ON):
            continue
        if statement.other_resources or not all(map(_is_named_role, statement.resources)):
            yield "passes any role; it should name roles by ARN"
        if not any(_names_service(each) for each in statement.conditions):
            yield "passes roles to any service; it should demand an iam:PassedToService"


def _is_named_role(arn: str) -> bool:
    """Whether it is of one role, or of those whose names begin alike."""
    parts = arn_parts(arn)
    return parts is not None and parts[1].startswith("role/") and not begins_wild(parts[1][len("role/") :])


def _names_service(condition: Condition) -> bool:
    return (
        condition.is_demanding
        and condition.key == _PASSED_TO
        and not any(begins_wild(each) for each in condition.values)
    )


def _passed_roles(resource: Resource, _: NoLimits) -> Iterator[str]:
    for document in _own_documents(resource):
        yield from (f"{resource.told} {each}" for each in _passes(document))


PASSED_ROLES: Final = Rule(
    id="passed-roles",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="Who hands a role to a service that they command can do what the role can.",
    remedy="Give iam:PassRole on the ARNs of roles, with StringEquals iam:PassedToService.",
    limits=NoLimits,
    judges=frozenset({_ROLE, *_INLINE}),
    violations=_passed_roles,
)


def _is_boundary(graph: Graph, policy: Node) -> bool:
    """Whether a policy is the most that somebody can do, and gives no rights to anybody.

    What a role lists itself counts by its source: AWS fills the list in, so that a new role's is unknown.
    """
    bound = graph.of(_ROLE, _USER)
    attached = graph.of(*_ATTACHMENTS)
    return (
        is_pointed_at(graph, policy, bound, by="permissionsBoundary", name="arn")
        and not graph.pointing_at(policy, _ROLE, "managedPolicyArns")
        and not is_pointed_at(graph, policy, attached, by="policyArn", name="arn")
    )


def _managed_rights(graph: Graph, policy: Node, _: NoLimits) -> Iterator[Violation]:
    if _is_boundary(graph, policy):
        return
    document = policy.resource.properties.get("policy")
    for each in (*_wildcards(document), *_passes(document)):
        yield Violation(urn=policy.resource.urn, message=f"{policy.resource.told} {each}")


MANAGED_RIGHTS: Final = GraphRule(
    id="managed-rights",
    severity=Severity.HIGH,
    frameworks=("CIS AWS 1.16", "PCI DSS 7.2", "SOX ITGC"),
    rationale="What holds for a role's own policy holds for one that any role may be given.",
    remedy="Name actions, ARNs and iam:PassedToService; only a boundary that is no right may be wide.",
    limits=NoLimits,
    judges=every(_POLICY),
    violations=_managed_rights,
)


def _unnamed_trust(resource: Resource, _: NoLimits) -> Iterator[str]:
    for statement in allowed(resource.properties.get("assumeRolePolicy")):
        if statement.is_for_everybody:
            yield f"{resource.told} trusts everybody; it should name principals"
        for kind, name in statement.principals:
            if name == EVERYBODY:
                continue
            if kind == "AWS" and _is_account(name) and not any(map(_names_somebody, statement.conditions)):
                yield f"{resource.told} trusts all of {name}; it should demand an aws:PrincipalArn"
            if (
                kind == "Federated"
                and _is_issuer(name)
                and not any(map(_names_subject, statement.conditions))
            ):
                yield f"{resource.told} trusts every token of {name}; it should demand a subject"


def _is_account(principal: str) -> bool:
    return principal.isdigit() or (arn_parts(principal) or ("", ""))[1] == "root"


def _is_issuer(provider: str) -> bool:
    return (arn_parts(provider) or ("", ""))[1].startswith("oidc-provider/")


_NAMING: Final = frozenset({"aws:userid", "aws:username", "sts:externalid"})
_NAMING_TAG: Final = "aws:principaltag/"


def _names_somebody(condition: Condition) -> bool:
    """Whether a condition is true of some principals of an account only."""
    if not condition.is_demanding:
        return False
    if condition.key == "aws:principalarn":
        return all(map(_is_named_principal, condition.values))
    named = condition.key in _NAMING or condition.key.startswith(_NAMING_TAG)
    return named and not any(begins_wild(each) for each in condition.values)


def _is_named_principal(arn: str) -> bool:
    """Whether it is one role or user of one account, or those whose names begin alike."""
    parts = arn_parts(arn)
    return parts is not None and is_fixed(parts[0]) and not begins_wild(parts[1].partition("/")[2])


def _names_subject(condition: Condition) -> bool:
    """Whether a condition is on the subject of a token, and fixes more than its kind (`repo:*`)."""
    return (
        condition.is_demanding
        and condition.key.endswith(":sub")
        and not any(begins_wild(_after_kind(each)) for each in condition.values)
    )


def _after_kind(subject: str) -> str:
    return subject.partition(":")[2] if ":" in subject else subject


ROLE_TRUST: Final = Rule(
    id="role-trust",
    severity=Severity.CRITICAL,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="A role that trusts an account trusts whoever administers identities there.",
    remedy="Name services, or an account with a condition on aws:PrincipalArn, or a token's subject.",
    limits=NoLimits,
    judges=frozenset({_ROLE}),
    violations=_unnamed_trust,
)


class BoundaryLimits(Frozen):
    """Who cannot work within a boundary.

    Attributes:
        outside: services whose own roles need what no role of the platform may; EMR starts machines.
    """

    outside: tuple[str, ...] = ("elasticmapreduce.amazonaws.com",)


def _unbounded_role(resource: Resource, limits: BoundaryLimits) -> Iterator[str]:
    if resource.properties.get("permissionsBoundary"):
        return
    trust = allowed(resource.properties.get("assumeRolePolicy"))
    trusted = {principal for statement in trust for principal in statement.principals}
    if not trusted or trusted - {("Service", name) for name in limits.outside}:
        yield f"{resource.told} has no permissions boundary; it should bear the stack's"


ROLE_BOUNDARY: Final = Rule(
    id="role-boundary",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="A boundary holds whatever a later policy says: nobody administers with a role that works.",
    remedy="Set permissionsBoundary to the ARN of the stack's PermissionBoundary.",
    limits=BoundaryLimits,
    judges=frozenset({_ROLE}),
    violations=_unbounded_role,
)
