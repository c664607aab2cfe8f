"""What objects a Terraform state remembers, by Pulumi's names: what a sandbox is to have.

Secrets are in it, as the cloud has them: it is handed to the sandbox and shown nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from slipway.adopt.classification import Kind, classify
from slipway.adopt.import_ids import ImportIds
from slipway.adopt.importing import take_all
from slipway.adopt.layers import Layer
from slipway.adopt.propose import Target, propose
from slipway.adopt.state import Instance, State
from slipway.ports.resource_types import ResourceTypes
from slipway.ports.stack_imports import Secret, Taken

_ALL: Final = Layer(name="seed", patterns=("*",))
_OBJECTS: Final = (Kind.AS_IS, Kind.WITH_OUTPUTS)
_DEPOSED: Final = "it is deposed: the address has a newer object"


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What states remember.

    Attributes:
        objects: in the order of the states.
        left_out: instances that are no object, or whose type Pulumi does not have: address and reason.
    """

    objects: tuple["RememberedObject", ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RememberedObject:
    """One object.

    Attributes:
        address: in Terraform.
        token: its type in Pulumi.
        name: in Pulumi.
        id: as the state has it.
        inputs: by the engine's names.
        outputs: same.
        secrets: texts among them that nobody is to see.
    """

    address: str
    token: str
    name: str
    id: str
    inputs: Mapping[str, Any] = field(repr=False)
    outputs: Mapping[str, Any] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def remembered(states: Sequence[State], target: Target, types: ResourceTypes) -> Remembered:
    """Say what objects states remember; a tainted one is an object too.

    Args:
        states: each by itself.
        target: the stack whose account has them.
        types: what the SDK says.

    Raises:
        SdkMissing: an SDK is not installed.
    """
    everything = [instance for state in states for instance in state.instances]
    ids = ImportIds(everything)
    objects: list[RememberedObject] = []
    left_out: list[tuple[str, str]] = []
    for state in states:
        whole = [replace(each, tainted=False) for each in state.instances]
        why = {each.ref: _why_not(each, ids) for each in whole}
        left_out += [(each.address, why[each.ref]) for each in whole if why[each.ref]]
        kept = replace(state, instances=tuple(each for each in whole if not why[each.ref]))
        objects += _objects(kept, target, types)
    return Remembered(objects=tuple(objects), left_out=tuple(left_out))


def _why_not(instance: Instance, ids: ImportIds) -> str:
    if instance.deposed:
        return _DEPOSED
    judged = classify(instance, ids)
    return "" if judged.kind in _OBJECTS else judged.reason


def _objects(state: State, target: Target, types: ResourceTypes) -> Iterator[RememberedObject]:
    if not state.instances:
        return
    (proposal,) = propose([state], [_ALL], target, types)
    by_address = {(state.id.lineage, each.address): each for each in state.instances}
    taken = {each.urn: each for each in take_all(proposal, by_address, types)}
    for each in proposal.resources:
        yield _object(each.address, taken[each.urn])


def _object(address: str, taken: Taken) -> RememberedObject:
    return RememberedObject(
        address=address,
        token=taken.type,
        name=taken.name,
        id=taken.id,
        inputs=_bare(taken.inputs),
        outputs=_bare(taken.outputs),
        secrets=tuple(dict.fromkeys(_secrets([taken.inputs, taken.outputs], hidden=False))),
    )


def _secrets(value: Any, *, hidden: bool) -> Iterator[str]:
    match value:
        case Secret():
            yield from _secrets(value.value, hidden=True)
        case dict():
            for each in value.values():
                yield from _secrets(each, hidden=hidden)
        case list():
            for each in value:
                yield from _secrets(each, hidden=hidden)
        case str() if hidden and value:
            yield value
        case _:
            return


def _bare(value: Any) -> Any:
    match value:
        case Secret():
            return value.value
        case dict():
            return {key: _bare(each) for key, each in value.items()}
        case list():
            return [_bare(each) for each in value]
        case _:
            return value
