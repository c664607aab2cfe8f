"""IAM roles, users, groups and instance profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.iam_text import document
from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import UTC_SECONDS, pairs, unpaired
from slipway_sandbox.provider.aws.tagging import Tagging, iam_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_ROLE = {
    "name": "RoleName",
    "path": "Path",
    "description": "Description",
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "maxSessionDuration": "MaxSessionDuration",
    "permissionsBoundary": "PermissionsBoundary",
}


class Role(Resource):
    """A role, with the inline policies and attachments that a program may give with it."""

    module = "iam"
    service = "iam"
    takes = frozenset({*_ROLE, "inlinePolicies", "managedPolicyArns"})
    silent = frozenset({"namePrefix", "forceDetachPolicies"})
    replace_on = frozenset({"name", "namePrefix", "path"})
    autoname = "name"
    defaults = fixed(path="/", maxSessionDuration=3600, description="")
    id_form = "{name}"
    tagging = iam_tags("role", "RoleName")

    def make(self, target: Target) -> str:
        """Create the role, then what it comes with."""
        inputs, name = target.inputs, target.inputs["name"]
        target.client.create_role(**{api: inputs[key] for key, api in _ROLE.items() if target.given(key)})
        with half_made(name):
            self._put_inline(target, name, {})
            for arn in inputs.get("managedPolicyArns") or []:
                target.client.attach_role_policy(RoleName=name, PolicyArn=arn)
        return str(name)

    def fetch(self, target: Target) -> Properties | None:
        """The role with its inline policies and attachments."""
        role = target.client.get_role(RoleName=target.id)["Role"]
        return {
            "arn": role["Arn"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].strftime(UTC_SECONDS),
            "path": role["Path"],
            "description": role.get("Description") or "",
            "assumeRolePolicy": document(role["AssumeRolePolicyDocument"]),
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "inlinePolicies": [{"name": n, "policy": p} for n, p in self._inline(target).items()],
            "managedPolicyArns": self._attached(target),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call for each group of properties."""
        inputs, client, name = target.inputs, target.client, target.id
        if "assumeRolePolicy" in changed:
            client.update_assume_role_policy(RoleName=name, PolicyDocument=inputs["assumeRolePolicy"])
        if changed & {"description", "maxSessionDuration"}:
            duration = inputs.get("maxSessionDuration") or 3600
            described = inputs.get("description") or ""
            client.update_role(RoleName=name, Description=described, MaxSessionDuration=duration)
        if "permissionsBoundary" in changed:
            _bound(target, "role", "RoleName")
        if "inlinePolicies" in changed and target.given("inlinePolicies"):
            self._put_inline(target, name, self._inline(target))
        if "managedPolicyArns" in changed and target.given("managedPolicyArns"):
            self._attach(target)

    def remove(self, target: Target) -> None:
        """Delete the role; policies of others refuse unless forceDetachPolicies is set."""
        inputs, client, name = target.inputs, target.client, target.id
        for profile in client.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
            client.remove_role_from_instance_profile(
                InstanceProfileName=profile["InstanceProfileName"], RoleName=name
            )
        if inputs.get("forceDetachPolicies") or target.given("managedPolicyArns"):
            for arn in self._attached(target):
                client.detach_role_policy(RoleName=name, PolicyArn=arn)
        if inputs.get("forceDetachPolicies") or target.given("inlinePolicies"):
            for policy in self._inline(target):
                client.delete_role_policy(RoleName=name, PolicyName=policy)
        client.delete_role(RoleName=name)

    def _inline(self, target: Target) -> dict[str, str]:
        names = target.client.list_role_policies(RoleName=target.id)["PolicyNames"]
        answers = {name: target.client.get_role_policy(RoleName=target.id, PolicyName=name) for name in names}
        return {name: document(answer["PolicyDocument"]) for name, answer in answers.items()}

    def _attached(self, target: Target) -> list[str]:
        pages = target.client.get_paginator("list_attached_role_policies").paginate(RoleName=target.id)
        return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]

    def _put_inline(self, target: Target, role: str, present: dict[str, str]) -> None:
        wanted = {
            p["name"]: document(p["policy"])
            for p in target.inputs.get("inlinePolicies") or []
            if p.get("name")
        }
        for name in present.keys() - wanted.keys():
            target.client.delete_role_policy(RoleName=role, PolicyName=name)
        for name, text in wanted.items():
            target.client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)

    def _attach(self, target: Target) -> None:
        present, wanted = set(self._attached(target)), set(target.inputs["managedPolicyArns"])
        for arn in sorted(present - wanted):
            target.client.detach_role_policy(RoleName=target.id, PolicyArn=arn)
        for arn in sorted(wanted - present):
            target.client.attach_role_policy(RoleName=target.id, PolicyArn=arn)


def _bound(target: Target, noun: str, subject: str) -> None:
    boundary = target.inputs.get("permissionsBoundary")
    if boundary:
        put = getattr(target.client, f"put_{noun}_permissions_boundary")
        put(**{subject: target.id, "PermissionsBoundary": boundary})
    else:
        getattr(target.client, f"delete_{noun}_permissions_boundary")(**{subject: target.id})


class User(Resource):
    """A user; keys and memberships that others gave it refuse its deletion unless forceDestroy is set."""

    module = "iam"
    service = "iam"
    takes = frozenset({"name", "path", "permissionsBoundary"})
    silent = frozenset({"forceDestroy"})
    autoname = "name"
    defaults = fixed(path="/")
    id_form = "{name}"
    replace_on = frozenset({"name"})
    tagging = iam_tags("user", "UserName")

    def make(self, target: Target) -> str:
        """Create the user."""
        fields = {"name": "UserName", "path": "Path", "permissionsBoundary": "PermissionsBoundary"}
        given = {api: target.inputs[key] for key, api in fields.items() if target.given(key)}
        return str(target.client.create_user(**given)["User"]["UserName"])

    def fetch(self, target: Target) -> Properties | None:
        """The user."""
        user = target.client.get_user(UserName=target.id)["User"]
        boundary = (user.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        return {
            "arn": user["Arn"],
            "uniqueId": user["UserId"],
            "path": user["Path"],
            "permissionsBoundary": boundary,
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Move it to another path, or bound it."""
        if "path" in changed:
            target.client.update_user(UserName=target.id, NewPath=target.inputs.get("path") or "/")
        if "permissionsBoundary" in changed:
            _bound(target, "user", "UserName")

    def remove(self, target: Target) -> None:
        """Delete the user."""
        client, name = target.client, target.id
        if target.inputs.get("forceDestroy"):
            for key in client.list_access_keys(UserName=name)["AccessKeyMetadata"]:
                client.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
            for group in client.list_groups_for_user(UserName=name)["Groups"]:
                client.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
        client.delete_user(UserName=name)


class _ProfileTagging(Tagging):
    """The tags of a profile come with the profile."""

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        del outputs
        profile = target.client.get_instance_profile(InstanceProfileName=target.id)["InstanceProfile"]
        return unpaired(profile.get("Tags") or [])

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        present, where = self.read(target, outputs), {"InstanceProfileName": target.id}
        if gone := sorted(present.keys() - wanted.keys()):
            target.client.untag_instance_profile(**where, TagKeys=gone)
        if new := {key: value for key, value in wanted.items() if present.get(key) != value}:
            target.client.tag_instance_profile(**where, Tags=pairs(new))


class InstanceProfile(Resource):
    """An instance profile and the one role in it."""

    module = "iam"
    service = "iam"
    takes = frozenset({"name", "path", "role"})
    silent = frozenset({"namePrefix"})
    replace_on = frozenset({"name", "namePrefix", "path"})
    autoname = "name"
    defaults = fixed(path="/")
    id_form = "{name}"
    tagging = _ProfileTagging(subject="InstanceProfileName", by="id")

    def make(self, target: Target) -> str:
        """Create the profile and put the role in."""
        inputs, name = target.inputs, target.inputs["name"]
        target.client.create_instance_profile(
            InstanceProfileName=name, Path=inputs.get("path") or "/", Tags=pairs(target.tags)
        )
        if inputs.get("role"):
            with half_made(name):
                target.client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=inputs["role"])
        return str(name)

    def fetch(self, target: Target) -> Properties | None:
        """The profile."""
        profile = target.client.get_instance_profile(InstanceProfileName=target.id)["InstanceProfile"]
        roles = profile.get("Roles") or []
        return {
            "arn": profile["Arn"],
            "uniqueId": profile["InstanceProfileId"],
            "createDate": profile["CreateDate"].strftime(UTC_SECONDS),
            "path": profile["Path"],
            "role": roles[0]["RoleName"] if roles else None,
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Take the old role out, put the new one in."""
        if "role" in changed:
            self._clear(target)
            if role := target.inputs.get("role"):
                target.client.add_role_to_instance_profile(InstanceProfileName=target.id, RoleName=role)

    def remove(self, target: Target) -> None:
        """Delete the profile."""
        self._clear(target)
        target.client.delete_instance_profile(InstanceProfileName=target.id)

    def _clear(self, target: Target) -> None:
        profile = target.client.get_instance_profile(InstanceProfileName=target.id)["InstanceProfile"]
        for role in profile.get("Roles") or []:
            target.client.remove_role_from_instance_profile(
                InstanceProfileName=target.id, RoleName=role["RoleName"]
            )


GROUP = Row(
    module="iam",
    name="Group",
    service="iam",
    create_=Op(call="create_group", send="name=GroupName path"),
    update_=(Op(call="update_group", args={"GroupName": "{id}", "NewPath": "{path}"}),),
    look=(Look(call="get_group", args={"GroupName": "{id}"}, at="Group", give="arn uniqueId=GroupId path"),),
    erase=Op(call="delete_group", args={"GroupName": "{id}"}),
    autoname="name",
    replace_on=frozenset({"name"}),
    defaults={"path": "/"},
    id_form="{name}",
)
