"""Networks: VPCs, subnets, security groups, hosted zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.data.filters import filters, only
from slipway_sandbox.provider.aws.spelling import PASCAL, unpaired
from slipway_sandbox.provider.aws.target import PARTITION, found
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Properties, Session


def _listed(session: Session, args: Properties, noun: str, **by: str) -> list[Properties]:
    """Everything of a kind that matches, in EC2's spelling."""
    client = session.client("ec2", args.get("region"))
    pages = client.get_paginator(f"describe_{noun}").paginate(Filters=filters(args, **by))
    key = "".join(word.title() for word in noun.split("_"))
    return [item for page in pages for item in page[key]]


def _arn(session: Session, args: Properties, resource: str, owner: str) -> str:
    return f"arn:{PARTITION}:ec2:{_region(session, args)}:{owner}:{resource}"


def _region(session: Session, args: Properties) -> str:
    return str(args.get("region") or session.region)


def _tags(item: Properties) -> dict[str, str]:
    return {
        key: value for key, value in unpaired(item.get("Tags") or []).items() if not key.startswith("aws:")
    }


_VPC = {
    "id": "vpc-id",
    "cidrBlock": "cidr",
    "default": "is-default",
    "dhcpOptionsId": "dhcp-options-id",
    "state": "state",
}


def get_vpc(session: Session, args: Properties) -> Properties:
    """aws.ec2.getVpc."""
    vpc = only(_listed(session, args, "vpcs", **_VPC), "VPC", args)
    id_, owner = vpc["VpcId"], vpc.get("OwnerId") or session.account
    client = session.client("ec2", args.get("region"))
    main = [{"Name": "vpc-id", "Values": [id_]}, {"Name": "association.main", "Values": ["true"]}]
    tables = client.describe_route_tables(Filters=main)["RouteTables"]
    ipv6 = vpc.get("Ipv6CidrBlockAssociationSet") or [{}]
    return args | {
        "id": id_,
        "arn": _arn(session, args, f"vpc/{id_}", owner),
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": a["AssociationId"],
                "cidrBlock": a["CidrBlock"],
                "state": a["CidrBlockState"]["State"],
            }
            for a in vpc.get("CidrBlockAssociationSet") or []
        ],
        "default": vpc["IsDefault"],
        "dhcpOptionsId": vpc["DhcpOptionsId"],
        "enableDnsHostnames": _vpc_flag(client, id_, "EnableDnsHostnames"),
        "enableDnsSupport": _vpc_flag(client, id_, "EnableDnsSupport"),
        "enableNetworkAddressUsageMetrics": _vpc_flag(client, id_, "EnableNetworkAddressUsageMetrics"),
        "instanceTenancy": vpc["InstanceTenancy"],
        "ipv6AssociationId": ipv6[0].get("AssociationId", ""),
        "ipv6CidrBlock": ipv6[0].get("Ipv6CidrBlock", ""),
        "mainRouteTableId": tables[0]["RouteTableId"] if tables else "",
        "ownerId": owner,
        "region": _region(session, args),
        "state": vpc["State"],
        "tags": _tags(vpc),
    }


def _vpc_flag(client: Any, vpc: str, attribute: str) -> bool:
    answer = client.describe_vpc_attribute(VpcId=vpc, Attribute=attribute[0].lower() + attribute[1:])
    return bool(answer[attribute]["Value"])


def get_vpcs(session: Session, args: Properties) -> Properties:
    """aws.ec2.getVpcs."""
    ids = [vpc["VpcId"] for vpc in _listed(session, args, "vpcs")]
    region = _region(session, args)
    return args | {"ids": ids, "region": region, "id": region}


_SUBNET = {
    "id": "subnet-id",
    "vpcId": "vpc-id",
    "cidrBlock": "cidrBlock",
    "availabilityZone": "availabilityZone",
    "availabilityZoneId": "availabilityZoneId",
    "defaultForAz": "defaultForAz",
    "state": "state",
}
_SUBNET_FLAGS = (
    "assignIpv6AddressOnCreation",
    "defaultForAz",
    "enableDns64",
    "ipv6Native",
    "mapPublicIpOnLaunch",
)
_SUBNET_TEXTS = ("availabilityZone", "availabilityZoneId", "cidrBlock", "ownerId", "state", "vpcId")


def get_subnet(session: Session, args: Properties) -> Properties:
    """aws.ec2.getSubnet."""
    subnet = PASCAL.to_wire(only(_listed(session, args, "subnets", **_SUBNET), "subnet", args))
    id_ = subnet["subnetId"]
    ipv6 = (subnet.get("ipv6CidrBlockAssociationSet") or [{}])[0]
    names = subnet.get("privateDnsNameOptionsOnLaunch") or {}
    return (
        args
        | {key: bool(subnet.get(key)) for key in _SUBNET_FLAGS}
        | {key: subnet.get(key, "") for key in _SUBNET_TEXTS}
        | {
            "id": id_,
            "arn": _arn(session, args, f"subnet/{id_}", subnet.get("ownerId") or session.account),
            "availableIpAddressCount": subnet.get("availableIpAddressCount", 0),
            "ipv6CidrBlock": ipv6.get("ipv6CidrBlock", ""),
            "ipv6CidrBlockAssociationId": ipv6.get("associationId", ""),
            "enableResourceNameDnsARecordOnLaunch": bool(names.get("enableResourceNameDnsARecord")),
            "enableResourceNameDnsAaaaRecordOnLaunch": bool(names.get("enableResourceNameDnsAAAARecord")),
            "privateDnsHostnameTypeOnLaunch": names.get("hostnameType", "ip-name"),
            "region": _region(session, args),
            "tags": {tag["key"]: tag["value"] for tag in subnet.get("tags") or []},
        }
    )


def get_subnets(session: Session, args: Properties) -> Properties:
    """aws.ec2.getSubnets."""
    ids = [subnet["SubnetId"] for subnet in _listed(session, args, "subnets")]
    region = _region(session, args)
    return args | {"ids": ids, "region": region, "id": region}


def get_security_group(session: Session, args: Properties) -> Properties:
    """aws.ec2.getSecurityGroup."""
    by = {"id": "group-id", "name": "group-name", "vpcId": "vpc-id"}
    group = only(_listed(session, args, "security_groups", **by), "security group", args)
    owner = group.get("OwnerId") or session.account
    return args | {
        "id": group["GroupId"],
        "arn": _arn(session, args, f"security-group/{group['GroupId']}", owner),
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group.get("VpcId", ""),
        "region": _region(session, args),
        "tags": _tags(group),
    }


def get_zone(session: Session, args: Properties) -> Properties:
    """aws.route53.getZone: by id, or by name."""
    client = session.client("route53")
    if args.get("zoneId"):
        answer = found(client.get_hosted_zone, Id=args["zoneId"])
        matching = [answer["HostedZone"]] if answer else []
    elif args.get("name"):
        name, private = str(args["name"]).removesuffix("."), bool(args.get("privateZone"))
        pages = client.get_paginator("list_hosted_zones").paginate()
        zones = [zone for page in pages for zone in page["HostedZones"]]
        named = [zone for zone in zones if zone["Name"].removesuffix(".") == name]
        matching = [zone for zone in named if bool(zone["Config"].get("PrivateZone")) is private]
    else:
        raise ProviderFault("route53.getZone: give zoneId or name")
    return args | _zone(client, only(matching, "hosted zone", args))


def _zone(client: Any, zone: Properties) -> Properties:
    id_ = zone["Id"].removeprefix("/hostedzone/")
    detail = client.get_hosted_zone(Id=id_)
    servers = sorted((detail.get("DelegationSet") or {}).get("NameServers") or [])
    tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)["ResourceTagSet"]["Tags"]
    return {
        "id": id_,
        "zoneId": id_,
        "arn": f"arn:{PARTITION}:route53:::hostedzone/{id_}",
        "name": zone["Name"].removesuffix("."),
        "callerReference": zone["CallerReference"],
        "comment": zone["Config"].get("Comment", ""),
        "privateZone": bool(zone["Config"].get("PrivateZone")),
        "resourceRecordSetCount": zone.get("ResourceRecordSetCount", 0),
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
        "tags": unpaired(tags),
    }


NETWORK: Mapping[str, Invoke] = {
    "aws:ec2/getVpc:getVpc": get_vpc,
    "aws:ec2/getVpcs:getVpcs": get_vpcs,
    "aws:ec2/getSubnet:getSubnet": get_subnet,
    "aws:ec2/getSubnets:getSubnets": get_subnets,
    "aws:ec2/getSecurityGroup:getSecurityGroup": get_security_group,
    "aws:route53/getZone:getZone": get_zone,
}
