"""Rules about EMR clusters."""

import json
from copy import deepcopy
from typing import Any

import pytest

from policies.rules.clusters import (
    CLUSTER_ADDRESSES,
    CLUSTER_ENCRYPTION,
    CLUSTER_END,
    CLUSTER_LOGS,
    CLUSTER_SECURITY,
)
from policies.rules.rule import Node
from tests.policies.judged import node_of, urn_of
from tests.policies.placed import Unknown, judged_at, judged_graph, undecided_at

CLUSTER = "aws:emr/cluster:Cluster"
SECURITY = "aws:emr/securityConfiguration:SecurityConfiguration"
SCALING = "aws:emr/managedScalingPolicy:ManagedScalingPolicy"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@pytest.mark.parametrize(
    ("rule", "property_", "told"),
    [
        (CLUSTER_LOGS, "logUri", "keeps no logs; logUri says where they go"),
        (
            CLUSTER_SECURITY,
            "securityConfiguration",
            "has no security configuration; it encrypts disks and gives steps their roles",
        ),
    ],
)
def test_a_cluster_says_where_its_logs_go_and_how_it_is_secured(rule: Any, property_: str, told: str) -> None:
    """Empty is nowhere; what is not known yet waits."""
    assert judged_at(rule, CLUSTER, {}) == [told]
    assert judged_at(rule, CLUSTER, {property_: ""}) == [told]
    assert judged_at(rule, CLUSTER, {property_: "there"}) == []
    assert undecided_at(rule, CLUSTER, Unknown({}, property_))


SECURE: dict[str, Any] = {
    "EncryptionConfiguration": {
        "EnableAtRestEncryption": True,
        "AtRestEncryptionConfiguration": {
            "LocalDiskEncryptionConfiguration": {"EncryptionKeyProviderType": "AwsKms", "AwsKmsKey": "arn"}
        },
    },
    "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": 2},
}
DISKS = "does not encrypt the disks of nodes; it has to, with a KMS key"
METADATA = "lets nodes be asked by IMDSv1; it has to be IMDSv2"


def _security(document: Any) -> list[str]:
    return judged_at(CLUSTER_ENCRYPTION, SECURITY, {"configuration": document})


def test_encrypted_disks_and_the_newer_metadata_service_comply() -> None:
    """As text in any format, and as it is."""
    assert _security(json.dumps(SECURE)) == []
    assert _security(json.dumps(SECURE, indent=2)) == []
    assert _security(SECURE) == []


@pytest.mark.parametrize("document", ["{", "[]", "null", "", None, {}])
def test_a_configuration_that_says_nothing_secures_nothing(document: Any) -> None:
    """Both are named."""
    assert _security(document) == [DISKS, METADATA]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("EncryptionConfiguration", "EnableAtRestEncryption"), False, DISKS),
        (("EncryptionConfiguration", "AtRestEncryptionConfiguration"), {"S3": {}}, DISKS),
        (("InstanceMetadataServiceConfiguration", "MinimumInstanceMetadataServiceVersion"), 1, METADATA),
    ],
)
def test_each_half_is_needed(path: tuple[str, str], value: Any, told: str) -> None:
    """One thing changed at a time."""
    document = deepcopy(SECURE)
    document[path[0]][path[1]] = value
    assert _security(document) == [told]


def _end(properties: dict[str, Any], *others: Node, **limits: Any) -> list[str]:
    found = judged_graph(CLUSTER_END, [node_of(CLUSTER, {"id": "j-1", **properties}), *others], **limits)
    assert all(urn == urn_of(CLUSTER) for urn, _ in found)
    return [message.removeprefix(f"{CLUSTER} 'lake' ") for _, message in found]


@pytest.mark.parametrize(
    ("properties", "waits"),
    [
        ({}, "for ever"),
        ({"keepJobFlowAliveWhenNoSteps": True}, "for ever"),
        ({"keepJobFlowAliveWhenNoSteps": False}, ""),
        ({"autoTerminationPolicy": {}}, ""),
        ({"autoTerminationPolicy": {"idleTimeout": 3600.0}}, ""),
        ({"autoTerminationPolicy": {"idleTimeout": 3660.0}}, "61 minutes"),
    ],
)
def test_a_cluster_ends(properties: dict[str, Any], waits: str) -> None:
    """With its steps, or when it was idle for so long."""
    told = f"waits {waits} for the next step, and nothing scales it; it has 60 minutes at most"
    assert _end(properties) == ([told] if waits else [])


def test_a_pack_may_let_it_wait_less() -> None:
    """An empty policy is EMR's hour."""
    (message,) = _end({"autoTerminationPolicy": {}}, minutes=59)
    assert "waits 60 minutes" in message


def test_a_cluster_that_is_scaled_may_stay() -> None:
    """By a policy of its own: by where its id comes from, or by its id."""
    linked = node_of(SCALING, Unknown({}, "clusterId"), clusterId=urn_of(CLUSTER))
    assert _end({}, linked) == []
    assert _end({}, node_of(SCALING, {"clusterId": "j-1"})) == []
    assert len(_end({}, node_of(SCALING, {"clusterId": "j-2"}))) == 1


def _addresses(attributes: Any, *others: Node) -> list[str]:
    cluster = node_of(CLUSTER, {"ec2Attributes": attributes})
    found = judged_graph(CLUSTER_ADDRESSES, [cluster, *others])
    assert all(urn == urn_of(CLUSTER) for urn, _ in found)
    return [message.removeprefix(f"{CLUSTER} 'lake' ") for _, message in found]


def _subnet(*, public: bool | None, id_: str = "subnet-1") -> Node:
    properties = {"id": id_, "mapPublicIpOnLaunch": public}
    return node_of(SUBNET, {key: each for key, each in properties.items() if each is not None}, name=id_)


PUBLIC = f"has nodes in {SUBNET} 'subnet-1', which gives public addresses; it needs a private one"


@pytest.mark.parametrize("attributes", [{"subnetIds": ["subnet-1"]}, {"subnetId": "subnet-1"}])
def test_nodes_have_no_public_addresses(attributes: dict[str, Any]) -> None:
    """By the ids of subnets; others of the stack do not matter."""
    other = _subnet(public=True, id_="subnet-2")
    assert _addresses(attributes, _subnet(public=False), other) == []
    assert _addresses(attributes, _subnet(public=None), other) == []
    assert _addresses(attributes, _subnet(public=True), other) == [PUBLIC]
    assert _addresses(attributes) == []


def test_a_subnet_is_known_before_its_id() -> None:
    """By where the ids come from: among the other sources only subnets count."""
    public = node_of(SUBNET, Unknown({"mapPublicIpOnLaunch": True}, "id"), name="subnet-1")
    private = node_of(SUBNET, Unknown({"mapPublicIpOnLaunch": False}, "id"), name="subnet-2")
    group = node_of(GROUP, {"mapPublicIpOnLaunch": True})
    attributes = {"subnetIds": Unknown({}, "0")}

    def found(*urns: str) -> list[tuple[str, str]]:
        cluster = node_of(CLUSTER, {"ec2Attributes": attributes})
        linked = Node(resource=cluster.resource, sources={"ec2Attributes": urns})
        return judged_graph(CLUSTER_ADDRESSES, [linked, public, private, group])

    assert found(group.resource.urn, private.resource.urn) == []
    assert len(found(group.resource.urn, private.resource.urn, public.resource.urn)) == 1


@pytest.mark.parametrize("attributes", [None, {}, {"subnetIds": []}, {"subnetId": ""}])
def test_a_cluster_without_a_subnet_is_in_a_public_one(attributes: Any) -> None:
    """The account's own."""
    assert _addresses(attributes) == [
        "names no subnet, so its nodes get public addresses; it needs a private one"
    ]
