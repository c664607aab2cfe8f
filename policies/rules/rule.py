"""What a rule is. Whether it warns or refuses is a pack's decision, never the rule's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from slipway.attest.bundle import BundledFile
from slipway.attest.pinned import PinnedKeys
from slipway.attest.program import ProgramListing
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity


class Undecided(Exception):  # noqa: N818 - it says what is the case
    """A value that the rule needs is known only after the update. Neither a pass nor a violation."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the engine shows it to policies.

    Attributes:
        type: Pulumi type token, such as `aws:s3/bucket:Bucket`.
        name: logical name.
        urn: its URN; it tells resources of one name apart.
        properties: inputs under their names on the wire (camel case). Reading what is not known yet raises.
        is_protected: whether the engine refuses to delete it.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, Any]
    is_protected: bool = False

    @property
    def told(self) -> str:
        """What messages call it."""
        return f"{self.type} '{self.name}'"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A resource among the others of its stack.

    Attributes:
        resource: itself; a component's properties are the outputs that it registered.
        parent: URN of what it belongs to; empty for none.
        sources: property -> URNs of the resources that its value comes from.
    """

    resource: Resource
    parent: str = ""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Every resource of a stack.

    Attributes:
        nodes: in the order of their registration.
    """

    nodes: tuple[Node, ...]

    @cached_property
    def by_urn(self) -> Mapping[str, Node]:
        """Each node by its URN."""
        return {node.resource.urn: node for node in self.nodes}

    @cached_property
    def by_type(self) -> Mapping[str, list[Node]]:
        """The nodes of each type that there is."""
        return _grouped(self.nodes, lambda node: node.resource.type)

    @cached_property
    def by_parent(self) -> Mapping[str, list[Node]]:
        """The nodes that belong to each URN."""
        return _grouped(self.nodes, lambda node: node.parent)

    def of(self, *types: str) -> list[Node]:
        """The nodes of some types, type by type."""
        return [node for type_ in types for node in self.by_type.get(type_, ())]

    def pointing_at(self, target: Node, type_: str, by: str) -> list[Node]:
        """The nodes of a type whose property takes its value from a resource.

        Args:
            target: the resource.
            type_: of those that point at it.
            by: the property.
        """
        return [node for node in self.of(type_) if target.resource.urn in node.sources.get(by, ())]

    def children(self, parent: Node, type_: str) -> list[Node]:
        """The nodes of a type that belong to a component."""
        own = self.by_parent.get(parent.resource.urn, ())
        return [node for node in own if node.resource.type == type_]


def _grouped(nodes: Iterable[Node], key: Callable[[Node], str]) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(key(node), []).append(node)
    return found


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What is wrong with one resource.

    Attributes:
        urn: which.
        message: one sentence that names it, without a full stop.
    """

    urn: str
    message: str


class NoLimits(Frozen):
    """The thresholds of a rule that has none."""


LimitsT = TypeVar("LimitsT", bound=Frozen)


@dataclass(frozen=True, kw_only=True)
class _Described(Generic[LimitsT]):
    """What a person needs to understand a violation.

    Attributes:
        id: stable, kebab-case; packs and waivers refer to it.
        severity: cost of a violation.
        frameworks: controls that it serves.
        rationale: why it exists, one sentence.
        remedy: what to do about a violation, one sentence.
        limits: its thresholds, with their defaults; a pack's configuration may set others.
    """

    id: str
    severity: Severity
    frameworks: tuple[str, ...]
    rationale: str
    remedy: str
    limits: type[LimitsT]


@dataclass(frozen=True, kw_only=True)
class Rule(_Described[LimitsT]):
    """A rule that needs one resource at a time.

    Attributes:
        judges: the types that concern it; others are never shown to it.
        violations: the messages for one resource and the thresholds; none when it complies.
    """

    judges: frozenset[str]
    violations: Callable[[Resource, LimitsT], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class GraphRule(_Described[LimitsT]):
    """A rule that needs the whole stack: what lacks can only be seen there.

    Attributes:
        judges: the nodes that it is about. Each is judged alone: a value that is not known yet leaves one
            of them undecided, and no other.
        violations: for the graph, one of those nodes and the thresholds; none when it complies.
    """

    judges: Callable[[Graph], Iterable[Node]]
    violations: Callable[[Graph, Node, LimitsT], Iterable[Violation]]


def every(*types: str) -> Callable[[Graph], list[Node]]:
    """Return what picks the nodes of some types."""
    return lambda graph: graph.of(*types)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is about to be done to a stack: an update of it, or a preview of one.

    Attributes:
        urn: of the stack itself.
        workspace: the files that the program reads, by path; None where the settings name no whole path.
        links: the paths below that folder that lead elsewhere.
        dossier: the files that say who allowed it, by name; None where the pack's configuration names none.
        allowed: the program that may run there; None where nothing beside the policies says so.
        program: the one that runs; None where the pack's configuration names none.
        keys: the pinned public keys.
        now: the moment.
    """

    urn: str
    workspace: Mapping[str, BundledFile] | None
    links: Sequence[str]
    dossier: Mapping[str, bytes] | None
    allowed: ProgramListing | None
    program: ProgramListing | None
    keys: PinnedKeys
    now: datetime


@dataclass(frozen=True, kw_only=True)
class OperationRule(_Described[LimitsT]):
    """A rule that needs what is about to be done, and not what there is: no state can be judged by it.

    Attributes:
        violations: for the operation and the thresholds; none when it may go on.
        judges: what the engine shows first of every operation, before anything is touched.
    """

    violations: Callable[[Operation, LimitsT], Iterable[str]]
    judges: frozenset[str] = frozenset({"pulumi:pulumi:Stack"})


AnyRule = Rule[Any] | GraphRule[Any] | OperationRule[Any]
