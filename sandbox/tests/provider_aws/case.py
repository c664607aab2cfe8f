"""What one lifecycle of one type needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws import AWS_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slipway_sandbox.provider.contract import Properties, Session, State


class Bed:
    """A session, and the resources that a case stands on."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._made: list[tuple[str, State, Properties]] = []

    def client(self, service: str) -> Any:
        """The boto3 client that stands for somebody else than Pulumi."""
        return self.session.client(service)

    def make(self, token: str, **inputs: Any) -> State:
        """A resource to stand on, removed at the end."""
        created = AWS_TYPES[token].create(self.session, "ground", inputs)
        self._made.append((token, created, inputs))
        state = AWS_TYPES[token].read(self.session, created.id, inputs)
        assert state is not None, f"{token} {created.id} is not there"
        return state

    def clear(self) -> None:
        """Remove what was made, the newest first."""
        for token, state, inputs in reversed(self._made):
            AWS_TYPES[token].delete(self.session, state.id, inputs)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type's lifecycle.

    Attributes:
        token: the type.
        inputs: what the program says, given a bed.
        change: inputs of the update; empty when the type has nothing that changes in place.
        seen: the changed thing by boto3, given the bed and the id; None or an error when it is gone.
        as_seen: what boto3 sees after the update; "" means the new value of the one changed input.
        drift: changes the same thing by boto3.
        drifted: the outputs that show it.
        stays: seen is not None after deletion, with this value.
        import_id: what an import calls the resource, where that is not its id.
        importable: False for types that the real provider cannot import either.
        not_imported: inputs that AWS cannot tell.
        absent: an id of the right form that leads nowhere; the id with an ending when empty.
        found_by_inputs: the id is the provider's own; AWS finds the object by its inputs.
    """

    token: str
    inputs: Callable[[Bed], Properties]
    seen: Callable[[Bed, str], Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    as_seen: Any = ""
    drift: Callable[[Bed, str], Any] | None = None
    drifted: Mapping[str, Any] = field(default_factory=dict)
    stays: Any = None
    not_imported: frozenset[str] = frozenset()
    import_id: str = ""
    importable: bool = True
    absent: str = ""
    found_by_inputs: bool = False
