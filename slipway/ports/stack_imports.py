"""What a stack's state holds, and how resources get into it and out of it without a change to the cloud."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from slipway.model.environment import StackName
from slipway.model.errors import SlipwayError


class ImportRefused(SlipwayError):  # noqa: N818 - it says what happened
    """The engine or a provider does not take a resource."""


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state and shown nowhere."""

    value: Any = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a state says of one resource.

    Attributes:
        urn: which.
        type: its token.
        id: the cloud's; empty for a component.
        protected: its deletion is refused.
        needs: URNs of what has to be there before it: its parent, and what its values come from.
        texts: of its outputs those that are texts and no secrets, by the engine's names.
    """

    urn: str
    type: str
    id: str
    protected: bool
    needs: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A resource or component that the state is to hold.

    Attributes:
        urn: which it will be.
        type: its token.
        name: in Pulumi.
        parent: URN of the component around it, which is there or taken with it; empty: the stack.
        id: the cloud's; empty for a component.
        version: of its provider; empty for a component.
        inputs: by the engine's names; a secret is a `Secret`.
        outputs: same; nothing is read from the cloud.
    """

    urn: str
    type: str
    name: str
    parent: str
    id: str = ""
    version: str = ""
    inputs: dict[str, Any] = field(default_factory=dict, repr=False)
    outputs: dict[str, Any] = field(default_factory=dict, repr=False)


class StackImports(Protocol):
    """The states of stacks. Another update at the same time is refused by the backend's lock."""

    def held(self, stack: StackName) -> tuple[Held, ...]:
        """Say what a stack's state holds, each after what it needs.

        Raises:
            StackEngineError: the engine or its backend does not answer, or has no such stack.
        """
        ...

    def take(self, stack: StackName, resources: Sequence[Taken]) -> None:
        """Take resources into the state, protected; each after its parent.

        What is there already by the same id is left alone. It may be cut off: then some are taken.

        Raises:
            ImportRefused: the engine or a provider does not take one.
            StackLocked: an update of the stack is running.
            StackEngineError: the engine or its backend does not answer.
        """
        ...

    def forget(self, stack: StackName, urns: Sequence[str]) -> None:
        """Take resources out of the state, protected or not, and leave the cloud as it is.

        Raises:
            StackLocked: an update of the stack is running.
            StackEngineError: the engine or its backend does not answer, or something that stays needs one.
        """
        ...
