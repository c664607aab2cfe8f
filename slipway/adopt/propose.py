"""From states and the layers that were named to proposals. Pure but for what the SDK is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.arns import account_of, region_of
from slipway.adopt.classification import Class, Kind, classify
from slipway.adopt.faults import NotAdoptable
from slipway.adopt.import_ids import ImportIds
from slipway.adopt.inputs import minimal_inputs
from slipway.adopt.knowledge import PulumiType, pulumi_type
from slipway.adopt.layers import Layer, assign
from slipway.adopt.naming import component_name, component_type, component_urn, resource_name, resource_urn
from slipway.adopt.overlaps import (
    doubled,
    grant_overlaps,
    inline_overlaps,
    list_overlaps,
)
from slipway.adopt.ownership import Ownership
from slipway.adopt.proposal import (
    LeftOut,
    Overlap,
    Proposal,
    ProposedComponent,
    ProposedResource,
    ProviderUse,
)
from slipway.adopt.pulumi_state import Owned
from slipway.adopt.state import Instance, State
from slipway.adopt.state_reading import require_different
from slipway.ports.resource_types import ResourceTypes

_REGION: Final = "region"
_SECRETS: Final = "reading it back may not bring its secrets: from the state"
_ADOPTED: Final = (Kind.AS_IS, Kind.WITH_OUTPUTS)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where layers would go.

    Attributes:
        stack: which stack.
        project: Pulumi's.
        region: the stack's own.
        owned: what Pulumi owns already, in all stacks that were named.
    """

    stack: str
    project: str
    region: str
    owned: tuple[Owned, ...] = ()


def propose(
    states: Sequence[State], layers: Sequence[Layer], target: Target, types: ResourceTypes
) -> tuple[Proposal, ...]:
    """Propose how each layer would be adopted.

    Args:
        states: all that belong to the estate, so that what two of them have is found.
        layers: what is adopted together.
        target: where to.
        types: what the SDK says.

    Raises:
        SameStateTwice: a state was named twice.
        LayerUnclear: two layers take one instance, or one takes none.
        NotAdoptable: a layer takes something that Terraform has to put right, or that nobody knows.
        SdkMissing: an SDK is not installed.
    """
    require_different(states)
    everything = [instance for state in states for instance in state.instances]
    assigned = assign(everything, layers)
    estate = _Estate(states, everything, target, types)
    return tuple(_Proposing(estate, layer, assigned[layer.name]).proposal() for layer in layers)


class _Estate:
    """What all layers share."""

    def __init__(
        self, states: Sequence[State], everything: Sequence[Instance], target: Target, types: ResourceTypes
    ) -> None:
        self.states = states
        self.everything = everything
        self.target = target
        self.types = types
        self.ids = ImportIds(everything)
        self.doubled = doubled(everything)
        self.lineages = {state.id.source: state.id.lineage for state in states}
        self.ownership = Ownership(everything, target.owned, self.ids)


class _Proposing:
    """One layer."""

    def __init__(self, estate: _Estate, layer: Layer, instances: Sequence[Instance]) -> None:
        self._estate = estate
        self._layer = layer
        self._judged = [(each, classify(each, estate.ids)) for each in instances]
        self._adopted = [each for each, judged in self._judged if judged.kind in _ADOPTED]
        refs = {each.ref for each in self._adopted}
        self._doubled = [each for each in estate.doubled if each.whole.ref in refs]
        self._owned_elsewhere: dict[tuple[str, str], set[str]] = {}
        for found in self._doubled:
            self._owned_elsewhere.setdefault(found.whole.ref, set()).add(found.attribute)

    def proposal(self) -> Proposal:
        """Put it together."""
        self._require_adoptable()
        self._require_one_state()
        target = self._estate.target
        return Proposal(
            layer=self._layer.name,
            patterns=self._layer.patterns,
            stack=target.stack,
            project=target.project,
            home_region=target.region,
            states=tuple(state.revision for state in self._estate.states),
            providers=tuple(self._providers()),
            components=tuple(self._components()),
            resources=tuple(
                self._resource(each, judged) for each, judged in self._judged if judged.kind in _ADOPTED
            ),
            left_out=tuple(
                LeftOut(address=each.address, becomes=judged.kind.value, why=judged.reason)
                for each, judged in self._judged
                if judged.kind not in _ADOPTED
            ),
            overlaps=tuple(self._overlaps()),
        )

    def _require_adoptable(self) -> None:
        wrong = [
            (each, judged)
            for each, judged in self._judged
            if each.tainted or each.deposed or judged.kind is Kind.UNKNOWN
        ]
        if wrong:
            first, judged = wrong[0]
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            raise NotAdoptable(
                f"the layer {self._layer.name} takes {first.address}{more}: {judged.reason}",
                remedy="put it right in Terraform, or write patterns that leave it out",
            )

    def _require_one_state(self) -> None:
        seen: dict[str, Instance] = {}
        for each in self._adopted:
            other = seen.setdefault(each.address, each)
            if other is not each:
                raise NotAdoptable(
                    f"the layer {self._layer.name} takes {each.address} of {other.state} and of {each.state}",
                    remedy="give each state a layer of its own: one command for each",
                )

    def _providers(self) -> Iterator[ProviderUse]:
        used: dict[str, list[Instance]] = {}
        for each in self._adopted:
            used.setdefault(str(each.provider), []).append(each)
        for name, instances in sorted(used.items()):
            package = _type(instances[0]).package
            yield ProviderUse(
                provider=name,
                package=package,
                version=self._estate.types.version(package),
                regions=tuple(sorted({region_of(each) for each in instances} - {""})),
                accounts=tuple(sorted({account_of(each) for each in instances} - {""})),
                resources=len(instances),
            )

    def _components(self) -> Iterator[ProposedComponent]:
        paths = {each.module[:depth] for each in self._adopted for depth in range(len(each.module) + 1)}
        for path in sorted(paths | {()}, key=lambda each: (len(each), str(each))):
            yield ProposedComponent(
                module=".".join(map(str, path)),
                type=component_type(path),
                name=component_name(self._layer.name, path),
                urn=self._urn(path),
                parent=self._urn(path[:-1]) if path else "",
            )

    def _urn(self, module: ModulePath) -> str:
        target = self._estate.target
        return component_urn(target.stack, target.project, self._layer.name, module)

    def _resource_urn(self, instance: Instance) -> str:
        target = self._estate.target
        return resource_urn(target.stack, target.project, self._layer.name, instance, _type(instance).token)

    def _resource(self, instance: Instance, judged: Class) -> ProposedResource:
        known, types = _type(instance), self._estate.types
        inputs = minimal_inputs(
            instance,
            types.resource(known.py),
            types,
            home_region=self._estate.target.region,
            without=self._owned_elsewhere.get(instance.ref, ()),
        )
        return ProposedResource(
            state=self._estate.lineages[instance.state],
            address=instance.address,
            provider=str(instance.provider),
            type=known.token,
            py=known.py,
            name=resource_name(self._layer.name, instance),
            urn=self._resource_urn(instance),
            parent=self._urn(instance.module),
            import_id=self._import_id(instance),
            outputs_from_state=judged.kind is Kind.WITH_OUTPUTS or bool(inputs.secrets),
            why=judged.reason if judged.kind is Kind.WITH_OUTPUTS or not inputs.secrets else _SECRETS,
            inputs=inputs.values,
            secrets=tuple(inputs.secrets),
            notes=tuple(inputs.notes),
        )

    def _import_id(self, instance: Instance) -> str:
        """The import id; an object outside of the stack's region says where it is (AWS provider 6)."""
        found, region = self._estate.ids.of(instance).value, region_of(instance)
        regional = _REGION in self._estate.types.resource(_type(instance).py).arguments
        elsewhere = regional and region not in {"", self._estate.target.region}
        return f"{found}@{region}" if found and elsewhere else found

    def _overlaps(self) -> Iterator[Overlap]:
        yield from inline_overlaps(self._doubled)
        yield from list_overlaps(self._adopted, self._estate.everything)
        yield from grant_overlaps(self._adopted, self._estate.everything)
        for each in self._adopted:
            yield from self._estate.ownership.overlaps(each, _type(each), self._resource_urn(each))


def _type(instance: Instance) -> PulumiType:
    known = pulumi_type(instance.type)
    if known is None:
        raise AssertionError(instance.type)  # only what has a type is adopted
    return known
