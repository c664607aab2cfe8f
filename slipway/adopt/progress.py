"""How far the adoption of an estate is: whose each object is, what blocks the rest, who owns one twice. Pure.

Everything is what the records say: the newest change of each layer, its newest proof, the layers' files of
this checkout, and Terraform's states where they are named. No engine and no cloud is asked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slipway.adopt.addresses import resource_type
from slipway.adopt.classification import Kind
from slipway.adopt.inventory import Entry, take_inventory
from slipway.adopt.records import file_digest
from slipway.adopt.state import Mode, State
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name
from slipway.model.adoption import AdoptionProof, OwnedObject, Owner, OwnershipChange, Result
from slipway.model.counted import counted
from slipway.model.environment import StackName

_PULUMIS = frozenset({Owner.BOTH, Owner.PULUMI})


@dataclass(frozen=True, kw_only=True)
class KnownLayer:
    """What is known of a layer; one of the first two is there.

    Attributes:
        name: of the layer.
        stack: which owns it, or owned it.
        file: what the program of this checkout declares; None: it declares no such layer.
        change: the newest that the ledger was told of its owner.
        proof: the newest.
    """

    name: str
    stack: StackName
    file: AdoptedLayer | None
    change: OwnershipChange | None
    proof: AdoptionProof | None

    @property
    def owner(self) -> Owner:
        """Whose it is; what the ledger does not know is taken for both's: that is the careful answer."""
        return Owner.BOTH if self.change is None else self.change.owner

    @property
    def objects(self) -> Sequence[OwnedObject]:
        """All of it."""
        if self.change is not None:
            return self.change.objects
        resources = () if self.file is None else self.file.resources
        return [
            OwnedObject(state=each.state, address=each.address, type=each.type, urn=each.urn, id=each.id)
            for each in resources
        ]

    @property
    def since(self) -> datetime | None:
        """When its owner changed."""
        return None if self.change is None else self.change.at

    def blocks(self) -> Iterator[str]:
        """Say what is to be done before it is whose it is to be."""
        yield from self._file_blocks()
        if self.owner is Owner.HANDED_BACK:
            return
        if self.proof is None:
            yield "never verified"
            return
        if self.proof.owner is not self.owner:
            yield f"not verified since it is: {self.owner}"
        left_out = [each.side.value for each in self.proof.findings if each.left_out]
        if left_out:
            yield f"left out of its proof: {', '.join(left_out)}"
        if self.owner is Owner.BOTH:
            yield "not released: Terraform has it, too"

    def _file_blocks(self) -> Iterator[str]:
        name = f"{FOLDER}/{file_name(self.name)}"
        if self.change is None:
            yield "the ledger does not know its import: run slipway adopt import again"
        elif self.owner not in _PULUMIS:
            if self.file is not None:
                yield f"{name} is here still, and the layer was handed back: commit its removal"
        elif self.file is None:
            yield f"{name} is not in this checkout: take a revision that has it before an update"
        elif file_digest(self.file) != self.change.file:
            yield f"{name} is another one than was imported"

    def drift(self) -> Iterator[str]:
        """What its newest proof has found to differ, by side."""
        for finding in () if self.proof is None else self.proof.findings:
            if finding.result is Result.REFUTED:
                yield from (f"{finding.side}: {each}" for each in finding.says)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far it is.

    Attributes:
        layers: that were adopted, by stack and name.
        rows: number of objects by layer and Terraform type, and by owner.
        stays: why objects that nobody has adopted cannot be, with how many.
        doubles: objects with two owners that nobody has agreed to, a sentence each.
    """

    layers: tuple[KnownLayer, ...]
    rows: Mapping[tuple[str, str], Mapping[Owner, int]]
    stays: Mapping[str, int]
    doubles: tuple[str, ...]

    @property
    def totals(self) -> Mapping[Owner, int]:
        """All objects, by owner."""
        return {owner: sum(row.get(owner, 0) for row in self.rows.values()) for owner in Owner}

    @property
    def drifted(self) -> bool:
        """Whether a newest proof has found a difference."""
        return any(True for layer in self.layers for _ in layer.drift())


def progress(layers: Sequence[KnownLayer], states: Sequence[State]) -> Progress:
    """Say how far an adoption is.

    Args:
        layers: all that are known.
        states: Terraform's, as they are now; without them, what nobody has adopted is not counted.
    """
    owned = {(each.state, each.address): layer for layer in layers for each in layer.objects}
    lineages = {state.id.source: state.id.lineage for state in states}
    entries = [
        entry
        for entry in take_inventory(states).entries
        if entry.instance.mode is Mode.MANAGED
        and (lineages[entry.instance.state], entry.instance.address) not in owned
    ]
    rows: dict[tuple[str, str], Counter[Owner]] = {}
    for layer in layers:
        for each in layer.objects:
            rows.setdefault((layer.name, resource_type(each.address)), Counter())[layer.owner] += 1
    for entry in entries:
        rows.setdefault((entry.layer, entry.instance.type), Counter())[Owner.TERRAFORM] += 1
    return Progress(
        layers=tuple(layers),
        rows={key: dict(row) for key, row in sorted(rows.items())},
        stays=Counter(map(_why, entries)),
        doubles=(*_again(layers, states), *_twice(layers)),
    )


def _why(entry: Entry) -> str:
    if entry.judged.kind in {Kind.AS_IS, Kind.WITH_OUTPUTS}:
        return f"{entry.judged.kind}: in no layer yet"
    return f"{entry.judged.kind}: {entry.judged.reason}"


def _again(layers: Sequence[KnownLayer], states: Sequence[State]) -> Iterator[str]:
    """Objects that Terraform has forgotten, and has again."""
    there = {(state.id.lineage, each.address): state for state in states for each in state.instances}
    for layer in layers:
        for each in layer.objects if layer.owner is Owner.PULUMI else ():
            if (state := there.get((each.state, each.address))) is not None:
                yield f"{each.address}: {layer.stack}'s alone, and {state.id.source} has it again"


def _twice(layers: Sequence[KnownLayer]) -> Iterator[str]:
    """Objects that two layers have: by address, or as one object of the cloud."""
    first: dict[tuple[str, ...], str] = {}
    for layer in layers:
        for each in layer.objects if layer.owner in _PULUMIS else ():
            names: list[tuple[str, ...]] = [("address", each.state, each.address)]
            if each.id:
                names.append(("object", layer.stack, each.type, each.id))  # a stack has an account of its own
            others = {first.setdefault(name, each.urn) for name in names} - {each.urn}
            if others:
                yield f"{each.address}: {each.urn} and {min(others)} are one object"


def summary(found: Progress) -> str:
    """Say in a line whose how many are."""
    numbers = found.totals
    told = ", ".join(f"{number} {owner}" for owner, number in numbers.items() if number)
    return f"{counted(sum(numbers.values()), 'object')}: {told or 'nothing was adopted'}"
