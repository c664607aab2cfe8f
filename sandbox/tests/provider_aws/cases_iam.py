"""Lives of IAM types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

ROLE, USER, GROUP, POLICY = (f"aws:iam/{name.lower()}:{name}" for name in ("Role", "User", "Group", "Policy"))


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str) -> str:
    """A policy document with one statement."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _role(bed: Bed, name: str) -> str:
    return bed.make(
        ROLE, name=name, assumeRolePolicy=_trust("ec2.amazonaws.com"), forceDetachPolicies=True
    ).id


def _owner(bed: Bed, kind: str, name: str) -> str:
    if kind == "Role":
        return _role(bed, name)
    return bed.make({"User": USER, "Group": GROUP}[kind], name=name).id


def _inline(kind: str) -> Case:
    owner = kind.lower()

    def inputs(bed: Bed) -> Properties:
        return {owner: _owner(bed, kind, f"inline-{owner}"), "name": "read", "policy": allow("s3:GetObject")}

    def seen(bed: Bed, id_: str) -> Any:
        who, _, name = id_.partition(":")
        call = getattr(bed.client("iam"), f"get_{owner}_policy")
        return call(**{f"{kind}Name": who, "PolicyName": name})["PolicyDocument"]["Statement"][0]["Action"]

    def drift(bed: Bed, id_: str) -> None:
        who, _, name = id_.partition(":")
        call = getattr(bed.client("iam"), f"put_{owner}_policy")
        call(**{f"{kind}Name": who, "PolicyName": name, "PolicyDocument": allow("s3:Drift")})

    return Case(
        token=f"aws:iam/{owner}Policy:{kind}Policy",
        inputs=inputs,
        change={"policy": allow("s3:PutObject")},
        seen=seen,
        as_seen=["s3:PutObject"],
        drift=drift,
        drifted={"policy": allow("s3:Drift")},
    )


def _attachment(kind: str) -> Case:
    owner = kind.lower()

    def inputs(bed: Bed) -> Properties:
        policy = bed.make(POLICY, name=f"for-{owner}", policy=allow("s3:Get"))
        return {owner: _owner(bed, kind, f"attached-{owner}"), "policyArn": policy.outputs["arn"]}

    def seen(bed: Bed, id_: str) -> Any:
        who = id_.split("/", maxsplit=1)[0]
        call = getattr(bed.client("iam"), f"list_attached_{owner}_policies")
        return call(**{f"{kind}Name": who})["AttachedPolicies"] or None

    return Case(token=f"aws:iam/{owner}PolicyAttachment:{kind}PolicyAttachment", inputs=inputs, seen=seen)


def _tags(answer: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}


def _key_inputs(bed: Bed) -> Properties:
    return {"user": bed.make(USER, name="with-key").id}


def _key_status(bed: Bed, id_: str) -> Any:
    keys = bed.client("iam").list_access_keys(UserName="with-key")["AccessKeyMetadata"]
    return next((key["Status"] for key in keys if key["AccessKeyId"] == id_), None)


def _member_inputs(bed: Bed) -> Properties:
    group = bed.make(GROUP, name="members").id
    bed.make(USER, name="second")
    return {"name": "team", "group": group, "users": [bed.make(USER, name="first").id]}


def _members(bed: Bed, _: str) -> Any:
    return [user["UserName"] for user in bed.client("iam").get_group(GroupName="members")["Users"]] or None


def _profile_role(bed: Bed, id_: str) -> Any:
    profile = bed.client("iam").get_instance_profile(InstanceProfileName=id_)["InstanceProfile"]
    return [role["RoleName"] for role in profile["Roles"]]


def _document(bed: Bed, id_: str) -> Any:
    iam = bed.client("iam")
    version = iam.get_policy(PolicyArn=id_)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=id_, VersionId=version)["PolicyVersion"]["Document"]


def _drift_document(bed: Bed, id_: str) -> None:
    iam = bed.client("iam")
    iam.create_policy_version(PolicyArn=id_, PolicyDocument=allow("s3:Drift"), SetAsDefault=True)


IAM = (
    Case(
        token=ROLE,
        inputs=lambda _: {
            "name": "deployer",
            "assumeRolePolicy": _trust("lambda.amazonaws.com"),
            "description": "one",
            "maxSessionDuration": 7200,
            "inlinePolicies": [{"name": "inline", "policy": allow("s3:Get")}],
            "tags": {"Owner": "platform"},
        },
        change={"description": "two"},
        seen=lambda bed, id_: bed.client("iam").get_role(RoleName=id_)["Role"]["Description"],
        drift=lambda bed, id_: bed.client("iam").update_assume_role_policy(
            RoleName=id_, PolicyDocument=_trust("glue.amazonaws.com")
        ),
        drifted={"assumeRolePolicy": _trust("glue.amazonaws.com")},
        not_imported=frozenset({"inlinePolicies"}),
    ),
    Case(
        token=USER,
        inputs=lambda _: {"name": "ana", "tags": {"Owner": "platform"}},
        change={"tags": {"Owner": "data"}},
        seen=lambda bed, id_: _tags(bed.client("iam").list_user_tags(UserName=id_)),
        as_seen={"Owner": "data", "Environment": "test"},
        drift=lambda bed, id_: bed.client("iam").untag_user(UserName=id_, TagKeys=["Owner"]),
        drifted={"tags": {}},
    ),
    Case(
        token=GROUP,
        inputs=lambda _: {"name": "auditors", "path": "/people/"},
        seen=lambda bed, id_: bed.client("iam").get_group(GroupName=id_)["Group"]["Path"],
    ),
    Case(
        token=POLICY,
        inputs=lambda _: {"name": "reader", "policy": allow("s3:Get"), "description": "reads"},
        change={"policy": allow("s3:Put")},
        seen=_document,
        as_seen=json.loads(allow("s3:Put")),
        drift=_drift_document,
        drifted={"policy": allow("s3:Drift")},
    ),
    *map(_inline, ("Role", "User", "Group")),
    *map(_attachment, ("Role", "User", "Group")),
    Case(
        token="aws:iam/instanceProfile:InstanceProfile",
        inputs=lambda bed: {"name": "workers", "role": _role(bed, "worker")},
        change={"role": None},
        seen=_profile_role,
        as_seen=[],
        not_imported=frozenset(),
    ),
    Case(
        token="aws:iam/accessKey:AccessKey",
        inputs=_key_inputs,
        change={"status": "Inactive"},
        seen=_key_status,
        drift=lambda bed, id_: bed.client("iam").update_access_key(
            UserName="with-key", AccessKeyId=id_, Status="Active"
        ),
        drifted={"status": "Active"},
        not_imported=frozenset({"user"}),
    ),
    Case(
        token="aws:iam/groupMembership:GroupMembership",
        inputs=_member_inputs,
        importable=False,
        found_by_inputs=True,
        change={"users": ["second"]},
        seen=_members,
    ),
    Case(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs=lambda _: {
            "url": "https://token.actions.example.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["a" * 40],
            "tags": {"Owner": "platform"},
        },
        change={"thumbprintLists": ["c" * 40]},
        seen=lambda bed, id_: bed.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=id_)[
            "ThumbprintList"
        ],
        drift=lambda bed, id_: bed.client("iam").update_open_id_connect_provider_thumbprint(
            OpenIDConnectProviderArn=id_, ThumbprintList=["b" * 40]
        ),
        drifted={"thumbprintLists": ["b" * 40]},
        not_imported=frozenset({"thumbprintLists"}),
    ),
)
