"""Route 53 hosted zones and records."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import PARTITION
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_OWN_TYPES = ("NS", "SOA")  # of the zone itself: they come and go with it


class Zone(Resource):
    """A hosted zone, private when it names VPCs; records refuse its deletion unless forceDestroy is set."""

    module = "route53"
    service = "route53"
    takes = frozenset({"name", "comment", "vpcs", "delegationSetId"})
    silent = frozenset({"forceDestroy", "enableAcceleratedRecovery"})
    replace_on = frozenset({"name", "delegationSetId"})
    autoname = "name"
    defaults = fixed(comment="Managed by Pulumi")
    tagging = Tagging(
        subject="ResourceId",
        by="id",
        answer="ResourceTagSet.Tags",
        add_call="change_tags_for_resource",
        given="AddTags",
        remove_call="change_tags_for_resource",
        keys="RemoveTagKeys",
        fixed=(("ResourceType", "hostedzone"),),
    )

    def make(self, target: Target) -> str:
        """Create the zone; its id is without the path that the API puts before it."""
        inputs = target.inputs
        vpcs = inputs.get("vpcs") or []
        config = {"Comment": inputs.get("comment") or self.defaults["comment"], "PrivateZone": bool(vpcs)}
        answer = target.client.create_hosted_zone(
            Name=inputs["name"],
            CallerReference=str(uuid.uuid4()),
            HostedZoneConfig=config,
            **({"VPC": _vpc(vpcs[0], target)} if vpcs else {}),
            **({"DelegationSetId": inputs["delegationSetId"]} if inputs.get("delegationSetId") else {}),
        )
        id_ = str(answer["HostedZone"]["Id"]).removeprefix("/hostedzone/")
        for vpc in vpcs[1:]:
            target.client.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=_vpc(vpc, target))
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The zone and its name servers."""
        answer = target.client.get_hosted_zone(Id=target.id)
        zone, delegation = answer["HostedZone"], answer.get("DelegationSet") or {}
        servers = sorted(delegation.get("NameServers") or [])
        return {
            "zoneId": target.id,
            "arn": f"arn:{PARTITION}:route53:::hostedzone/{target.id}",
            "name": zone["Name"].removesuffix("."),
            "comment": zone["Config"].get("Comment", ""),
            "nameServers": servers,
            "primaryNameServer": servers[0] if servers else "",
            "delegationSetId": delegation.get("Id"),
            "vpcs": [{"vpcId": v["VPCId"], "vpcRegion": v["VPCRegion"]} for v in answer.get("VPCs") or []],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Comment it anew; associate and disassociate VPCs."""
        client, inputs = target.client, target.inputs
        if "comment" in changed:
            client.update_hosted_zone_comment(Id=target.id, Comment=inputs.get("comment") or "")
        if "vpcs" in changed:
            present = {v["vpcId"]: v for v in (self.fetch(target) or {}).get("vpcs", [])}
            wanted = {v["vpcId"]: v for v in inputs.get("vpcs") or []}
            for id_ in sorted(wanted.keys() - present.keys()):
                client.associate_vpc_with_hosted_zone(HostedZoneId=target.id, VPC=_vpc(wanted[id_], target))
            for id_ in sorted(present.keys() - wanted.keys()):
                client.disassociate_vpc_from_hosted_zone(
                    HostedZoneId=target.id, VPC=_vpc(present[id_], target)
                )

    def remove(self, target: Target) -> None:
        """Delete the zone."""
        if target.inputs.get("forceDestroy"):
            pages = target.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=target.id)
            records = [record for page in pages for record in page["ResourceRecordSets"]]
            for record in records:
                if record["Type"] not in _OWN_TYPES:
                    _change(target, target.id, "DELETE", record)
        target.client.delete_hosted_zone(Id=target.id)


def _vpc(vpc: Properties, target: Target) -> Properties:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or target.session.region}


def _change(target: Target, zone: str, action: str, record: Any) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    target.client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


class Record(Resource):
    """A record set; its id is "zone_name_type[_set]"."""

    module = "route53"
    service = "route53"
    takes = frozenset(
        {"zoneId", "name", "type", "ttl", "records", "aliases", "setIdentifier", "healthCheckId"}
        | {"weightedRoutingPolicies", "failoverRoutingPolicies", "latencyRoutingPolicies"}
        | {"multivalueAnswerRoutingPolicy"}
    )
    silent = frozenset({"allowOverwrite"})
    replace_on = frozenset({"zoneId", "name", "type", "setIdentifier"})

    def make(self, target: Target) -> str:
        """Create the record; one that is there already refuses unless allowOverwrite is set."""
        inputs = target.inputs
        action = "UPSERT" if inputs.get("allowOverwrite") else "CREATE"
        _change(target, inputs["zoneId"], action, _record(inputs, self._fqdn(target)))
        parts = (inputs["zoneId"], inputs["name"], inputs["type"], inputs.get("setIdentifier"))
        return "_".join(str(part) for part in parts if part)

    def fetch(self, target: Target) -> Properties | None:
        """The record among its zone's."""
        zone, name, kind, set_id = self._named_by_id(target)
        fqdn = self._fqdn(target) if target.given("name") else _qualified(name, self._zone_name(target, zone))
        pages = target.client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
        for record in (record for page in pages for record in page["ResourceRecordSets"]):
            same_set = (record.get("SetIdentifier") or "") == set_id
            if _plain(record["Name"]) == fqdn and record["Type"] == kind and same_set:
                return {"zoneId": zone, "name": name, "type": kind, "fqdn": fqdn} | _block(record)
        return None

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the record over itself."""
        if changed - self.silent:
            _change(target, target.inputs["zoneId"], "UPSERT", _record(target.inputs, self._fqdn(target)))

    def remove(self, target: Target) -> None:
        """Delete the record as it is now: Route 53 asks for all of it."""
        current = self.fetch(target)
        if current:
            _change(target, current["zoneId"], "DELETE", _record(current, current["fqdn"]))

    def _named_by_id(self, target: Target) -> tuple[str, str, str, str]:
        inputs = target.inputs
        if target.given("name") and target.given("zoneId"):
            return inputs["zoneId"], inputs["name"], inputs["type"], inputs.get("setIdentifier") or ""
        zone, _, rest = target.id.partition("_")
        name, _, kind = rest.rpartition("_")
        if not name:
            raise ProviderFault(f"id {target.id!r} of {self.token} has not the form <zone>_<name>_<type>")
        return zone, name, kind, ""

    def _fqdn(self, target: Target) -> str:
        inputs = target.inputs
        return _qualified(inputs["name"], self._zone_name(target, inputs["zoneId"]))

    def _zone_name(self, target: Target, zone: str) -> str:
        return str(target.client.get_hosted_zone(Id=zone)["HostedZone"]["Name"])


def _qualified(name: str, zone: str) -> str:
    plain, own = _plain(name), _plain(zone)
    if not plain:
        return own
    return plain if plain == own or plain.endswith(f".{own}") else f"{plain}.{own}"


def _plain(name: str) -> str:
    """Route 53 writes a final dot and octal escapes."""
    return name.removesuffix(".").replace("\\052", "*").lower()


def _record(inputs: Properties, fqdn: str) -> Properties:
    record: Properties = {"Name": fqdn, "Type": inputs["type"]}
    if inputs.get("records"):
        record["ResourceRecords"] = [{"Value": value} for value in inputs["records"]]
        record["TTL"] = inputs.get("ttl", 300)
    for alias in inputs.get("aliases") or []:
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": bool(alias["evaluateTargetHealth"]),
        }
    if inputs.get("setIdentifier"):
        record["SetIdentifier"] = inputs["setIdentifier"]
    if inputs.get("healthCheckId"):
        record["HealthCheckId"] = inputs["healthCheckId"]
    return record | _routing(inputs)


def _routing(inputs: Properties) -> Properties:
    policies = (
        ("weightedRoutingPolicies", "weight", "Weight"),
        ("failoverRoutingPolicies", "type", "Failover"),
        ("latencyRoutingPolicies", "region", "Region"),
    )
    chosen = {api: inputs[key][0][field] for key, field, api in policies if inputs.get(key)}
    if inputs.get("multivalueAnswerRoutingPolicy"):
        chosen["MultiValueAnswer"] = True
    return chosen


def _block(record: Any) -> Properties:
    alias = record.get("AliasTarget")
    block = {
        "ttl": None if alias else record.get("TTL"),
        "records": [item["Value"] for item in record.get("ResourceRecords") or []],
        "setIdentifier": record.get("SetIdentifier"),
        "healthCheckId": record.get("HealthCheckId"),
        "multivalueAnswerRoutingPolicy": bool(record.get("MultiValueAnswer")),
        "aliases": [],
    }
    if alias:
        health = bool(alias["EvaluateTargetHealth"])
        block["aliases"] = [
            {"name": alias["DNSName"], "zoneId": alias["HostedZoneId"], "evaluateTargetHealth": health}
        ]
    for key, field, api in (
        ("weightedRoutingPolicies", "weight", "Weight"),
        ("failoverRoutingPolicies", "type", "Failover"),
        ("latencyRoutingPolicies", "region", "Region"),
    ):
        block[key] = [{field: record[api]}] if record.get(api) is not None else []
    return block


ROUTE53 = (Zone(), Record())
