"""EMR clusters: logged, encrypted, without public addresses, and ended when nobody needs them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rules.links import is_pointed_at
from policies.rules.place import Amount
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from policies.rules.values import block, number, said
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_CLUSTER: Final = "aws:emr/cluster:Cluster"
_SECURITY: Final = "aws:emr/securityConfiguration:SecurityConfiguration"
_SCALING: Final = "aws:emr/managedScalingPolicy:ManagedScalingPolicy"
_SUBNET: Final = "aws:ec2/subnet:Subnet"

_IMDS: Final = 2
_IDLE_SECONDS: Final = 3600
"""After which a cluster with an empty auto-termination policy ends: EMR's API reference."""


class ClusterIdle(Frozen):
    """How long a cluster that nothing scales waits for the next step.

    Attributes:
        minutes: at most.
    """

    minutes: Amount = 60


def _unlogged(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not resource.properties.get("logUri"):
        yield f"{resource.told} keeps no logs; logUri says where they go"


def _unsecured(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not resource.properties.get("securityConfiguration"):
        yield f"{resource.told} has no security configuration; it encrypts disks and gives steps their roles"


def _unencrypted(resource: Resource, _: NoLimits) -> Iterator[str]:
    document = _document(resource.properties.get("configuration"))
    encryption = block(document, "EncryptionConfiguration")
    disks = block(encryption, "AtRestEncryptionConfiguration").get("LocalDiskEncryptionConfiguration")
    if not encryption.get("EnableAtRestEncryption") or not disks:
        yield f"{resource.told} does not encrypt the disks of nodes; it has to, with a KMS key"
    metadata = block(document, "InstanceMetadataServiceConfiguration")
    version = number(metadata.get("MinimumInstanceMetadataServiceVersion"), 1)
    if version < _IMDS:
        yield f"{resource.told} lets nodes be asked by IMDSv{said(version)}; it has to be IMDSv{_IMDS}"


def _document(value: Any) -> Mapping[str, Any]:
    """Read a configuration, as text or read already; what is none has nothing in it."""
    if not isinstance(value, str):
        return value or {}
    try:
        read = json.loads(value)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _kept(graph: Graph, cluster: Node, limits: ClusterIdle) -> Iterator[Violation]:
    """A cluster that is kept ends when it is idle, or has what takes its nodes away."""
    properties = cluster.resource.properties
    if not properties.get("keepJobFlowAliveWhenNoSteps", True) or _is_scaled(graph, cluster):
        return
    policy = properties.get("autoTerminationPolicy")
    idle = None if policy is None else number(policy.get("idleTimeout"), _IDLE_SECONDS)
    if idle is None or idle > limits.minutes * 60:
        waits = "for ever" if idle is None else f"{said(idle / 60)} minutes"
        yield Violation(
            urn=cluster.resource.urn,
            message=f"{cluster.resource.told} waits {waits} for the next step, and nothing scales it; "
            f"it has {limits.minutes} minutes at most",
        )


def _is_scaled(graph: Graph, cluster: Node) -> bool:
    return is_pointed_at(graph, cluster, graph.of(_SCALING), by="clusterId", name="id")


def _addressed(graph: Graph, cluster: Node, _: NoLimits) -> Iterator[Violation]:
    for message in _addresses(graph, cluster):
        yield Violation(urn=cluster.resource.urn, message=f"{cluster.resource.told} {message}")


def _addresses(graph: Graph, cluster: Node) -> Iterator[str]:
    subnets = [
        each for each in _subnets(graph, cluster) if each.resource.properties.get("mapPublicIpOnLaunch")
    ]
    for subnet in subnets:
        yield f"has nodes in {subnet.resource.told}, which gives public addresses; it needs a private one"
    attributes = block(cluster.resource.properties, "ec2Attributes")
    if not attributes.get("subnetIds") and not attributes.get("subnetId"):
        yield "names no subnet, so its nodes get public addresses; it needs a private one"


def _subnets(graph: Graph, cluster: Node) -> list[Node]:
    """The subnets of a cluster that the stack knows: by where their ids come from, else by their ids."""
    sources = cluster.sources.get("ec2Attributes", ())
    found = [subnet for subnet in graph.of(_SUBNET) if subnet.resource.urn in sources]
    if found:
        return found
    attributes = block(cluster.resource.properties, "ec2Attributes")
    ids = [*(attributes.get("subnetIds") or ()), attributes.get("subnetId")]
    return [subnet for subnet in graph.of(_SUBNET) if subnet.resource.properties.get("id") in ids]


_CLUSTERS: Final = frozenset({_CLUSTER})

CLUSTER_LOGS: Final = Rule(
    id="cluster-logs",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 10.2", "SOX ITGC"),
    rationale="The logs of a node go with the node.",
    remedy="Set logUri to the bucket of the cluster's logs.",
    limits=NoLimits,
    judges=_CLUSTERS,
    violations=_unlogged,
)
CLUSTER_SECURITY: Final = Rule(
    id="cluster-security",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5", "SOX ITGC"),
    rationale="Without a security configuration disks are plain, and every step has all rights of the nodes.",
    remedy="Name the security configuration of the component (SparkCluster).",
    limits=NoLimits,
    judges=_CLUSTERS,
    violations=_unsecured,
)
CLUSTER_ENCRYPTION: Final = Rule(
    id="cluster-encryption",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5",),
    rationale="Shuffled rows are written to the nodes' disks; a node's role is there for who asks by IMDSv1.",
    remedy="Encrypt local disks with the environment's key, and require version 2 of the metadata service.",
    limits=NoLimits,
    judges=frozenset({_SECURITY}),
    violations=_unencrypted,
)
CLUSTER_END: Final = GraphRule(
    id="cluster-end",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="A cluster that waits is paid like one that works.",
    remedy="Give it a managed scaling policy, an auto-termination policy, or let it end with its steps.",
    limits=ClusterIdle,
    judges=every(_CLUSTER),
    violations=_kept,
)
CLUSTER_ADDRESSES: Final = GraphRule(
    id="cluster-addresses",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 1.4", "CIS AWS"),
    rationale="A node with a public address can be reached by everybody.",
    remedy="Give ec2Attributes the private subnets of the stack's network.",
    limits=NoLimits,
    judges=every(_CLUSTER),
    violations=_addressed,
)
