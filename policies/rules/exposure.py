"""Nothing is open to everybody: no bucket, no port, no queue, topic, key, secret or bus."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from pydantic import Field

from policies.rules.documents import Condition, Statement, allowed, arn_parts, begins_wild, is_fixed
from policies.rules.links import BUCKETS, is_bare, s3_types
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _open_bucket(graph: Graph, bucket: Node, _: NoLimits) -> Iterator[Violation]:
    if is_bare(graph, bucket, _BLOCK):
        yield Violation(
            urn=bucket.resource.urn, message=f"{bucket.resource.told} has no public access block of its own"
        )


BUCKET_ACCESS_BLOCK: Final = GraphRule(
    id="bucket-access-block",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "PCI DSS 1.4", "SOX ITGC"),
    rationale="One wrong line in a policy or an ACL would open the bucket to everybody.",
    remedy="Use a PrivateBucket, or give it a BucketPublicAccessBlock with all four switches on.",
    limits=NoLimits,
    judges=every(*BUCKETS),
    violations=_open_bucket,
)


def _partial_block(resource: Resource, _: NoLimits) -> Iterator[str]:
    off = [each for each in _SWITCHES if resource.properties.get(each) is not True]
    if off:
        yield f"{resource.told} leaves {', '.join(off)} off; all four should be on"


PUBLIC_ACCESS_BLOCKED: Final = Rule(
    id="public-access-blocked",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "PCI DSS 1.4", "SOX ITGC"),
    rationale="Each of the four switches closes a way to the public that the others leave open.",
    remedy="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
    limits=NoLimits,
    judges=frozenset({_BLOCK}),
    violations=_partial_block,
)

_ACLS: Final = s3_types("BucketAcl")
_OBJECTS: Final = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
_PUBLIC_ACLS: Final = ("authenticated-read", "public-read", "public-read-write")
_PUBLIC_GROUPS: Final = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


def _public_acl(resource: Resource, _: NoLimits) -> Iterator[str]:
    acl = resource.properties.get("acl")
    if acl in _PUBLIC_ACLS:
        yield f"{resource.told} has the ACL {acl}; it should have none, or private"
    for grantee in _grantees(resource.properties):
        if grantee.endswith(_PUBLIC_GROUPS):
            yield f"{resource.told} grants rights to {grantee.rpartition('/')[2]}; it should to nobody"


def _grantees(properties: Mapping[str, Any]) -> Iterator[str]:
    """Return the groups that grants name: a bucket's own, an object's, and those of an ACL resource."""
    own = properties.get("grants") or ()
    policy = properties.get("accessControlPolicy") or {}
    for grant in (*own, *(policy.get("grants") or ())):
        yield grant.get("uri") or (grant.get("grantee") or {}).get("uri") or ""


PUBLIC_ACL: Final = Rule(
    id="public-acl",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "PCI DSS 1.4"),
    rationale="ACLs give rights beside all policies; whoever has any AWS account is an authenticated user.",
    remedy="Leave acl and grants out, and give rights by the bucket's policy.",
    limits=NoLimits,
    judges=frozenset({*BUCKETS, *_ACLS, *_OBJECTS}),
    violations=_public_acl,
)


class IngressLimits(Frozen):
    """How many addresses are too many to be let in.

    Attributes:
        ipv4_prefix: a block whose prefix is shorter is open; 8 is the largest private one.
        ipv6_prefix: the same; 7 is the largest private one.
    """

    ipv4_prefix: int = Field(default=8, ge=1, le=32)
    ipv6_prefix: int = Field(default=7, ge=1, le=128)


_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_GROUPS: Final = (
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/securityGroup:SecurityGroup",
)


def _open_ingress(resource: Resource, limits: IngressLimits) -> Iterator[str]:
    for cidr in _admitted(resource):
        block = ip_network(cidr, strict=False)
        least = limits.ipv4_prefix if block.version == 4 else limits.ipv6_prefix  # noqa: PLR2004 - IPv4
        if block.prefixlen < least:
            yield f"{resource.told} lets {cidr} in; it should name a block of at least /{least}, or a group"


def _admitted(resource: Resource) -> Iterator[str]:
    """Return the blocks of addresses that may come in."""
    properties = resource.properties
    if resource.type == _INGRESS_RULE:
        yield from (cidr for name in ("cidrIpv4", "cidrIpv6") if (cidr := properties.get(name)))
    elif resource.type == _GROUP_RULE:
        if properties.get("type") == "ingress":
            yield from _blocks(properties)
    else:
        for rule in properties.get("ingress") or ():
            yield from _blocks(rule)


def _blocks(rule: Mapping[str, Any]) -> Iterator[str]:
    for name in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from rule.get(name) or ()


OPEN_INGRESS: Final = Rule(
    id="open-ingress",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 5.2", "PCI DSS 1.3"),
    rationale="What answers to every address is found within minutes, and attacked from then on.",
    remedy="Name the security group, or the blocks of addresses, that may come in.",
    limits=IngressLimits,
    judges=frozenset({_INGRESS_RULE, _GROUP_RULE, *_GROUPS}),
    violations=_open_ingress,
)

_POLICIES: Final = (
    *BUCKETS,
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
)
"""What bears a policy: all of them call it so."""

_BOUNDING_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})
_BOUNDING_IDS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)


def _public_policy(resource: Resource, _: NoLimits) -> Iterator[str]:
    for statement in allowed(resource.properties.get("policy")):
        if statement.is_for_everybody and not _is_bounded(statement):
            yield (
                f"{resource.told} allows everybody {', '.join(_allowed_actions(statement))}"
                "; it should name principals, or bound them by a condition"
            )


def _allowed_actions(statement: Statement) -> tuple[str, ...]:
    return statement.actions or tuple(f"all but {each}" for each in statement.other_actions)


def _is_bounded(statement: Statement) -> bool:
    """Whether some condition lets through only whom or what an account or an organization has."""
    return any(each.is_demanding and _bounds(each) for each in statement.conditions)


def _bounds(condition: Condition) -> bool:
    if condition.key in _BOUNDING_ARNS:
        return all(map(_is_somebodys, condition.values))
    return condition.key in _BOUNDING_IDS and all(map(_is_one, condition.values))


def _is_somebodys(arn: str) -> bool:
    """Whether a pattern of ARNs fixes the account; a bucket's has none, and fixes how its name begins."""
    parts = arn_parts(arn)
    if parts is None:
        return False
    account, what = parts
    return not begins_wild(account) or (not account and not begins_wild(what))


def _is_one(id_: str) -> bool:
    """Whether it is one account, network or organization, below which (`o-1/*`) there may be anything."""
    return is_fixed(id_.partition("/")[0])


PUBLIC_POLICY: Final = Rule(
    id="public-policy",
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 2.1.4", "PCI DSS 7.2", "SOX ITGC"),
    rationale="A resource policy that allows everybody allows every AWS account there is.",
    remedy="Name principals, or demand aws:SourceArn, aws:SourceAccount, aws:PrincipalOrgID or alike.",
    limits=NoLimits,
    judges=frozenset(_POLICIES),
    violations=_public_policy,
)
