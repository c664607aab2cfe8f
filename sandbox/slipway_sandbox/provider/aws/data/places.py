"""Where things are: regions, availability zones, service names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.data.filters import filters, only
from slipway_sandbox.provider.aws.target import PARTITION
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Properties, Session

_DNS, _REVERSE_DNS = "amazonaws.com", "com.amazonaws"


@cache
def _descriptions() -> dict[str, str]:
    """What AWS calls its regions, as botocore ships it."""
    from botocore.loaders import create_loader  # noqa: PLC0415  0.2 s that a preview without it never needs

    partitions = create_loader().load_data("endpoints")["partitions"]
    regions = next(p["regions"] for p in partitions if p["partition"] == PARTITION)
    return {name: region["description"] for name, region in regions.items()}


def get_region(session: Session, args: Properties) -> Properties:
    """aws.getRegion: the provider's, the named one, or that of an EC2 endpoint."""
    endpoint = str(args.get("endpoint") or "")
    by_endpoint = endpoint.removeprefix("ec2.").removesuffix(f".{_DNS}")
    region = args.get("region") or args.get("name") or by_endpoint or session.region
    if region not in _descriptions():
        raise ProviderFault(f"getRegion: AWS has no region {endpoint or region}")
    names = dict.fromkeys(("region", "name", "id"), region)
    return names | {"endpoint": f"ec2.{region}.{_DNS}", "description": _descriptions()[region]}


def get_regions(session: Session, args: Properties) -> Properties:
    """aws.getRegions."""
    every = bool(args.get("allRegions"))
    answer = session.client("ec2").describe_regions(AllRegions=every, Filters=filters(args))
    return args | {"names": sorted(region["RegionName"] for region in answer["Regions"]), "id": PARTITION}


def _zones(session: Session, args: Properties, **more: Any) -> list[Properties]:
    answer = session.client("ec2", args.get("region")).describe_availability_zones(
        AllAvailabilityZones=bool(args.get("allAvailabilityZones")),
        Filters=filters(args, state="state"),
        **more,
    )
    return sorted(answer["AvailabilityZones"], key=lambda zone: str(zone["ZoneName"]))


def get_availability_zones(session: Session, args: Properties) -> Properties:
    """aws.getAvailabilityZones."""
    without = {*(args.get("excludeNames") or []), *(args.get("excludeZoneIds") or [])}
    zones = [z for z in _zones(session, args) if not without & {z["ZoneName"], z["ZoneId"]}]
    region = args.get("region") or session.region
    return args | {
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName") or zone["RegionName"] for zone in zones}),
        "region": region,
        "id": region,
    }


def get_availability_zone(session: Session, args: Properties) -> Properties:
    """aws.getAvailabilityZone."""
    named = {"ZoneNames": [args["name"]]} if args.get("name") else {}
    by_id = {"ZoneIds": [args["zoneId"]]} if args.get("zoneId") else {}
    zone = only(_zones(session, args, **named, **by_id), "availability zone", args)
    region = zone["RegionName"]
    return {
        "id": zone["ZoneName"],
        "name": zone["ZoneName"],
        "zoneId": zone["ZoneId"],
        "nameSuffix": zone["ZoneName"].removeprefix(region),
        "region": region,
        "state": zone["State"],
        "groupName": zone.get("GroupName") or region,
        "groupLongName": zone.get("GroupLongName") or "",
        "networkBorderGroup": zone.get("NetworkBorderGroup") or region,
        "optInStatus": zone.get("OptInStatus") or "opt-in-not-required",
        "parentZoneId": zone.get("ParentZoneId") or "",
        "parentZoneName": zone.get("ParentZoneName") or "",
        "zoneType": zone.get("ZoneType") or "availability-zone",
    }


def get_service(session: Session, args: Properties) -> Properties:
    """aws.getService: the DNS names of a service, from its id or one of the names."""
    region, service = args.get("region") or session.region, args.get("serviceId")
    if dns := args.get("dnsName"):
        service, region = str(dns).removesuffix(f".{_DNS}").split(".", 1)
    elif reverse := args.get("reverseDnsName"):
        region, service = str(reverse).removeprefix(f"{_REVERSE_DNS}.").split(".", 1)
    if not service:
        raise ProviderFault("getService: name a service by serviceId, dnsName or reverseDnsName")
    name = f"{_REVERSE_DNS}.{region}.{service}"
    return {
        "serviceId": service,
        "region": region,
        "partition": PARTITION,
        "dnsName": f"{service}.{region}.{_DNS}",
        "reverseDnsName": name,
        "reverseDnsPrefix": _REVERSE_DNS,
        "supported": region in _descriptions(),
        "id": name,
    }


def get_service_principal(session: Session, args: Properties) -> Properties:
    """aws.getServicePrincipal."""
    region, service = args.get("region") or session.region, args["serviceName"]
    return {
        "serviceName": service,
        "name": f"{service}.{_DNS}",
        "suffix": _DNS,
        "region": region,
        "id": f"{service}.{region}.{_DNS}",
    }


PLACES: Mapping[str, Invoke] = {
    "aws:index/getRegion:getRegion": get_region,
    "aws:index/getRegions:getRegions": get_regions,
    "aws:index/getAvailabilityZones:getAvailabilityZones": get_availability_zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": get_availability_zone,
    "aws:index/getService:getService": get_service,
    "aws:index/getServicePrincipal:getServicePrincipal": get_service_principal,
}
