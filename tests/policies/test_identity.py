"""Identity: what rights are named, who is trusted, what no role leaves."""

import json
from typing import Any

import pytest

from policies.rules.identity import (
    MANAGED_RIGHTS,
    PASSED_ROLES,
    ROLE_BOUNDARY,
    ROLE_TRUST,
    WILDCARD_RIGHTS,
)
from policies.rules.rule import Node
from tests.policies.judged import judged, judged_graph, node_of

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE = [ROLE_POLICY, "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"]
ATTACHMENTS = [
    ATTACHMENT,
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
]
ARN = "arn:aws:iam::111122223333:policy/slipway-prod-boundary"
PIPELINE = "arn:aws:iam::111122223333:role/slipway-prod-settlements"
ACCOUNT = "arn:aws:iam::111122223333:root"
ISSUER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


def _document(**statement: Any) -> str:
    return json.dumps({"Statement": {"Effect": "Allow", **statement}})


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Action": "*", "Resource": "*"}, "*"),
        ({"Action": "s3:*", "Resource": "*"}, "s3:*"),
        ({"Action": ["s3:GetObject", "S3:*"], "Resource": ["arn:aws:s3:::a", "*"]}, "s3:*"),
        ({"Action": ["*", "s3:*"], "Resource": "*"}, "*, s3:*"),
        ({"Action": "s3:?*", "Resource": "arn:aws:s3:::*"}, "s3:?*"),
        ({"NotAction": "iam:*", "Resource": "*"}, "all but iam:*"),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::a"}, "s3:*"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::a"}, None),
        ({"Action": "s3:Get*", "Resource": "*"}, None),
        ({"Action": "s3:Get*", "NotResource": "arn:aws:s3:::a"}, None),
        ({"NotAction": "iam:*", "Resource": "arn:aws:s3:::a"}, None),
        ({"Action": "*", "Resource": "*", "Effect": "Deny"}, None),
    ],
)
def test_wildcard_rights(statement: dict[str, Any], told: str | None) -> None:
    """All of a service is a wildcard where it is about everything; so is all but some."""
    document = _document(**statement)
    said = f"allows {told}" + " on everything; it should name actions or resources"
    expected = [f"{{}} 'lake' {said}"] if told else []
    for type_ in INLINE:
        messages = judged(WILDCARD_RIGHTS, type_, {"policy": document})
        assert messages == [each.format(type_) for each in expected]
    inline = judged(WILDCARD_RIGHTS, ROLE, {"inlinePolicies": [{"name": "x", "policy": document}]})
    assert inline == [each.format(ROLE) for each in expected]
    policy = node_of(POLICY, {"policy": document})
    found = judged_graph(MANAGED_RIGHTS, [policy])
    assert [message for _, message in found if "on everything" in message] == [
        each.format(POLICY) for each in expected
    ]


def test_nothing_is_said() -> None:
    """A role's policies may all be elsewhere, and an attachment may name none yet."""
    assert judged(WILDCARD_RIGHTS, ATTACHMENT, {}) == []
    assert judged(WILDCARD_RIGHTS, ROLE, {}) == []
    assert judged(PASSED_ROLES, ROLE, {}) == []


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", 1),
        ("arn:aws:iam::aws:policy/PowerUserAccess", 1),
        ("arn:aws:iam::aws:policy/IAMFullAccess", 1),
        ("arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2", 0),
        ("arn:aws:iam::111122223333:policy/AdministratorAccess", 0),
        ("AdministratorAccess", 0),
        ("", 0),
    ],
)
def test_policies_of_aws_that_are_all_rights(arn: str, found: int) -> None:
    """Attached on their own, or listed by the role; one of the account is judged by what it says."""
    for type_ in ATTACHMENTS:
        messages = judged(WILDCARD_RIGHTS, type_, {"policyArn": arn})
        assert messages == [f"{type_} 'lake' has {arn}; it should have rights that are named"] * found
    assert len(judged(WILDCARD_RIGHTS, ROLE, {"managedPolicyArns": [arn]})) == found


def test_other_refused_policies() -> None:
    """A pack may refuse more, or others."""
    arn = "arn:aws:iam::aws:policy/job-function/DatabaseAdministrator"
    refused = ("DatabaseAdministrator",)
    assert judged(WILDCARD_RIGHTS, ATTACHMENT, {"policyArn": arn}) == []
    assert len(judged(WILDCARD_RIGHTS, ATTACHMENT, {"policyArn": arn}, refused=refused)) == 1


def test_an_attachment_has_no_document() -> None:
    """A property of that name would be nobody's rights."""
    everything = _document(Action="*", Resource="*")
    assert judged(WILDCARD_RIGHTS, ATTACHMENT, {"policyArn": ARN, "policy": everything}) == []


_SERVICE = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
_ANY_ROLE = "passes any role; it should name roles by ARN"
_ANY_SERVICE = "passes roles to any service; it should demand an iam:PassedToService"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Resource": PIPELINE, "Condition": _SERVICE}, []),
        ({"Resource": "arn:aws:iam::1:role/slipway-prod-*", "Condition": _SERVICE}, []),
        ({"Resource": "arn:aws:iam::1:role/path/name", "Condition": _SERVICE}, []),
        ({"Resource": "*", "Condition": _SERVICE}, [_ANY_ROLE]),
        ({"Resource": [PIPELINE, "arn:aws:iam::1:role/*"], "Condition": _SERVICE}, [_ANY_ROLE]),
        ({"Resource": "arn:aws:iam::1:*", "Condition": _SERVICE}, [_ANY_ROLE]),
        ({"Resource": "arn:aws:iam::1:user/x", "Condition": _SERVICE}, [_ANY_ROLE]),
        ({"NotResource": PIPELINE, "Condition": _SERVICE}, [_ANY_ROLE]),
        ({"Resource": PIPELINE}, [_ANY_SERVICE]),
        ({"Resource": "*"}, [_ANY_ROLE, _ANY_SERVICE]),
        (
            {
                "Resource": PIPELINE,
                "Condition": {"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}},
            },
            [],
        ),
        (
            {"Resource": PIPELINE, "Condition": {"StringLike": {"iam:PassedToService": ["x", "*"]}}},
            [_ANY_SERVICE],
        ),
        (
            {"Resource": PIPELINE, "Condition": {"StringNotEquals": {"iam:PassedToService": "x"}}},
            [_ANY_SERVICE],
        ),
        (
            {"Resource": PIPELINE, "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
            [_ANY_SERVICE],
        ),
        ({"Action": "iam:Pass*", "Resource": PIPELINE}, [_ANY_SERVICE]),
        ({"Action": "iam:GetRole", "Resource": "*"}, []),
        ({"Resource": "*", "Effect": "Deny"}, []),
    ],
)
def test_passed_roles(statement: dict[str, Any], told: list[str]) -> None:
    """Both are asked of each statement that may pass a role: which, and to whom."""
    document = _document(**{"Action": "iam:PassRole", **statement})
    for type_ in INLINE:
        messages = judged(PASSED_ROLES, type_, {"policy": document})
        assert messages == [f"{type_} 'lake' {each}" for each in told]
    assert judged(PASSED_ROLES, ROLE, {"inlinePolicies": [{"policy": document}]}) == [
        f"{ROLE} 'lake' {each}" for each in told
    ]
    policy = node_of(POLICY, {"policy": document})
    assert judged_graph(MANAGED_RIGHTS, [policy]) == [
        (policy.resource.urn, f"{POLICY} 'lake' {each}") for each in told
    ]


def _wide() -> Node:
    return node_of(POLICY, {"arn": ARN, "policy": _document(Action="s3:*", Resource="*")}, name="wide")


def test_a_boundary_may_be_wide() -> None:
    """It is known by what uses it: by the source of the value, or by the ARN."""
    wide = _wide()
    by_source = node_of(ROLE, {}, permissionsBoundary=wide.resource.urn)
    by_value = node_of(ROLE, {"permissionsBoundary": ARN})
    user = node_of("aws:iam/user:User", {"permissionsBoundary": ARN})
    for bound in (by_source, by_value, user):
        assert judged_graph(MANAGED_RIGHTS, [wide, bound]) == []


def test_a_name_makes_no_boundary() -> None:
    """Nobody has this one as a boundary."""
    other = node_of(ROLE, {"permissionsBoundary": "arn:aws:iam::111122223333:policy/other"})
    assert len(judged_graph(MANAGED_RIGHTS, [_wide(), other])) == 1


@pytest.mark.parametrize("type_", ATTACHMENTS)
def test_a_boundary_that_is_attached_is_a_right(type_: str) -> None:
    """What bounds one role may give another everything that it spans."""
    wide, bound = _wide(), node_of(ROLE, {"permissionsBoundary": ARN})
    attached = node_of(type_, {"policyArn": ARN})
    assert len(judged_graph(MANAGED_RIGHTS, [wide, bound, attached])) == 1


def test_a_boundary_that_a_role_lists_is_a_right() -> None:
    """The role attaches it itself."""
    wide = _wide()
    bound = node_of(ROLE, {"permissionsBoundary": ARN}, managedPolicyArns=wide.resource.urn)
    assert len(judged_graph(MANAGED_RIGHTS, [wide, bound])) == 1


def test_a_boundary_does_not_hide_the_next_policy() -> None:
    """Each policy is looked at."""
    bound = node_of(ROLE, {"permissionsBoundary": ARN})
    next_ = node_of(POLICY, {"arn": "arn:p", "policy": _document(Action="*", Resource="*")}, name="next")
    found = judged_graph(MANAGED_RIGHTS, [_wide(), bound, next_])
    assert {urn for urn, _ in found} == {next_.resource.urn}


def _trust(principal: Any, operator: str = "", key: str = "", value: Any = "") -> dict[str, str]:
    condition = {"Condition": {operator: {key: value}}} if operator else {}
    return {"assumeRolePolicy": _document(Action="sts:AssumeRole", Principal=principal, **condition)}


@pytest.mark.parametrize(
    ("principal", "told"),
    [
        ({"Service": "events.amazonaws.com"}, None),
        ({"AWS": PIPELINE}, None),
        ({"AWS": "AROAEXAMPLE"}, None),
        ({"Federated": "arn:aws:iam::1:saml-provider/x"}, None),
        ({"Federated": "cognito-identity.amazonaws.com"}, None),
        ("*", "trusts everybody; it should name principals"),
        ({"AWS": "*"}, "trusts everybody; it should name principals"),
        ({"Federated": "*"}, "trusts everybody; it should name principals"),
        ({"AWS": ACCOUNT}, f"trusts all of {ACCOUNT}; it should demand an aws:PrincipalArn"),
        ({"AWS": [PIPELINE, "1111"]}, "trusts all of 1111; it should demand an aws:PrincipalArn"),
        ({"Federated": ISSUER}, f"trusts every token of {ISSUER}; it should demand a subject"),
    ],
)
def test_whom_a_role_trusts(principal: Any, told: str | None) -> None:
    """A service and a role are named; an account is everybody in it, an issuer everybody that it knows."""
    messages = judged(ROLE_TRUST, ROLE, _trust(principal))
    assert messages == ([f"{ROLE} 'lake' {told}"] if told else [])


def test_kinds_are_not_mixed_up() -> None:
    """An account is no issuer, and no service's name is an account."""
    assert judged(ROLE_TRUST, ROLE, _trust({"Service": "1111"})) == []
    assert judged(ROLE_TRUST, ROLE, _trust({"AWS": ISSUER})) == []


def test_everybody_stays_everybody_under_a_condition() -> None:
    """There is always an account to name."""
    trust = _trust("*", "StringEquals", "aws:PrincipalOrgID", "o-1")
    assert len(judged(ROLE_TRUST, ROLE, trust)) == 1


def test_a_refusal_trusts_nobody() -> None:
    """Only what allows counts; and a role may have no document yet."""
    deny = _document(Action="sts:AssumeRole", Principal="*", Effect="Deny")
    assert judged(ROLE_TRUST, ROLE, {"assumeRolePolicy": deny}) == []
    assert judged(ROLE_TRUST, ROLE, {}) == []


@pytest.mark.parametrize(
    ("operator", "key", "value", "found"),
    [
        ("ArnEquals", "aws:PrincipalArn", PIPELINE, 0),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1:role/slipway-*", 0),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1:role/*", 1),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x", 1),
        ("ArnLike", "aws:PrincipalArn", [PIPELINE, "*"], 1),
        ("ArnEquals", "aws:PrincipalArn", ACCOUNT, 1),
        ("ArnNotEquals", "aws:PrincipalArn", PIPELINE, 1),
        ("StringEquals", "sts:ExternalId", "x", 0),
        ("StringEquals", "aws:username", "ana", 0),
        ("StringEquals", "aws:userid", "AIDA", 0),
        ("StringEquals", "aws:PrincipalTag/Team", "payments", 0),
        ("StringLike", "aws:PrincipalTag/Team", ["payments", "*"], 1),
        ("StringEquals", "aws:PrincipalOrgID", "o-1", 1),
        ("Bool", "aws:MultiFactorAuthPresent", "true", 1),
    ],
)
def test_what_names_somebody_of_an_account(operator: str, key: str, value: Any, found: int) -> None:
    """The condition has to be true of some of them only, and the key has to be there."""
    assert len(judged(ROLE_TRUST, ROLE, _trust({"AWS": ACCOUNT}, operator, key, value))) == found


@pytest.mark.parametrize(
    ("operator", "key", "value", "found"),
    [
        ("StringLike", "token:sub", "repo:finedge/pipelines:*", 0),
        ("StringEquals", "token:sub", "ana", 0),
        ("StringLike", "token:sub", "repo:*", 1),
        ("StringLike", "token:sub", "*", 1),
        ("StringLike", "token:sub", ["repo:finedge/pipelines:*", "repo:*"], 1),
        ("StringNotLike", "token:sub", "repo:finedge/pipelines:*", 1),
        ("StringEquals", "token:aud", "sts.amazonaws.com", 1),
    ],
)
def test_what_names_subjects_of_an_issuer(operator: str, key: str, value: Any, found: int) -> None:
    """Everybody's token has the same audience; the kind of a subject is everybody's too."""
    assert len(judged(ROLE_TRUST, ROLE, _trust({"Federated": ISSUER}, operator, key, value))) == found


_EMR = "elasticmapreduce.amazonaws.com"


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"permissionsBoundary": ARN, **_trust({"Service": "ec2.amazonaws.com"})}, 0),
        (_trust({"Service": "ec2.amazonaws.com"}), 1),
        ({"permissionsBoundary": "", **_trust({"Service": "ec2.amazonaws.com"})}, 1),
        (_trust({"Service": _EMR}), 0),
        (_trust({"Service": [_EMR, "ec2.amazonaws.com"]}), 1),
        (_trust({"Service": _EMR, "AWS": PIPELINE}), 1),
        (_trust({"AWS": _EMR}), 1),
        (
            {
                "assumeRolePolicy": _document(
                    Action="sts:AssumeRole", Principal={"Service": _EMR}, Effect="Deny"
                )
            },
            1,
        ),
        ({}, 1),
    ],
)
def test_boundaries(properties: dict[str, Any], found: int) -> None:
    """Only a role that nobody but EMR itself may assume is outside of it."""
    told = f"{ROLE} 'lake' has no permissions boundary; it should bear the stack's"
    assert judged(ROLE_BOUNDARY, ROLE, properties) == [told] * found


def test_other_services_outside() -> None:
    """A pack may leave nobody outside, or somebody else."""
    assert len(judged(ROLE_BOUNDARY, ROLE, _trust({"Service": _EMR}), outside=())) == 1
    assert judged(ROLE_BOUNDARY, ROLE, _trust({"Service": ["a", "b"]}), outside=("a", "b")) == []
