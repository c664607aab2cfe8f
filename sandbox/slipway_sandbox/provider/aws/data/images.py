"""Machine images and instance types."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.data.filters import filters, only
from slipway_sandbox.provider.aws.spelling import PASCAL, unpaired
from slipway_sandbox.provider.aws.target import PARTITION
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Properties, Session

_TEXTS = [
    "architecture",
    "creationDate",
    "description",
    "hypervisor",
    "imageId",
    "imageLocation",
    "imageOwnerAlias",
    "imageType",
    "kernelId",
    "name",
    "ownerId",
    "platform",
    "platformDetails",
    "ramdiskId",
    "rootDeviceName",
    "rootDeviceType",
    "sriovNetSupport",
    "state",
    "usageOperation",
    "virtualizationType",
    "bootMode",
    "imdsSupport",
    "deprecationTime",
]


def _images(session: Session, args: Properties) -> list[Properties]:
    """The images that match, the newest first."""
    more: Properties = {"IncludeDeprecated": bool(args.get("includeDeprecated"))}
    for key, api in (("owners", "Owners"), ("executableUsers", "ExecutableUsers")):
        if args.get(key):
            more[api] = args[key]
    found = session.client("ec2", args.get("region")).describe_images(Filters=filters(args), **more)["Images"]
    pattern = re.compile(args.get("nameRegex") or "")
    named = [image for image in found if pattern.search(image.get("Name") or "")]
    return sorted(named, key=lambda image: str(image.get("CreationDate")), reverse=True)


def get_ami(session: Session, args: Properties) -> Properties:
    """aws.ec2.getAmi."""
    images = _images(session, args)
    if len(images) > 1 and not args.get("mostRecent"):
        raise ProviderFault(
            f"{len(images)} AMIs match {args}", remedy="try a more specific search, or set mostRecent"
        )
    image = only(images[:1], "AMI", args)
    texts = {name: image.get(name[0].upper() + name[1:]) or "" for name in _TEXTS}
    devices = image.get("BlockDeviceMappings") or []
    root: Properties = next((d for d in devices if d.get("DeviceName") == image.get("RootDeviceName")), {})
    region = args.get("region") or session.region
    return (
        args
        | texts
        | {
            "id": image["ImageId"],
            "arn": f"arn:{PARTITION}:ec2:{region}::image/{image['ImageId']}",
            "blockDeviceMappings": [_device(device) for device in devices],
            "enaSupport": bool(image.get("EnaSupport")),
            "public": bool(image.get("Public")),
            "rootSnapshotId": (root.get("Ebs") or {}).get("SnapshotId", ""),
            "productCodes": [],
            "stateReason": {"code": "UNSET", "message": "UNSET"},
            "tags": unpaired(image.get("Tags") or []),
            "tpmSupport": image.get("TpmSupport") or "",
            "lastLaunchedTime": "",
            "region": region,
        }
    )


def _device(device: Properties) -> Properties:
    ebs = PASCAL.to_wire(device.get("Ebs") or {})
    return {
        "deviceName": device.get("DeviceName", ""),
        "noDevice": device.get("NoDevice", ""),
        "virtualName": device.get("VirtualName", ""),
        "ebs": {
            key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in ebs.items()
        },
    }


def get_ami_ids(session: Session, args: Properties) -> Properties:
    """aws.ec2.getAmiIds: the newest first unless asked otherwise."""
    images = _images(session, args)
    ordered = images[::-1] if args.get("sortAscending") else images
    region = args.get("region") or session.region
    asked = str(zlib.crc32(repr(sorted(args.items())).encode()))
    return args | {"ids": [image["ImageId"] for image in ordered], "region": region, "id": asked}


def get_instance_types(session: Session, args: Properties) -> Properties:
    """aws.ec2.getInstanceTypes."""
    client: Any = session.client("ec2", args.get("region"))
    pages = client.get_paginator("describe_instance_types").paginate(Filters=filters(args))
    types = sorted(item["InstanceType"] for page in pages for item in page["InstanceTypes"])
    region = args.get("region") or session.region
    return args | {"instanceTypes": types, "region": region, "id": region}


IMAGES: Mapping[str, Invoke] = {
    "aws:ec2/getAmi:getAmi": get_ami,
    "aws:ec2/getAmiIds:getAmiIds": get_ami_ids,
    "aws:ec2/getInstanceTypes:getInstanceTypes": get_instance_types,
}
