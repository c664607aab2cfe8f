"""What an estate holds, and what can become of each instance. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slipway.adopt.classification import Class, Kind, classify
from slipway.adopt.import_ids import ImportIds
from slipway.adopt.layers import Layer, assign, default_layer
from slipway.adopt.state import Instance, State, StateId
from slipway.adopt.state_reading import require_different


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One instance.

    Attributes:
        layer: where it belongs.
        instance: what the state remembers.
        judged: what becomes of it.
    """

    layer: str
    instance: Instance
    judged: Class


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All instances of all states.

    Attributes:
        states: in the order in which they were named.
        entries: in the order of the states.
    """

    states: tuple[StateId, ...]
    entries: tuple[Entry, ...]

    def counts(self) -> Mapping[tuple[str, str], Mapping[Kind, int]]:
        """Count by layer and type; the numbers add up to the instances of the states."""
        found: dict[tuple[str, str], Counter[Kind]] = {}
        for entry in self.entries:
            found.setdefault((entry.layer, entry.instance.type), Counter())[entry.judged.kind] += 1
        return dict(sorted(found.items()))

    def totals(self) -> Mapping[Kind, int]:
        """Count by what becomes of them; every kind has a number."""
        counted = Counter(entry.judged.kind for entry in self.entries)
        return {kind: counted[kind] for kind in Kind}


def take_inventory(states: Sequence[State], layers: Sequence[Layer] = ()) -> Inventory:
    """Say what becomes of every instance.

    Args:
        states: all that belong to the estate.
        layers: where instances belong; those that none takes belong to their outermost module.

    Raises:
        SameStateTwice: one of them was named twice.
        LayerUnclear: two layers take one instance, or one takes none.
    """
    require_different(states)
    instances = [instance for state in states for instance in state.instances]
    ids = ImportIds(instances)
    layer_of = {each.ref: name for name, own in assign(instances, layers).items() for each in own}
    return Inventory(
        states=tuple(state.id for state in states),
        entries=tuple(
            Entry(
                layer=layer_of.get(each.ref) or default_layer(each),
                instance=each,
                judged=classify(each, ids),
            )
            for each in instances
        ),
    )
