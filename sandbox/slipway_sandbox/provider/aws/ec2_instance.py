"""EC2 instances: what a program can set at launch, and what changes later."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.spelling import Spelling, pairs, words
from slipway_sandbox.provider.aws.tagging import EC2_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_LAUNCH = {
    "ami": "ImageId",
    "instanceType": "InstanceType",
    "keyName": "KeyName",
    "subnetId": "SubnetId",
    "privateIp": "PrivateIpAddress",
    "ebsOptimized": "EbsOptimized",
    "disableApiTermination": "DisableApiTermination",
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroups": "SecurityGroups",
}
_METADATA = Spelling()
_SOON = {"Delay": 0.2, "MaxAttempts": 300}
_GONE = ("shutting-down", "terminated")

_NOTHING = (
    "capacityReservationSpecification cpuOptions enclaveOptions instanceMarketOptions maintenanceOptions "
    "ebsBlockDevices ephemeralBlockDevices ipv6Addresses networkInterfaces secondaryPrivateIps "
    "launchTemplate secondaryNetworkInterfaces privateDnsNameOptions primaryNetworkInterface rootBlockDevice "
    "hostId instanceLifecycle outpostArn passwordData spotInstanceRequestId placementGroup placementGroupId "
    "ipv6AddressCount placementPartitionNumber instanceInitiatedShutdownBehavior hostResourceGroupArn "
    "disableApiStop enablePrimaryIpv6 hibernation"
)
"""Features that an instance here does not have."""


class Instance(Resource):
    """An instance; terminated is gone."""

    module = "ec2"
    service = "ec2"
    takes = frozenset(
        {
            *_LAUNCH,
            "availabilityZone",
            "tenancy",
            "iamInstanceProfile",
            "monitoring",
            "metadataOptions",
            "sourceDestCheck",
        }
    )
    silent = frozenset(
        {"userData", "userDataBase64", "userDataReplaceOnChange", "associatePublicIpAddress", "forceDestroy"}
    )
    replace_on = frozenset(
        {"ami", "availabilityZone", "keyName", "privateIp", "subnetId", "tenancy", "securityGroups"}
    )
    defaults = fixed(sourceDestCheck=True)
    constant = dict.fromkeys(words(_NOTHING))
    tagging = EC2_TAGS

    def make(self, target: Target) -> str:
        """Launch it and wait until it runs."""
        inputs = target.inputs
        launch = {api: inputs[key] for key, api in _LAUNCH.items() if inputs.get(key) not in (None, "", [])}
        answer = target.client.run_instances(
            MinCount=1,
            MaxCount=1,
            **launch,
            **_placement(inputs),
            **_extras(inputs),
            TagSpecifications=[{"ResourceType": "instance", "Tags": pairs(target.tags)}]
            if target.tags
            else [],
        )
        id_ = str(answer["Instances"][0]["InstanceId"])
        target.client.get_waiter("instance_running").wait(InstanceIds=[id_], WaiterConfig=_SOON)
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The instance; None when it is terminated."""
        reservations = target.client.describe_instances(InstanceIds=[target.id])["Reservations"]
        instance = reservations[0]["Instances"][0]
        if instance["State"]["Name"] in _GONE:
            return None
        profile = (instance.get("IamInstanceProfile") or {}).get("Arn", "")
        interfaces = instance.get("NetworkInterfaces") or [{}]
        return {
            "ami": instance["ImageId"],
            "instanceType": instance["InstanceType"],
            "keyName": instance.get("KeyName"),
            "subnetId": instance.get("SubnetId"),
            "privateIp": instance.get("PrivateIpAddress"),
            "ebsOptimized": bool(instance.get("EbsOptimized")),
            "disableApiTermination": self._flag(target, "disableApiTermination"),
            "vpcSecurityGroupIds": [group["GroupId"] for group in instance.get("SecurityGroups") or []],
            "securityGroups": [group["GroupName"] for group in instance.get("SecurityGroups") or []],
            "availabilityZone": instance["Placement"]["AvailabilityZone"],
            "tenancy": instance["Placement"].get("Tenancy", "default"),
            "iamInstanceProfile": profile.rpartition("/")[2] or None,
            "monitoring": (instance.get("Monitoring") or {}).get("State") == "enabled",
            "metadataOptions": _metadata_options(instance),
            "sourceDestCheck": instance.get("SourceDestCheck", True),
            "arn": target.arn(f"instance/{target.id}"),
            "instanceState": instance["State"]["Name"],
            "privateDns": instance.get("PrivateDnsName", ""),
            "publicDns": instance.get("PublicDnsName", ""),
            "publicIp": instance.get("PublicIpAddress", ""),
            "primaryNetworkInterfaceId": interfaces[0].get("NetworkInterfaceId", ""),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Change an attribute; another type needs the instance stopped."""
        client, id_, inputs = target.client, {"InstanceId": target.id}, target.inputs
        if "instanceType" in changed:
            client.stop_instances(InstanceIds=[target.id])
            client.get_waiter("instance_stopped").wait(InstanceIds=[target.id], WaiterConfig=_SOON)
            client.modify_instance_attribute(**id_, InstanceType={"Value": inputs["instanceType"]})
            client.start_instances(InstanceIds=[target.id])
        if "vpcSecurityGroupIds" in changed and inputs.get("vpcSecurityGroupIds"):
            client.modify_instance_attribute(**id_, Groups=inputs["vpcSecurityGroupIds"])
        if "disableApiTermination" in changed:
            value = {"Value": bool(inputs.get("disableApiTermination"))}
            client.modify_instance_attribute(**id_, DisableApiTermination=value)
        if "sourceDestCheck" in changed:
            value = {"Value": inputs.get("sourceDestCheck") is not False}
            client.modify_instance_attribute(**id_, SourceDestCheck=value)
        if "metadataOptions" in changed and target.given("metadataOptions"):
            client.modify_instance_metadata_options(**id_, **_METADATA.to_api(inputs["metadataOptions"]))

    def remove(self, target: Target) -> None:
        """Terminate it; one that is protected refuses unless forceDestroy lifts the protection."""
        if target.inputs.get("forceDestroy"):
            value = {"Value": False}
            target.client.modify_instance_attribute(InstanceId=target.id, DisableApiTermination=value)
        target.client.terminate_instances(InstanceIds=[target.id])
        waiter = target.client.get_waiter("instance_terminated")
        waiter.wait(InstanceIds=[target.id], WaiterConfig=_SOON)

    def _flag(self, target: Target, name: str) -> bool:
        answer = target.client.describe_instance_attribute(InstanceId=target.id, Attribute=name)
        return bool((answer.get(name[0].upper() + name[1:]) or {}).get("Value"))


def _placement(inputs: Properties) -> Properties:
    fields = {"AvailabilityZone": inputs.get("availabilityZone"), "Tenancy": inputs.get("tenancy")}
    placement = {key: value for key, value in fields.items() if value}
    return {"Placement": placement} if placement else {}


def _extras(inputs: Properties) -> Properties:
    extras: Properties = {}
    if inputs.get("iamInstanceProfile"):
        extras["IamInstanceProfile"] = {"Name": inputs["iamInstanceProfile"]}
    if inputs.get("monitoring"):
        extras["Monitoring"] = {"Enabled": True}
    if inputs.get("metadataOptions"):
        extras["MetadataOptions"] = _METADATA.to_api(inputs["metadataOptions"])
    if inputs.get("userData"):
        extras["UserData"] = inputs["userData"]
    elif inputs.get("userDataBase64"):
        extras["UserData"] = base64.b64decode(inputs["userDataBase64"]).decode()
    return extras


def _metadata_options(instance: Mapping[str, Any]) -> Properties | None:
    """The options without "State": whether they are in force yet is no setting."""
    told = instance.get("MetadataOptions") or {}
    options: Properties | None = _METADATA.to_wire({k: v for k, v in told.items() if k != "State"})
    return options or None
