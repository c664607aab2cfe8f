"""EC2 security groups and their rules, in the three forms that pulumi-aws has for them."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.ec2_permissions import ANY_PROTOCOL, SIDES, holds, permission, rules
from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made, token_of
from slipway_sandbox.provider.aws.tagging import EC2_TAGS

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties


class SecurityGroup(Resource):
    """A group; like the real provider it takes away the rule that lets everything out of a new group."""

    module = "ec2"
    service = "ec2"
    takes = frozenset({"name", "description", "vpcId", "ingress", "egress"})
    silent = frozenset({"namePrefix", "revokeRulesOnDelete"})
    replace_on = frozenset({"name", "namePrefix", "description", "vpcId"})
    autoname: str | None = "name"
    defaults = fixed(description="Managed by Pulumi")
    tagging = EC2_TAGS

    def make(self, target: Target) -> str:
        """Create the group, then its rules."""
        inputs = target.inputs
        vpc = {"VpcId": inputs["vpcId"]} if inputs.get("vpcId") else {}
        answer = target.client.create_security_group(
            GroupName=inputs["name"],
            Description=inputs.get("description") or self.defaults["description"],
            **vpc,
        )
        id_ = str(answer["GroupId"])
        with half_made(id_):
            for side in SIDES:
                self._put_rules(target, id_, side)
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The group and its rules."""
        group = self._group(target, target.id)
        return {
            "arn": target.arn(f"security-group/{target.id}"),
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group.get("VpcId"),
            "ownerId": group["OwnerId"],
            "ingress": rules(group, "ingress"),
            "egress": rules(group, "egress"),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Replace the rules of a side that changed."""
        for side in SIDES:
            if side in changed and target.given(side):
                self._put_rules(target, target.id, side)

    def remove(self, target: Target) -> None:
        """Delete the group."""
        target.client.delete_security_group(GroupId=target.id)

    def _group(self, target: Target, id_: str) -> Any:
        return target.client.describe_security_groups(GroupIds=[id_])["SecurityGroups"][0]

    def _put_rules(self, target: Target, id_: str, side: str) -> None:
        client, present = target.client, self._group(target, id_).get(SIDES[side]) or []
        if present:
            getattr(client, f"revoke_security_group_{side}")(GroupId=id_, IpPermissions=present)
        if wanted := [permission(rule, id_) for rule in target.inputs.get(side) or []]:
            getattr(client, f"authorize_security_group_{side}")(GroupId=id_, IpPermissions=wanted)


class DefaultSecurityGroup(SecurityGroup):
    """The group that a VPC came with: taken over and emptied, and left as it is when the program lets go."""

    module = "ec2"
    takes = frozenset({"vpcId", "ingress", "egress"})
    silent = frozenset({"revokeRulesOnDelete"})
    replace_on = frozenset({"vpcId"})
    autoname = None
    defaults = fixed()
    constant = fixed(namePrefix="")

    def make(self, target: Target) -> str:
        """Find the group, leave it the program's rules alone."""
        own = [
            {"Name": "vpc-id", "Values": [target.inputs["vpcId"]]},
            {"Name": "group-name", "Values": ["default"]},
        ]
        (group,) = target.client.describe_security_groups(Filters=own)["SecurityGroups"]
        id_ = str(group["GroupId"])
        for side in SIDES:
            self._put_rules(target, id_, side)
        return id_

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Replace the rules of a side that changed; a side that the program does not speak of has none."""
        for side in SIDES.keys() & changed:
            self._put_rules(target, target.id, side)

    def remove(self, target: Target) -> None:
        """Nothing: EC2 deletes it with its VPC."""


class SecurityGroupRule(Resource):
    """One rule in the older form; its id is a digest of what it says, and leads nowhere by itself."""

    module = "ec2"
    service = "ec2"
    takes = frozenset(
        {
            "type",
            "protocol",
            "fromPort",
            "toPort",
            "securityGroupId",
            "cidrBlocks",
            "ipv6CidrBlocks",
            "prefixListIds",
            "sourceSecurityGroupId",
            "self",
            "description",
        }
    )
    replace_on = takes - {"description"}
    constant = fixed(securityGroupRuleId="")

    def make(self, target: Target) -> str:
        """Authorize it."""
        group, side, document = self._permission(target)
        getattr(target.client, f"authorize_security_group_{side}")(GroupId=group, IpPermissions=[document])
        digest = zlib.crc32(json.dumps([group, side, document], sort_keys=True).encode())
        return f"sgrule-{digest}"

    def fetch(self, target: Target) -> Properties | None:
        """The rule where its group holds all that it says; there is no import."""
        if not target.given("securityGroupId"):
            return None
        group, side, document = self._permission(target)
        answer = target.client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        held = any(holds(entry, document) for entry in answer.get(SIDES[side]) or [])
        return {key: target.inputs.get(key) for key in self.takes} if held else None

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Describe it anew."""
        if "description" in changed:
            group, side, document = self._permission(target)
            update = getattr(target.client, f"update_security_group_rule_descriptions_{side}")
            update(GroupId=group, IpPermissions=[document])

    def remove(self, target: Target) -> None:
        """Revoke it."""
        if self.fetch(target):
            group, side, document = self._permission(target)
            getattr(target.client, f"revoke_security_group_{side}")(GroupId=group, IpPermissions=[document])

    def _permission(self, target: Target) -> tuple[str, str, Properties]:
        inputs = target.inputs
        source = [inputs["sourceSecurityGroupId"]] if inputs.get("sourceSecurityGroupId") else []
        document = permission({**inputs, "securityGroups": source}, inputs["securityGroupId"])
        return inputs["securityGroupId"], str(inputs["type"]), document


_RULE_FIELDS = {
    "description": "Description",
    "fromPort": "FromPort",
    "toPort": "ToPort",
    "ipProtocol": "IpProtocol",
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
}


@dataclass(kw_only=True)
class OneSidedRule(Resource):
    """One rule in the newer form, by the id that EC2 gives it.

    Attributes:
        side: "ingress" or "egress".
        name: the type's name.
    """

    side: str
    name: str
    service = "ec2"
    takes = frozenset({*_RULE_FIELDS, "securityGroupId", "referencedSecurityGroupId"})
    replace_on = frozenset({"securityGroupId"})
    tagging = EC2_TAGS

    def __post_init__(self) -> None:
        """The token is that of the side."""
        self.token = token_of("vpc", self.name)

    def make(self, target: Target) -> str:
        """Authorize it."""
        inputs = target.inputs
        about = {"description": inputs.get("description")}
        document = permission(
            about
            | {
                "protocol": inputs["ipProtocol"],
                "fromPort": inputs.get("fromPort"),
                "toPort": inputs.get("toPort"),
                "cidrBlocks": [inputs["cidrIpv4"]] if inputs.get("cidrIpv4") else [],
                "ipv6CidrBlocks": [inputs["cidrIpv6"]] if inputs.get("cidrIpv6") else [],
                "prefixListIds": [inputs["prefixListId"]] if inputs.get("prefixListId") else [],
                "securityGroups": [g] if (g := inputs.get("referencedSecurityGroupId")) else [],
            },
            inputs["securityGroupId"],
        )
        authorize = getattr(target.client, f"authorize_security_group_{self.side}")
        answer = authorize(GroupId=inputs["securityGroupId"], IpPermissions=[document])
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def fetch(self, target: Target) -> Properties | None:
        """The rule of that id."""
        answer = target.client.describe_security_group_rules(SecurityGroupRuleIds=[target.id])
        if not answer["SecurityGroupRules"]:
            return None
        rule = answer["SecurityGroupRules"][0]
        referenced = rule.get("ReferencedGroupInfo") or {}
        fields = {key: rule.get(api) for key, api in _RULE_FIELDS.items()}
        if fields["ipProtocol"] == ANY_PROTOCOL:
            fields |= {"fromPort": None, "toPort": None}
        return fields | {
            "securityGroupId": rule["GroupId"],
            "referencedSecurityGroupId": referenced.get("GroupId"),
            "securityGroupRuleId": target.id,
            "arn": target.arn(f"security-group-rule/{target.id}"),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Say it anew, all of it."""
        if not changed:
            return
        inputs = target.inputs
        rule = {api: inputs[key] for key, api in _RULE_FIELDS.items() if inputs.get(key) is not None}
        if group := inputs.get("referencedSecurityGroupId"):
            rule["ReferencedGroupId"] = group
        target.client.modify_security_group_rules(
            GroupId=inputs["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": target.id, "SecurityGroupRule": rule}],
        )

    def remove(self, target: Target) -> None:
        """Revoke it."""
        current = self.fetch(target)
        if current:
            revoke = getattr(target.client, f"revoke_security_group_{self.side}")
            revoke(GroupId=current["securityGroupId"], SecurityGroupRuleIds=[target.id])


SECURITY = (
    SecurityGroup(),
    DefaultSecurityGroup(),
    SecurityGroupRule(),
    OneSidedRule(side="ingress", name="SecurityGroupIngressRule"),
    OneSidedRule(side="egress", name="SecurityGroupEgressRule"),
)
