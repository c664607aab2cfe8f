"""Previews: what is known only after the update makes a rule undecided, and only the rule that needs it."""

from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from policies.judging import Judge
from policies.rules import durability, encryption, exposure, identity
from policies.rules.rule import Graph, GraphRule, Rule
from policies.waivers import Waivers
from tests.policies.judged import TODAY, node_of, resource_of

BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
QUEUE = "aws:sqs/queue:Queue"
TABLE = "aws:dynamodb/table:Table"
LOG = "aws:cloudwatch/logGroup:LogGroup"
UNKNOWN = UNKNOWN_STRING_VALUE


def _judge() -> Judge:
    return Judge(waivers=Waivers(), today=TODAY, unknown=(UnknownValueError,))


def _sse(**default: Any) -> dict[str, Any]:
    return {"bucket": UNKNOWN, "rules": [{"applyServerSideEncryptionByDefault": default}]}


@pytest.mark.parametrize(
    ("rule", "type_", "properties"),
    [
        (encryption.BUCKET_ENCRYPTION_KEY, ENCRYPTION, _sse(sseAlgorithm="aws:kms", kmsMasterKeyId=UNKNOWN)),
        (
            encryption.TABLE_ENCRYPTION_KEY,
            TABLE,
            {"serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN}},
        ),
        (encryption.TOPIC_ENCRYPTION, "aws:sns/topic:Topic", {"kmsMasterKeyId": UNKNOWN}),
        (encryption.QUEUE_ENCRYPTION, QUEUE, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN}),
        (exposure.OPEN_INGRESS, INGRESS, {"cidrIpv4": UNKNOWN}),
        (exposure.PUBLIC_POLICY, "aws:s3/bucketPolicy:BucketPolicy", {"policy": UNKNOWN}),
        (identity.WILDCARD_RIGHTS, ROLE_POLICY, {"policy": UNKNOWN}),
        (identity.PASSED_ROLES, ROLE_POLICY, {"policy": UNKNOWN}),
        (identity.ROLE_TRUST, ROLE, {"assumeRolePolicy": UNKNOWN}),
        (identity.ROLE_BOUNDARY, ROLE, {"permissionsBoundary": UNKNOWN}),
        (durability.LOG_RETENTION, LOG, {"retentionInDays": UNKNOWN}),
    ],
    ids=lambda each: each.id if isinstance(each, Rule) else "",
)
def test_what_a_rule_needs(rule: Rule[Any], type_: str, properties: dict[str, Any]) -> None:
    """Neither a pass nor a violation."""
    judge = _judge()
    assert judge.resource(rule, resource_of(type_, unknown_checking_proxy(properties)), rule.limits()) == []
    assert {each.rule for each in judge.undecided} == {rule.id}


@pytest.mark.parametrize(
    ("rule", "type_", "properties", "found"),
    [
        (
            encryption.BUCKET_ENCRYPTION_KEY,
            ENCRYPTION,
            _sse(sseAlgorithm="AES256", kmsMasterKeyId=UNKNOWN),
            1,
        ),
        (encryption.TABLE_ENCRYPTION_KEY, TABLE, {"name": UNKNOWN}, 1),
        (encryption.QUEUE_ENCRYPTION, QUEUE, {"kmsMasterKeyId": UNKNOWN}, 0),
        (encryption.KEY_ROTATION, "aws:kms/key:Key", {"policy": UNKNOWN}, 1),
        (exposure.PUBLIC_ACCESS_BLOCKED, BLOCK, {"bucket": UNKNOWN}, 1),
        (exposure.PUBLIC_ACL, BUCKET, {"bucket": UNKNOWN}, 0),
        (exposure.OPEN_INGRESS, INGRESS, {"securityGroupId": UNKNOWN, "cidrIpv4": "0.0.0.0/0"}, 1),
        (identity.WILDCARD_RIGHTS, ROLE, {"permissionsBoundary": UNKNOWN}, 0),
        (identity.ROLE_BOUNDARY, ROLE, {"permissionsBoundary": "arn", "assumeRolePolicy": UNKNOWN}, 0),
        (durability.DATA_PROTECTED, BUCKET, {"bucket": UNKNOWN}, 1),
        (durability.LOG_RETENTION, LOG, {"kmsKeyId": UNKNOWN, "retentionInDays": 365}, 0),
    ],
    ids=lambda each: each.id if isinstance(each, Rule) else "",
)
def test_what_a_rule_does_not_need(
    rule: Rule[Any], type_: str, properties: dict[str, Any], found: int
) -> None:
    """It decides, for it reads nothing else."""
    judge = _judge()
    resource = resource_of(type_, unknown_checking_proxy(properties))
    assert len(judge.resource(rule, resource, rule.limits())) == found
    assert judge.undecided == set()


@pytest.mark.parametrize(
    ("rule", "type_"),
    [
        (encryption.BUCKET_ENCRYPTION, ENCRYPTION),
        (exposure.BUCKET_ACCESS_BLOCK, BLOCK),
        (durability.BUCKET_VERSIONING, "aws:s3/bucketVersioning:BucketVersioning"),
    ],
    ids=lambda each: each.id if isinstance(each, GraphRule) else "",
)
def test_relations_are_known_before_the_values(rule: GraphRule[Any], type_: str) -> None:
    """Two new buckets: one has a companion, whose bucket is not known yet, and one lacks it."""
    unknown = unknown_checking_proxy({"bucket": UNKNOWN})
    kept, bare = (node_of(BUCKET, unknown, name=name) for name in ("kept", "bare"))
    companion = node_of(type_, unknown, bucket=kept.resource.urn)
    judge = _judge()
    found = judge.graph(rule, Graph((kept, bare, companion)), rule.limits())
    assert [each.urn for each in found] == [bare.resource.urn]
    assert judge.undecided == set()


def test_a_new_boundary_is_known_before_its_arn() -> None:
    """A new role is bound by a new policy; both are wide, one of them is nobody's boundary."""
    everything = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    wide = unknown_checking_proxy({"arn": UNKNOWN, "policy": everything})
    boundary, other = (node_of(POLICY, wide, name=name) for name in ("boundary", "other"))
    role = node_of(
        ROLE,
        unknown_checking_proxy({"permissionsBoundary": UNKNOWN, "managedPolicyArns": UNKNOWN}),
        permissionsBoundary=boundary.resource.urn,
    )
    judge = _judge()
    found = judge.graph(
        identity.MANAGED_RIGHTS, Graph((boundary, other, role)), identity.MANAGED_RIGHTS.limits()
    )
    assert {each.urn for each in found} == {other.resource.urn}
    assert judge.undecided == set()
