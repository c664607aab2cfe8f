"""The repository's own stacks as policies see them: inputs one by one, and the whole with its relations.

Under mocks everything is known, so that no rule can be undecided about the program's own resources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, Mocks

from policies.rules.rule import Graph, Node, Resource
from slipway.model.environment import StackName
from tests.doubles.declared_stacks import declare


@dataclass(frozen=True, kw_only=True)
class DeclaredStack:
    """What a program registered.

    Attributes:
        resources: with their inputs.
        graph: with what they are in the end.
    """

    resources: tuple[Resource, ...]
    graph: Graph


@cache
def declared_graph(stack: StackName, changed: tuple[tuple[str, str], ...] = ()) -> DeclaredStack:
    """Return what a stack declares, once a process.

    Args:
        stack: which.
        changed: configuration that differs from the stack file's.
    """
    monitors: list[_GraphMonitor] = []

    def monitor(mocks: Mocks) -> MockMonitor:
        monitors.append(_GraphMonitor(mocks, stack))
        return monitors[0]

    declare(stack, dict(changed), monitor=monitor)
    return monitors[0].seen()


class _GraphMonitor(MockMonitor):
    """Remembers what the engine is told of each resource beside its inputs."""

    def __init__(self, mocks: Mocks, stack: StackName) -> None:
        super().__init__(mocks)
        self._stack = stack
        self._requests: dict[str, Any] = {}
        self._published: dict[str, Mapping[str, Any]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Name the stack, and all components around but the stack itself, as the engine does.

        The SDK's mocks ask the thread which stack it is in, and the thread that answers is another one.
        """
        around = parent.split("::")[2] if parent else ""
        within = "" if around in {"", "pulumi:pulumi:Stack"} else f"{around}$"
        return f"urn:pulumi:{self._stack}::slipway::{within}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Remember a registration."""
        answer: Any = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        self._requests[answer.urn] = request
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Remember what a component publishes."""
        self._published[request.urn] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]

    def seen(self) -> DeclaredStack:
        """What was registered."""
        requests = {urn: each for urn, each in self._requests.items() if urn in self.resources}
        inputs = [
            self._resource(urn, each, rpc.deserialize_properties(each.object))
            for urn, each in requests.items()
        ]
        return DeclaredStack(
            resources=tuple(inputs),
            graph=Graph(tuple(self._node(urn, each) for urn, each in requests.items())),
        )

    def _node(self, urn: str, request: Any) -> Node:
        state = self.resources[urn].state if request.custom else self._published.get(urn, {})
        sources = {name: tuple(each.urns) for name, each in request.propertyDependencies.items()}
        return Node(resource=self._resource(urn, request, state), parent=request.parent, sources=sources)

    @staticmethod
    def _resource(urn: str, request: Any, properties: Mapping[str, Any]) -> Resource:
        return Resource(
            type=request.type,
            name=request.name,
            urn=urn,
            properties=properties,
            is_protected=request.protect,
        )
