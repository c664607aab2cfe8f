"""What EC2 calls a permission, and what a program calls a rule of a security group: one made of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

ANY_PROTOCOL = "-1"
SIDES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
_RANGES = (
    ("cidrBlocks", "IpRanges", "CidrIp"),
    ("ipv6CidrBlocks", "Ipv6Ranges", "CidrIpv6"),
    ("prefixListIds", "PrefixListIds", "PrefixListId"),
    ("securityGroups", "UserIdGroupPairs", "GroupId"),
)


def permission(rule: Properties, group: str) -> Properties:
    """A rule as EC2 takes it; `self` is the group's own id among the sources."""
    protocol = "-1" if rule["protocol"] == "all" else str(rule["protocol"])
    document: Properties = {"IpProtocol": protocol}
    if protocol != ANY_PROTOCOL:
        document |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    about = {"Description": rule["description"]} if rule.get("description") else {}
    own = [group] if rule.get("self") else []
    for key, field, name in _RANGES:
        sources = [*(rule.get(key) or []), *(own if key == "securityGroups" else [])]
        if sources:
            document[field] = [{name: source, **about} for source in sources]
    return document


def rules(group: Any, side: str) -> list[Properties]:
    """The rules of one side of a group, one for each permission and description."""
    entries = group.get(SIDES[side]) or []
    return [_rule(entry, said, group["GroupId"]) for entry in entries for said in _descriptions(entry)]


def _descriptions(entry: Any) -> list[str]:
    said = [item.get("Description", "") for _, field, _ in _RANGES for item in entry.get(field) or []]
    return list(dict.fromkeys(said))


def _rule(entry: Any, description: str, group: str) -> Properties:
    rule: Properties = {
        "protocol": entry["IpProtocol"],
        "fromPort": entry.get("FromPort", 0),
        "toPort": entry.get("ToPort", 0),
        "description": description,
    }
    for key, field, name in _RANGES:
        items = [i[name] for i in entry.get(field) or [] if i.get("Description", "") == description]
        if key == "securityGroups":
            rule["self"] = group in items
            items = [item for item in items if item != group]
        rule[key] = items
    return {key: value for key, value in rule.items() if value not in ([], "", False)}


def holds(entry: Any, wanted: Properties) -> bool:
    """Whether an entry of a group has everything that a rule asks for."""
    ports = ("IpProtocol", "FromPort", "ToPort")
    if any(entry.get(key) != wanted.get(key) for key in ports if wanted.get(key) is not None):
        return False
    return all(
        {item[name] for item in wanted.get(field, [])} <= {item.get(name) for item in entry.get(field) or []}
        for _, field, name in _RANGES
    )
