"""What rules say of resources that a test writes down."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from policies.judging import Judge
from policies.rules.rule import Graph, GraphRule, Node, Resource, Rule
from policies.waivers import Waivers

TODAY = date(2026, 6, 1)


def urn_of(type_: str, name: str = "lake") -> str:
    """The URN of a resource of the stack `prod`."""
    return f"urn:pulumi:prod::slipway::{type_}::{name}"


def resource_of(
    type_: str, properties: Mapping[str, Any], *, name: str = "lake", is_protected: bool = False
) -> Resource:
    """A resource as the engine would show it."""
    return Resource(
        type=type_, name=name, urn=urn_of(type_, name), properties=properties, is_protected=is_protected
    )


def judge_of(waivers: Waivers | None = None) -> Judge:
    """A judge of a known day."""
    return Judge(waivers=waivers or Waivers(), today=TODAY)


def judged(
    rule: Rule[Any], type_: str, properties: Mapping[str, Any], *, is_protected: bool = False, **limits: Any
) -> list[str]:
    """The messages of a rule about one resource, under thresholds that differ from the defaults."""
    resource = resource_of(type_, properties, is_protected=is_protected)
    return [each.message for each in judge_of().resource(rule, resource, rule.limits(**limits))]


def node_of(
    type_: str,
    properties: Mapping[str, Any],
    *,
    name: str = "lake",
    parent: str = "",
    is_protected: bool = False,
    **sources: str,
) -> Node:
    """A resource of a stack; `sources` names the resource that a property's value comes from."""
    return Node(
        resource=resource_of(type_, properties, name=name, is_protected=is_protected),
        parent=parent,
        sources={key: (urn,) for key, urn in sources.items()},
    )


def judged_graph(rule: GraphRule[Any], nodes: Sequence[Node], **limits: Any) -> list[tuple[str, str]]:
    """The URNs and messages of a rule about a whole stack."""
    found = judge_of().graph(rule, Graph(tuple(nodes)), rule.limits(**limits))
    return [(each.urn, each.message) for each in found]
