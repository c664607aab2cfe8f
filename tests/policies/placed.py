"""What rules say of resources of any stack, below any component."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.rules.rule import Graph, GraphRule, Node, Resource, Rule, Undecided
from tests.policies.judged import judge_of


class Unknown(Mapping[str, Any]):
    """Properties of which some are known only after the update: reading them raises, as the engine's do."""

    def __init__(self, known: Mapping[str, Any], *unknown: str) -> None:
        self._known = known
        self._unknown = unknown

    def __getitem__(self, key: str) -> Any:
        if key in self._unknown:
            raise Undecided
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._known, *self._unknown))

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)


def urn_at(type_: str, name: str = "lake", *, stack: str = "prod", within: str = "") -> str:
    """The URN of a resource of a stack, below a component where one is named."""
    return f"urn:pulumi:{stack}::slipway::{within}{'$' if within else ''}{type_}::{name}"


def resource_at(
    type_: str, properties: Mapping[str, Any], *, stack: str = "prod", within: str = "", name: str = "lake"
) -> Resource:
    """A resource of a stack, below a component where one is named."""
    urn = urn_at(type_, name, stack=stack, within=within)
    return Resource(type=type_, name=name, urn=urn, properties=properties)


def judged_at(
    rule: Rule[Any],
    type_: str,
    properties: Mapping[str, Any],
    *,
    stack: str = "prod",
    within: str = "",
    **limits: Any,
) -> list[str]:
    """The messages of a rule that can decide about one resource, without what they call it."""
    resource = resource_at(type_, properties, stack=stack, within=within)
    judge = judge_of()
    found = judge.resource(rule, resource, rule.limits(**limits))
    assert not judge.undecided
    assert all(each.message.startswith(f"{resource.told} ") for each in found)
    return [each.message.removeprefix(f"{resource.told} ") for each in found]


def judged_graph(rule: GraphRule[Any], nodes: Sequence[Node], **limits: Any) -> list[tuple[str, str]]:
    """The URNs and messages of a rule that can decide about a whole stack."""
    judge = judge_of()
    found = judge.graph(rule, Graph(tuple(nodes)), rule.limits(**limits))
    assert not judge.undecided
    return [(each.urn, each.message) for each in found]


def undecided_at(rule: Rule[Any], type_: str, properties: Mapping[str, Any], *, within: str = "") -> bool:
    """Whether a rule waits for a value, and has found nothing before."""
    judge = judge_of()
    found = judge.resource(rule, resource_at(type_, properties, within=within), rule.limits())
    return bool(judge.undecided) and not found


def moved(node: Node, stack: str) -> Node:
    """A node in another stack."""
    urn = node.resource.urn.replace("urn:pulumi:prod::", f"urn:pulumi:{stack}::")
    return replace(node, resource=replace(node.resource, urn=urn))
