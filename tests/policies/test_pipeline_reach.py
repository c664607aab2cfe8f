"""The reach of a pipeline's role: what of a policy is more than one pipeline's."""

import json
from typing import Any

import pytest

from policies.rules.pipeline_reach import PIPELINE_REACH
from tests.policies.placed import Unknown, judged_at, undecided_at

POLICY = "aws:iam/rolePolicy:RolePolicy"
BATCH = "slipway:pipeline:BatchPipeline"
STREAMING = "slipway:pipeline:StreamingPipeline"
OWN = {"StringEquals": {"aws:RequestTag/Pipeline": "settlements"}}
NEED = "it has to name what the pipeline's datasets need"


def _statement(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _found(*statements: Any, within: str = BATCH) -> list[str]:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return judged_at(PIPELINE_REACH, POLICY, {"policy": document}, within=within)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::finedge-prod-lake/settlements/*"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:1:key/0f3"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:1:table/slipway-prod-x"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:1:secret:slipway/prod/x/*"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:1:log-group:x:*"),
        ("emr-serverless:GetApplication", "arn:aws:emr-serverless:*:1:/applications/*"),
        ("emr-serverless:StartApplication", "arn:aws:emr-serverless:*:1:/applications/*"),
        ("logs:DescribeLogGroups", "*"),
        ("ec2:DescribeSubnets", "*"),
    ],
)
def test_what_is_named_complies(action: str, resource: str) -> None:
    """And so does what keeps no pipeline's data."""
    assert _found(_statement(action, resource)) == []


@pytest.mark.parametrize(
    ("action", "resource", "alias", "reaches"),
    [
        ("kms:Decrypt", "arn:aws:kms:*:1:key/*", "alias/finedge-prod-data", False),
        ("kms:Decrypt", "arn:aws:kms:*:1:key/*", "*", True),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:1:table/*", "alias/finedge-prod-data", True),
    ],
)
def test_a_key_may_be_named_by_its_alias(action: str, resource: str, alias: str, *, reaches: bool) -> None:
    """A key only: nothing else has an alias of KMS."""
    conditions = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
    assert bool(_found(_statement(action, resource, Condition=conditions))) is reaches


@pytest.mark.parametrize(
    ("action", "resource", "service"),
    [
        ("s3:GetObject", "*", "s3"),
        ("S3:getobject", "*", "s3"),
        ("dynamodb:*", "*", "dynamodb"),
        ("secretsmanager:GetSecretValue", "*", "secretsmanager"),
        ("kms:Decrypt", "*", "kms"),
        ("emr-serverless:StartJobRun", "*", "emr-serverless"),
        ("elasticmapreduce:AddJobFlowSteps", "*", "elasticmapreduce"),
        ("kms:Decrypt", "arn:aws:kms:*:1:key/*", "kms"),
        ("kms:Decrypt", "arn:aws:kms:*:1:*", "kms"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:1:table/*", "dynamodb"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:1:secret:*", "secretsmanager"),
        ("emr-serverless:StartJobRun", "arn:aws:emr-serverless:*:1:/applications/*", "emr-serverless"),
        ("s3:GetObject", "arn:aws:s3:::*", "s3"),
        ("s3:GetObject", "arn:aws:s3:::finedge-*/settlements/*", "s3"),
        ("s3:GetObject", "arn:aws:s3:::finedge-prod-lak?/settlements/*", "s3"),
        ("s3:GetObject", "arn:aws:s3:::finedge-prod-lake/*", "s3"),
        ("s3:GetObject", "arn:aws:s3:::finedge-prod-lake*", "s3"),
        ("s3:ListBucket", "arn:aws:s3:::finedge-prod-lake", "s3"),
        ("s3:GetObject", "arn:*", "s3"),
    ],
)
def test_what_is_more_than_a_pipelines_is_named(action: str, resource: str, service: str) -> None:
    """By service, resource and statement."""
    assert _found(_statement(action, resource)) == [f"allows {service} on {resource}; {NEED}"]
    assert _found(_statement(action, resource, Sid="Wide"))[0].startswith(
        f"allows {service} on {resource} (Wide);"
    )


def test_everything_on_everything_is_named_once() -> None:
    """With all services that keep pipelines apart by names only."""
    (message,) = _found(_statement("*", "*"))
    assert message.startswith(
        "allows dynamodb, elasticmapreduce, emr-serverless, kms, s3, secretsmanager on *; "
    )


def test_a_resource_of_another_service_is_not_the_actions() -> None:
    """Two services in one statement: each has its own resources."""
    actions = ["s3:GetObject", "logs:PutLogEvents"]
    resources = ["arn:aws:s3:::lake/settlements/*", "arn:aws:logs:us-east-1:1:*"]
    assert _found(_statement(actions, resources)) == []
    assert _found(_statement(actions, "*")) == [f"allows s3 on *; {NEED}"]


@pytest.mark.parametrize("type_", [BATCH, STREAMING])
def test_both_kinds_of_pipelines_are_judged_and_nothing_else(type_: str) -> None:
    """Roles of duties reach further, and have rules of their own."""
    wide = _statement("s3:*", "*")
    assert len(_found(wide, within=type_)) == 1
    assert len(_found(wide, within=f"{type_}$slipway:x:Y")) == 1
    assert _found(wide, within="slipway:identity:DutyRole") == []
    assert _found(wide, within="") == []


def test_a_refusal_refuses_as_much_as_it_likes() -> None:
    """Only what is allowed can be too much."""
    assert _found({**_statement("*", "*"), "Effect": "Deny"}) == []


@pytest.mark.parametrize("key", ["NotAction", "NotResource"])
def test_all_but_something_is_never_a_pipelines_own(key: str) -> None:
    """Tomorrow's services are in it too."""
    statement = {**_statement("s3:GetObject", "arn:aws:s3:::lake/x/*"), key: "iam:*"}
    assert _found(statement) == [f"allows everything but what it names; {NEED}"]


@pytest.mark.parametrize("key", ["aws:RequestTag/Pipeline", "aws:ResourceTag/Pipeline"])
def test_jobs_are_a_pipelines_own_by_their_tag(key: str) -> None:
    """Applications are shared."""
    jobs = "arn:aws:emr-serverless:*:1:/applications/*"
    assert (
        _found(_statement("emr-serverless:*", jobs, Condition={"StringEquals": {key: "settlements"}})) == []
    )


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestTag/Owner": "settlements"}},
        {"StringLike": {"aws:RequestTag/Pipeline": "*"}},
        {"StringLike": {"aws:RequestTag/Pipeline": ["settlements", "*"]}},
        {"StringNotEquals": {"aws:RequestTag/Pipeline": "settlements"}},
    ],
)
def test_a_tag_that_everybody_has_is_nobodys(condition: dict[str, Any]) -> None:
    """Another tag, any value, or all but one."""
    jobs = "arn:aws:emr-serverless:*:1:/applications/*"
    assert len(_found(_statement("emr-serverless:*", jobs, Condition=condition))) == 1


def test_objects_have_no_such_tags() -> None:
    """S3 does not compare tags of resources: a prefix is what keeps pipelines apart."""
    assert len(_found(_statement("s3:GetObject", "arn:aws:s3:::lake/*", Condition=OWN))) == 1
    assert len(_found(_statement("s3:ListBucket", "arn:aws:s3:::lake", Condition=OWN))) == 1


@pytest.mark.parametrize(("prefix", "found"), [("settlements/*", 0), ("*", 1), ("", 1), (["a/*", "*"], 1)])
def test_a_bucket_is_listed_below_a_prefix(prefix: Any, found: int) -> None:
    """One that begins with a wildcard is none."""
    condition = {"StringLike": {"s3:prefix": prefix}}
    statement = _statement("s3:ListBucket", "arn:aws:s3:::lake", Condition=condition)
    assert len(_found(statement)) == found


def test_a_document_that_cannot_be_read_is_refused() -> None:
    """Nobody knows what it allows."""
    assert judged_at(PIPELINE_REACH, POLICY, {"policy": "{"}, within=BATCH) == [
        "is no policy: its document is no JSON"
    ]


def test_a_policy_that_is_not_known_yet_waits() -> None:
    """Only a pipeline's: others are not read."""
    assert undecided_at(PIPELINE_REACH, POLICY, Unknown({}, "policy"), within=BATCH)
    assert judged_at(PIPELINE_REACH, POLICY, Unknown({}, "policy")) == []


def test_no_other_way_gives_a_pipeline_more() -> None:
    """A managed policy is read too, as is what a role says itself; one of somebody else's is not attached."""
    document = json.dumps({"Statement": [_statement("s3:GetObject", "*", Sid="All")]})
    told = f"allows s3 on * (All); {NEED}"
    managed, role = "aws:iam/policy:Policy", "aws:iam/role:Role"
    assert judged_at(PIPELINE_REACH, managed, {"policy": document}, within=BATCH) == [told]
    assert judged_at(PIPELINE_REACH, managed, {"policy": document}) == []
    inline = {"inlinePolicies": [{"name": "x", "policy": document}]}
    assert judged_at(PIPELINE_REACH, role, inline, within=BATCH) == [told]
    assert judged_at(PIPELINE_REACH, role, {"policy": document}, within=BATCH) == []
    attaches = ["attaches a policy of anybody else; a pipeline has one of its own"]
    for type_ in (
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ):
        assert judged_at(PIPELINE_REACH, type_, {"policyArn": "arn:x"}, within=BATCH) == attaches
        assert judged_at(PIPELINE_REACH, type_, {"policyArn": "arn:x"}) == []
    listed = {"managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]}
    assert judged_at(PIPELINE_REACH, role, listed, within=BATCH) == attaches
    assert judged_at(PIPELINE_REACH, role, {"managedPolicyArns": []}, within=BATCH) == []
