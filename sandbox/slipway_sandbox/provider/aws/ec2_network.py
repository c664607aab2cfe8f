"""EC2 networks: VPCs, subnets, gateways, addresses, route tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import words
from slipway_sandbox.provider.aws.tagging import EC2_TAGS, Ec2Tagging

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties


def attribute_look(call: str, subject: str, name: str) -> Look:
    """One attribute of an object that EC2 tells apart from the rest."""
    api = name[0].upper() + name[1:]
    return Look(call=call, args={subject: "{id}", "Attribute": name}, at=api, give=f"{name}=Value")


def flag(call: str, subject: str, name: str, **more: str) -> Op:
    """One attribute that EC2 changes alone, as {"Value": ...}."""
    value = {name[0].upper() + name[1:]: {"Value": f"{{{name}}}"}}
    return Op(call=call, args={subject: "{id}", **value, **more})


_VPC_FLAGS = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
_SUBNET_FLAGS = ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation")
_OF_VPC = {"Name": "vpc-id", "Values": ["{id}"]}


class _Vpc(Row):
    """A VPC comes with a security group, a network ACL and a main route table."""

    def fetch(self, target: Target) -> Properties | None:
        """The VPC and what it came with."""
        outputs = super().fetch(target)
        if outputs is None:
            return None
        ipv6 = (outputs.pop("ipv6") or [{}])[0]
        return outputs | {
            "assignGeneratedIpv6CidrBlock": bool(ipv6),
            "ipv6AssociationId": ipv6.get("associationId", ""),
            "ipv6CidrBlock": ipv6.get("ipv6CidrBlock", ""),
        }


VPC = _Vpc(
    module="ec2",
    name="Vpc",
    service="ec2",
    create_=Op(
        call="create_vpc",
        send="cidrBlock instanceTenancy assignGeneratedIpv6CidrBlock=AmazonProvidedIpv6CidrBlock",
        answer="Vpc.VpcId",
    ),
    update_=tuple(flag("modify_vpc_attribute", "VpcId", name) for name in _VPC_FLAGS),
    look=(
        Look(
            call="describe_vpcs",
            args={"VpcIds": ["{id}"]},
            at="Vpcs[0]",
            give="cidrBlock instanceTenancy dhcpOptionsId ownerId ipv6=Ipv6CidrBlockAssociationSet",
        ),
        *(attribute_look("describe_vpc_attribute", "VpcId", name) for name in _VPC_FLAGS),
        Look(
            call="describe_security_groups",
            args={"Filters": [_OF_VPC, {"Name": "group-name", "Values": ["default"]}]},
            at="SecurityGroups[0]",
            give="defaultSecurityGroupId=GroupId",
            optional=True,
        ),
        Look(
            call="describe_network_acls",
            args={"Filters": [_OF_VPC, {"Name": "default", "Values": ["true"]}]},
            at="NetworkAcls[0]",
            give="defaultNetworkAclId=NetworkAclId",
            optional=True,
        ),
        Look(
            call="describe_route_tables",
            args={"Filters": [_OF_VPC, {"Name": "association.main", "Values": ["true"]}]},
            at="RouteTables[0]",
            give="mainRouteTableId=RouteTableId defaultRouteTableId=RouteTableId",
            optional=True,
        ),
    ),
    erase=Op(call="delete_vpc", args={"VpcId": "{id}"}),
    replace_on=frozenset({"cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"}),
    defaults={
        "instanceTenancy": "default",
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
    },
    constant={"ipv6CidrBlockNetworkBorderGroup": None, "ipv6NetmaskLength": None, "ipv6IpamPoolId": None},
    computed={"arn": "arn:aws:ec2:{region}:{account}:vpc/{id}"},
    tagging=EC2_TAGS,
)
SUBNET = Row(
    module="ec2",
    name="Subnet",
    service="ec2",
    create_=Op(
        call="create_subnet",
        send="vpcId cidrBlock availabilityZone availabilityZoneId ipv6CidrBlock",
        answer="Subnet.SubnetId",
    ),
    update_=tuple(flag("modify_subnet_attribute", "SubnetId", name) for name in _SUBNET_FLAGS),
    look=(
        Look(
            call="describe_subnets",
            args={"SubnetIds": ["{id}"]},
            at="Subnets[0]",
            give="vpcId cidrBlock availabilityZone availabilityZoneId ownerId mapPublicIpOnLaunch "
            "assignIpv6AddressOnCreation arn=SubnetArn "
            "ipv6CidrBlock=Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock "
            "ipv6CidrBlockAssociationId=Ipv6CidrBlockAssociationSet[0].AssociationId",
        ),
    ),
    erase=Op(call="delete_subnet", args={"SubnetId": "{id}"}),
    replace_on=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "outpostArn"}),
    defaults={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False},
    constant={
        "privateDnsHostnameTypeOnLaunch": "ip-name",
        "ipv4IpamPoolId": None,
        "ipv4NetmaskLength": None,
        "ipv6IpamPoolId": None,
        "ipv6NetmaskLength": None,
    },
    tagging=EC2_TAGS,
)


class InternetGateway(Resource):
    """A gateway, attached to one VPC or to none."""

    module = "ec2"
    service = "ec2"
    takes = frozenset({"vpcId"})
    tagging = EC2_TAGS

    def make(self, target: Target) -> str:
        """Create it, attach it."""
        id_ = str(target.client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
        if target.given("vpcId"):
            target.client.attach_internet_gateway(InternetGatewayId=id_, VpcId=target.inputs["vpcId"])
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The gateway."""
        gateway = self._gateway(target)
        attached = gateway.get("Attachments") or [{}]
        return {
            "vpcId": attached[0].get("VpcId"),
            "arn": target.arn(f"internet-gateway/{target.id}"),
            "ownerId": gateway.get("OwnerId", target.account),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Detach it from the old VPC, attach it to the new one."""
        if "vpcId" in changed:
            self._detach(target)
            if target.given("vpcId"):
                target.client.attach_internet_gateway(
                    InternetGatewayId=target.id, VpcId=target.inputs["vpcId"]
                )

    def remove(self, target: Target) -> None:
        """Detach and delete it."""
        self._detach(target)
        target.client.delete_internet_gateway(InternetGatewayId=target.id)

    def _gateway(self, target: Target) -> Any:
        answer = target.client.describe_internet_gateways(InternetGatewayIds=[target.id])
        return answer["InternetGateways"][0]

    def _detach(self, target: Target) -> None:
        for attachment in self._gateway(target).get("Attachments") or []:
            target.client.detach_internet_gateway(InternetGatewayId=target.id, VpcId=attachment["VpcId"])


EIP = Row(
    module="ec2",
    name="Eip",
    service="ec2",
    create_=Op(call="allocate_address", send="domain address networkBorderGroup", answer="AllocationId"),
    update_=(
        Op(
            call="associate_address",
            send="instance=InstanceId networkInterface=NetworkInterfaceId",
            args={"AllocationId": "{id}"},
        ),
    ),
    look=(
        Look(
            call="describe_addresses",
            args={"AllocationIds": ["{id}"]},
            at="Addresses[0]",
            give="domain publicIp allocationId associationId instance=InstanceId carrierIp customerOwnedIp "
            "networkInterface=NetworkInterfaceId privateIp=PrivateIpAddress networkBorderGroup "
            "publicIpv4Pool",
        ),
    ),
    erase=Op(call="release_address", args={"AllocationId": "{id}"}),
    replace_on=frozenset({"domain", "address", "networkBorderGroup", "publicIpv4Pool"}),
    defaults={"domain": "vpc"},
    constant={"ipamPoolId": None, "ptrRecord": "", "privateDns": "", "publicDns": ""},
    computed={"arn": "arn:aws:ec2:{region}:{account}:elastic-ip/{id}"},
    tagging=EC2_TAGS,
)
_REGIONAL_NAT = (
    "autoProvisionZones autoScalingIps regionalNatGatewayAutoMode regionalNatGatewayAddresses routeTableId "
    "availabilityMode availabilityZoneAddresses secondaryAllocationIds secondaryPrivateIpAddresses "
    "secondaryPrivateIpAddressCount"
)
"""Features of gateways that span a region, and second addresses: not here."""

NAT_GATEWAY = Row(
    module="ec2",
    name="NatGateway",
    service="ec2",
    create_=Op(
        call="create_nat_gateway",
        send="subnetId allocationId connectivityType privateIp=PrivateIpAddress",
        answer="NatGateway.NatGatewayId",
    ),
    look=(
        Look(
            call="describe_nat_gateways",
            args={
                "NatGatewayIds": ["{id}"],
                "Filter": [{"Name": "state", "Values": ["pending", "available"]}],
            },
            at="NatGateways[0]",
            give="subnetId vpcId connectivityType allocationId=NatGatewayAddresses[0].AllocationId "
            "associationId=NatGatewayAddresses[0].AssociationId publicIp=NatGatewayAddresses[0].PublicIp "
            "privateIp=NatGatewayAddresses[0].PrivateIp "
            "networkInterfaceId=NatGatewayAddresses[0].NetworkInterfaceId",
        ),
    ),
    erase=Op(call="delete_nat_gateway", args={"NatGatewayId": "{id}"}),
    replace_on=frozenset({"subnetId", "allocationId", "connectivityType", "privateIp", "vpcId"}),
    constant=dict.fromkeys(words(_REGIONAL_NAT)),
    defaults={"connectivityType": "public"},
    tagging=EC2_TAGS,
)
KEY_PAIR = Row(
    module="ec2",
    name="KeyPair",
    service="ec2",
    create_=Op(call="import_key_pair", send="keyName publicKey=PublicKeyMaterial"),
    look=(
        Look(
            call="describe_key_pairs",
            args={"KeyNames": ["{keyName}"]},
            at="KeyPairs[0]",
            give="fingerprint=KeyFingerprint keyPairId keyType",
        ),
    ),
    erase=Op(call="delete_key_pair", args={"KeyName": "{keyName}"}),
    autoname="keyName",
    replace_on=frozenset({"keyName", "keyNamePrefix", "publicKey"}),
    silent=frozenset({"keyNamePrefix", "publicKey"}),
    computed={"arn": "arn:aws:ec2:{region}:{account}:key-pair/{keyName}"},
    id_form="{keyName}",
    tagging=Ec2Tagging(subject="Resources", by="keyPairId"),
)
NETWORK = (VPC, SUBNET, InternetGateway(), EIP, NAT_GATEWAY, KEY_PAIR)
