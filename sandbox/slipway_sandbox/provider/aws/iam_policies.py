"""Policies of IAM roles, users and groups: managed ones, inline ones, and attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.iam_text import document
from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.tagging import iam_tags

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_MOST_VERSIONS = 5  # AWS keeps no more of a managed policy


class Policy(Resource):
    """A managed policy; a changed document is a new default version, the oldest makes room."""

    module = "iam"
    service = "iam"
    takes = frozenset({"name", "path", "description", "policy"})
    silent = frozenset({"namePrefix", "delayAfterPolicyCreationInMs"})
    replace_on = frozenset({"name", "namePrefix", "path", "description"})
    autoname = "name"
    defaults = fixed(path="/")
    tagging = iam_tags("policy", "PolicyArn")

    def make(self, target: Target) -> str:
        """Create the policy; its id is its ARN."""
        inputs = target.inputs
        optional = {"Path": inputs.get("path"), "Description": inputs.get("description")}
        answer = target.client.create_policy(
            PolicyName=inputs["name"],
            PolicyDocument=inputs["policy"],
            **{key: value for key, value in optional.items() if value},
        )
        return str(answer["Policy"]["Arn"])

    def fetch(self, target: Target) -> Properties | None:
        """The policy with the document of its default version."""
        policy = target.client.get_policy(PolicyArn=target.id)["Policy"]
        version = target.client.get_policy_version(PolicyArn=target.id, VersionId=policy["DefaultVersionId"])
        return {
            "arn": policy["Arn"],
            "name": policy["PolicyName"],
            "path": policy["Path"],
            "description": policy.get("Description") or "",
            "policy": document(version["PolicyVersion"]["Document"]),
            "policyId": policy["PolicyId"],
            "attachmentCount": policy["AttachmentCount"],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Make the new document the default version."""
        if "policy" not in changed:
            return
        older = self._other_versions(target)
        if len(older) + 1 >= _MOST_VERSIONS:
            target.client.delete_policy_version(PolicyArn=target.id, VersionId=older[0])
        target.client.create_policy_version(
            PolicyArn=target.id, PolicyDocument=target.inputs["policy"], SetAsDefault=True
        )

    def remove(self, target: Target) -> None:
        """Delete the older versions, then the policy; an attached one refuses."""
        for version in self._other_versions(target):
            target.client.delete_policy_version(PolicyArn=target.id, VersionId=version)
        target.client.delete_policy(PolicyArn=target.id)

    def _other_versions(self, target: Target) -> list[str]:
        versions = target.client.list_policy_versions(PolicyArn=target.id)["Versions"]
        others = sorted((v["CreateDate"], v["VersionId"]) for v in versions if not v["IsDefaultVersion"])
        return [version for _, version in others]


def inline_policy(kind: str) -> Row:
    """An inline policy of a role, user or group; its id is "owner:name"."""
    owner = kind.lower()
    where = {f"{kind}Name": f"{{{owner}}}", "PolicyName": "{name}"}
    put = Op(call=f"put_{owner}_policy", send="policy=PolicyDocument", args=where)
    return Row(
        module="iam",
        name=f"{kind}Policy",
        service="iam",
        create_=put,
        update_=(put,),
        look=(Look(call=f"get_{owner}_policy", args=where, give="policy=PolicyDocument"),),
        erase=Op(call=f"delete_{owner}_policy", args=where),
        autoname="name",
        silent=frozenset({"namePrefix"}),
        replace_on=frozenset({"name", "namePrefix", owner}),
        id_form=f"{{{owner}}}:{{name}}",
    )


def attachment(kind: str) -> Row:
    """The attachment of a managed policy to a role, user or group; its id is "owner/policy ARN"."""
    owner = kind.lower()
    where = {f"{kind}Name": f"{{{owner}}}"}
    both = {**where, "PolicyArn": "{policyArn}"}
    return Row(
        module="iam",
        name=f"{kind}PolicyAttachment",
        service="iam",
        create_=Op(call=f"attach_{owner}_policy", args=both),
        look=(
            Look(
                call=f"list_attached_{owner}_policies",
                args=where,
                at="AttachedPolicies[PolicyArn={policyArn}]",
                give="policyArn",
            ),
        ),
        erase=Op(call=f"detach_{owner}_policy", args=both),
        replace_on=frozenset({owner, "policyArn"}),
        id_form=f"{{{owner}}}/{{policyArn}}",
    )


OWNERS = ("Role", "User", "Group")
POLICY_ROWS = (*map(inline_policy, OWNERS), *map(attachment, OWNERS))
