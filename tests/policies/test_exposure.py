"""Exposure: every way in which something of the platform could be open to everybody."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from policies.rules.exposure import (
    BUCKET_ACCESS_BLOCK,
    OPEN_INGRESS,
    PUBLIC_ACCESS_BLOCKED,
    PUBLIC_ACL,
    PUBLIC_POLICY,
    IngressLimits,
)
from tests.policies.judged import judged, judged_graph, node_of

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"


def test_a_bucket_without_a_block() -> None:
    """The account's own block may be there, and may go."""
    bucket = node_of(BUCKET, {"bucket": "finedge-lake"})
    told = f"{BUCKET} 'lake' has no public access block of its own"
    assert judged_graph(BUCKET_ACCESS_BLOCK, [bucket]) == [(bucket.resource.urn, told)]


def test_a_bucket_with_a_block() -> None:
    """Whatever the block says: that is another rule's."""
    bucket = node_of(BUCKET, {})
    assert judged_graph(BUCKET_ACCESS_BLOCK, [bucket, node_of(BLOCK, {}, bucket=bucket.resource.urn)]) == []


def test_all_four_switches() -> None:
    """On means on, each of them."""
    assert judged(PUBLIC_ACCESS_BLOCKED, BLOCK, dict.fromkeys(SWITCHES, True)) == []


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("without", [{}, {"off": False}])
def test_each_switch_counts(switch: str, without: dict[str, bool]) -> None:
    """Off, or not there, which is the provider's default."""
    switches = {key: True for key in SWITCHES if key != switch}
    if without:
        switches[switch] = False
    (message,) = judged(PUBLIC_ACCESS_BLOCKED, BLOCK, switches)
    assert message == f"{BLOCK} 'lake' leaves {switch} off; all four should be on"


@pytest.mark.parametrize(
    "type_",
    [
        BUCKET,
        "aws:s3/bucketV2:BucketV2",
        "aws:s3/bucketAcl:BucketAcl",
        "aws:s3/bucketAclV2:BucketAclV2",
        "aws:s3/bucketObject:BucketObject",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/objectCopy:ObjectCopy",
    ],
)
@pytest.mark.parametrize(
    ("acl", "found"),
    [
        (None, 0),
        ("private", 0),
        ("aws-exec-read", 0),
        ("public-read", 1),
        ("public-read-write", 1),
        ("authenticated-read", 1),
    ],
)
def test_public_acls(type_: str, acl: str | None, found: int) -> None:
    """Every authenticated user is everybody with an AWS account."""
    assert len(judged(PUBLIC_ACL, type_, {"acl": acl})) == found


@pytest.mark.parametrize(
    ("group", "found"),
    [
        ("http://acs.amazonaws.com/groups/global/AllUsers", 1),
        ("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", 1),
        ("http://acs.amazonaws.com/groups/s3/LogDelivery", 0),
        (None, 0),
    ],
)
def test_public_grants(group: str | None, found: int) -> None:
    """A grant says the same as an ACL, in the bucket's words or in those of an ACL resource."""
    own = judged(PUBLIC_ACL, BUCKET, {"grants": [{"uri": group}]})
    grants = {"accessControlPolicy": {"grants": [{"grantee": {"uri": group}}, {"grantee": None}]}}
    acl = judged(PUBLIC_ACL, "aws:s3/bucketAcl:BucketAcl", grants)
    assert (len(own), len(acl)) == (found, found)
    assert all("grants rights to A" in each for each in (*own, *acl))


def test_no_acl_at_all() -> None:
    """An empty bucket has nothing that could be public."""
    assert judged(PUBLIC_ACL, BUCKET, {}) == []
    assert judged(PUBLIC_ACL, "aws:s3/bucketAcl:BucketAcl", {"accessControlPolicy": {}}) == []


@pytest.mark.parametrize(
    ("cidr", "found"),
    [
        ("0.0.0.0/0", 1),
        ("128.0.0.0/1", 1),
        ("8.0.0.0/7", 1),
        ("10.0.0.0/8", 0),
        ("10.28.0.1", 0),
        ("::/0", 1),
        ("0:0:0:0:0:0:0:0/0", 1),
        ("fc00::/6", 1),
        ("fc00::/7", 0),
    ],
)
@pytest.mark.parametrize("type_", [INGRESS, RULE, GROUP, DEFAULT_GROUP])
def test_blocks_that_come_in(type_: str, cidr: str, found: int) -> None:
    """Each type of rule says it in its own way; half of the world is as open as all of it."""
    is_new = ":" in cidr
    blocks = {"ipv6CidrBlocks" if is_new else "cidrBlocks": [cidr]}
    properties: dict[str, dict[str, Any]] = {
        INGRESS: {"cidrIpv6" if is_new else "cidrIpv4": cidr},
        RULE: {"type": "ingress", **blocks},
        GROUP: {"ingress": [{"cidrBlocks": ["10.0.0.0/16"]}, blocks]},
        DEFAULT_GROUP: {"ingress": [blocks]},
    }
    messages = judged(OPEN_INGRESS, type_, properties[type_])
    least = 7 if is_new else 8
    told = f"{type_} 'lake' lets {cidr} in; it should name a block of at least /{least}, or a group"
    assert messages == [told] * found


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        (INGRESS, {"referencedSecurityGroupId": "sg-1"}),
        (RULE, {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}),
        (RULE, {"type": "ingress", "self": True}),
        (GROUP, {"egress": [{"cidrBlocks": ["0.0.0.0/0"]}]}),
        (GROUP, {"ingress": [{"self": True}]}),
        (DEFAULT_GROUP, {}),
    ],
)
def test_what_lets_nobody_in(type_: str, properties: dict[str, Any]) -> None:
    """Groups, and ways out."""
    assert judged(OPEN_INGRESS, type_, properties) == []


@pytest.mark.parametrize(
    ("limits", "cidr", "found"),
    [
        ({"ipv4_prefix": 16}, "10.0.0.0/15", 1),
        ({"ipv4_prefix": 16}, "10.0.0.0/16", 0),
        ({"ipv6_prefix": 48}, "2001:db8::/47", 1),
        ({"ipv6_prefix": 48}, "2001:db8::/48", 0),
    ],
)
def test_other_limits(limits: dict[str, Any], cidr: str, found: int) -> None:
    """Each kind of address has its own."""
    name = "cidrIpv6" if ":" in cidr else "cidrIpv4"
    assert len(judged(OPEN_INGRESS, INGRESS, {name: cidr}, **limits)) == found


@pytest.mark.parametrize("limits", [{"ipv4_prefix": 0}, {"ipv6_prefix": 0}])
def test_a_limit_of_nothing(limits: dict[str, int]) -> None:
    """It would let everybody in."""
    with pytest.raises(ValidationError):
        IngressLimits(**limits)


def _policy(**statement: Any) -> dict[str, str]:
    whole = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*", **statement}
    return {"policy": json.dumps({"Statement": [whole]})}


@pytest.mark.parametrize(
    "type_",
    [
        BUCKET,
        "aws:s3/bucketV2:BucketV2",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:sqs/queue:Queue",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sns/topic:Topic",
        TOPIC_POLICY,
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
    ],
)
def test_everything_that_bears_a_policy(type_: str) -> None:
    """Without one there is nothing to say; one that allows everybody is refused."""
    assert judged(PUBLIC_POLICY, type_, {}) == []
    (message,) = judged(PUBLIC_POLICY, type_, _policy())
    assert message == (
        f"{type_} 'lake' allows everybody sns:publish; it should name principals, "
        "or bound them by a condition"
    )


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ({"Principal": {"AWS": "*"}}, 1),
        ({"Principal": {"AWS": ["*"]}}, 1),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, 0),
        ({"Principal": {"Service": "events.amazonaws.com"}}, 0),
        ({"Effect": "Deny"}, 0),
    ],
)
def test_who_is_allowed(statement: dict[str, Any], found: int) -> None:
    """A refusal of everybody is how TLS is demanded."""
    assert len(judged(PUBLIC_POLICY, TOPIC_POLICY, _policy(**statement))) == found


def test_a_statement_of_what_is_not() -> None:
    """Whoever is not among the excepted is everybody, and so is what they may do."""
    policy = {
        "Effect": "Allow",
        "NotPrincipal": {"AWS": "arn:aws:iam::1:root"},
        "NotAction": "sns:Publish",
        "Resource": "*",
    }
    (message,) = judged(PUBLIC_POLICY, TOPIC_POLICY, {"policy": json.dumps({"Statement": policy})})
    assert "allows everybody all but sns:publish" in message


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceOwner",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "kms:CallerAccount",
    ],
)
@pytest.mark.parametrize(
    ("value", "found"),
    [("o-1", 0), ("o-1/r-1/*", 0), ("*", 1), ("o-*", 1), (["o-1", "*"], 1), ("?-1", 1), ("/x", 1)],
)
def test_conditions_on_one_account_or_organization(key: str, value: Any, found: int) -> None:
    """The value has to be one; below an organization there may be anything."""
    policy = _policy(Condition={"StringLike": {key: value}})
    assert len(judged(PUBLIC_POLICY, TOPIC_POLICY, policy)) == found


@pytest.mark.parametrize("key", ["aws:SourceArn", "AWS:PrincipalArn"])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("arn:aws:iam::111122223333:role/x", 0),
        ("arn:aws:iam::111122223333:*", 0),
        ("arn:aws:s3:::finedge-*", 0),
        ("arn:aws:s3:::*", 1),
        ("arn:aws:iam::*:role/x", 1),
        ("arn:aws:*", 1),
        ("*", 1),
        (["arn:aws:s3:::finedge", "*"], 1),
    ],
)
def test_conditions_on_arns(key: str, value: Any, found: int) -> None:
    """The account has to be fixed; a bucket's ARN has none, so its name has to begin with something."""
    policy = _policy(Condition={"ArnLike": {key: value}})
    assert len(judged(PUBLIC_POLICY, TOPIC_POLICY, policy)) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, 1),
        ({"StringEquals": {"aws:UserAgent": "x"}}, 1),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "1"}}, 1),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, 1),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceAccount": "1"}}, 0),
        ({"StringEquals": {"aws:UserAgent": "x", "aws:SourceAccount": "1"}}, 0),
    ],
)
def test_conditions_that_bound_and_others(condition: dict[str, Any], found: int) -> None:
    """All conditions have to hold, so that one is enough; it has to demand its key."""
    assert len(judged(PUBLIC_POLICY, TOPIC_POLICY, _policy(Condition=condition))) == found
