"""Whether an adopted layer is owned as it was imported, and nobody would change it: side by side."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from slipway.adopt.naming import LAYER, wrapped_layer_type
from slipway.adopt.state import State
from slipway.attest import digest_of_document
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import Owner, Result, Side, SideFinding
from slipway.model.counted import counted
from slipway.model.digest import Digest
from slipway.ports.stack_engine import PoliciesRefuse, Program, StackEngine, UpdateRefused, Violation
from slipway.ports.stack_imports import Held
from slipway.ports.terraform_engine import TerraformEngine, TerraformUnable

_URN: Final = re.compile(r"urn:pulumi:[^\s:]*::[^\s:]*::\S+?::\S+")


def belongs(layer: str, urn: str) -> bool:
    """Whether a URN is one of a layer's, declared or not, wrapped or not."""
    _, _, types, name = urn.split("::", 3)
    outermost = types.split("$")[0]
    adopted = outermost == LAYER and (name == layer or name.startswith(f"{layer}/"))
    return adopted or outermost == wrapped_layer_type(layer)


def held_digest(layer: AdoptedLayer, held: Sequence[Held]) -> Digest:
    """Name what a stack's state says of a layer."""
    rows = {each.urn: [each.type, each.id, each.protected] for each in held if belongs(layer.layer, each.urn)}
    return digest_of_document(rows)


def judge_owned(
    layer: AdoptedLayer, held: Sequence[Held], states: Sequence[State], owner: Owner = Owner.BOTH
) -> SideFinding:
    """Compare the layer's file with the stack's state, and with Terraform's states where they are given.

    Args:
        layer: what the program declares.
        held: what the stack's state has.
        states: Terraform's that were named.
        owner: whose the layer is: Terraform has every address until it has forgotten all of them.
    """
    terraform = _in_terraform if owner is Owner.PULUMI else _not_in_terraform
    says = (*_not_one_to_one(layer), *_not_held(layer, held), *terraform(layer, states))
    return _found(Side.OWNED, says)


def judge_handed_back(layer: AdoptedLayer, held: Sequence[Held], states: Sequence[State]) -> SideFinding:
    """Prove that nothing of a layer is left in the stack's state, and that Terraform has all of it."""
    left = (f"{each.urn} is in the stack's state still" for each in held if belongs(layer.layer, each.urn))
    return _found(Side.OWNED, (*sorted(left), *_not_in_terraform(layer, states)))


def _found(side: Side, says: tuple[str, ...]) -> SideFinding:
    return SideFinding(side=side, result=Result.REFUTED if says else Result.PROVEN, says=says)


def _not_one_to_one(layer: AdoptedLayer) -> Iterator[str]:
    addresses = Counter((each.state, each.address) for each in layer.resources)
    urns = Counter(
        [*(each.urn for each in layer.components), *(each.urn for each in layer.resources)],
    )
    for (_, address), number in addresses.items():
        if number > 1:
            yield f"{address} has {number} URNs"
    for urn, number in urns.items():
        if number > 1:
            yield f"{urn} has {number} addresses"


def _not_held(layer: AdoptedLayer, held: Sequence[Held]) -> Iterator[str]:
    there = {each.urn: each for each in held}
    ids = {each.urn: each.id for each in layer.resources}
    for urn in sorted(layer.urns):
        found = there.get(urn)
        if found is None:
            yield f"{urn} is not in the stack's state"
        elif urn in ids and found.id != ids[urn]:
            yield f"{urn} has the id {found.id} in the stack's state, {ids[urn]} was adopted"
        elif not found.protected:
            yield f"{urn} is not protected"
    for urn in sorted(there):
        if belongs(layer.layer, urn) and urn not in layer.urns:
            yield f"{urn} is in the stack's state, and the layer's file does not have it"


def _not_in_terraform(layer: AdoptedLayer, states: Sequence[State]) -> Iterator[str]:
    if not states:
        return
    there = {(state.id.lineage, each.address): each for state in states for each in state.instances}
    for each in layer.resources:
        instance = there.get((each.state, each.address))
        if instance is None:
            yield f"{each.address} is in no Terraform state that was named"
        elif (id_ := instance.value("id")) and str(id_) != each.id:
            yield f"{each.address} has the id {id_} in Terraform, {each.id} was adopted"


def _in_terraform(layer: AdoptedLayer, states: Sequence[State]) -> Iterator[str]:
    there = {(state.id.lineage, each.address): state for state in states for each in state.instances}
    for each in layer.resources:
        if (state := there.get((each.state, each.address))) is not None:
            yield f"{each.address} has two owners: Terraform had forgotten it, and {state.id.source} has it"


def judge_preview(layer: AdoptedLayer, engine: StackEngine, program: Program) -> SideFinding:
    """Have the program previewed, and judged where the engine has a pack of policies.

    What is about other parts of the stack is told, and refutes nothing.
    """
    side = Side.REFRESH if program.refresh else Side.PREVIEW
    violations: Sequence[Violation] = ()
    try:
        changes = engine.preview(program)
    except PoliciesRefuse as refused:
        changes, violations = refused.changes, refused.violations
    except UpdateRefused as refused:
        return SideFinding(side=side, result=Result.NOT_PROVEN, says=(refused.message,))
    changed = [each for each in changes if belongs(layer.layer, each.urn)]
    refused_ = [each for each in violations if _is_about(layer, each)]
    if changed or refused_:
        says = (
            *(f"{each.urn}: {each.operation}" for each in changed),
            *(f"{each.urn}: policy {each.rule}: {each.says}" for each in refused_),
        )
        return SideFinding(side=side, result=Result.REFUTED, says=says)
    elsewhere = {"change": len(changes), "policy violation": len(violations)}
    told = tuple(
        f"{counted(number, noun)} elsewhere in the stack" for noun, number in elsewhere.items() if number
    )
    return SideFinding(side=side, result=Result.PROVEN, says=told)


def _is_about(layer: AdoptedLayer, violation: Violation) -> bool:
    """Whether a violation is of the layer; what is wrong with an exemption is told of the stack."""
    return any(belongs(layer.layer, urn) for urn in _URN.findall(f"{violation.urn} {violation.says}"))


_NO_FOLDER: Final = "no folder of its configuration was named: --terraform FOLDER"


def judge_terraform(engine: TerraformEngine, folder: Path | None) -> SideFinding:
    """Have Terraform plan, where its configuration is at hand."""
    if folder is None:
        return SideFinding(side=Side.TERRAFORM, result=Result.NOT_PROVEN, says=(_NO_FOLDER,), left_out=True)
    try:
        changes = engine.plan(folder)
    except TerraformUnable as unable:
        return SideFinding(side=Side.TERRAFORM, result=Result.NOT_PROVEN, says=(unable.message,))
    return _found(Side.TERRAFORM, tuple(map(str, changes)))
