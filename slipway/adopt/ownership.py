"""Who owns an object already: another state, or Pulumi. Pure.

Two resources are one object where type, import id, account and region are the same. What does not say where
it is, is where most of its state is that is managed through the same provider.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from slipway.adopt.arns import account_of, region_of
from slipway.adopt.import_ids import ImportIds
from slipway.adopt.knowledge import PulumiType
from slipway.adopt.proposal import Overlap, OverlapKind
from slipway.adopt.pulumi_state import Owned
from slipway.adopt.state import Instance, Mode

_ALIASES: Final[Mapping[str, str]] = {"aws_s3_bucket_object": "aws_s3_object"}
_OLD_BALANCER: Final = "aws_alb"
_BALANCER: Final = "aws_lb"


class Ownership:
    """Every owner that is known.

    Args:
        instances: every instance that was read.
        owned: what Pulumi owns, in all stacks that were named.
        ids: finds import ids.
    """

    def __init__(self, instances: Iterable[Instance], owned: Sequence[Owned], ids: ImportIds) -> None:
        self._ids = ids
        managed = [each for each in instances if each.mode is Mode.MANAGED and not each.deposed]
        self._places = _Places(managed)
        self._states: dict[tuple[str, ...], list[Instance]] = {}
        for each in managed:
            if found := ids.of(each).value:
                self._states.setdefault(self._object(each, found), []).append(each)
        self._urns = {each.urn for each in owned}
        self._pulumi: dict[tuple[str, str], list[Owned]] = {}
        for row in owned:
            self._pulumi.setdefault((row.type, row.id), []).append(row)

    def overlaps(self, instance: Instance, known: PulumiType, urn: str) -> Iterator[Overlap]:
        """Tell who else has an object.

        Args:
            instance: that would be adopted.
            known: its type.
            urn: that it would get.
        """
        import_id = self._ids.of(instance).value
        yield from self._in_states(instance, import_id)
        if urn in self._urns:
            yield Overlap(
                kind=OverlapKind.URN_TAKEN,
                address=instance.address,
                other=urn,
                says="the stack has it already: it was adopted before, or the layer's name is taken",
                blocks=True,
            )
        else:
            yield from self._in_pulumi(instance, known, {import_id, str(instance.value("id") or "")} - {""})

    def _object(self, instance: Instance, import_id: str) -> tuple[str, ...]:
        """Return what names one object, whatever type of resource stands for it."""
        return _family(instance.type), import_id, *self._places.of(instance)

    def _in_states(self, instance: Instance, import_id: str) -> Iterator[Overlap]:
        same = self._states.get(self._object(instance, import_id), ()) if import_id else ()
        others = [other for other in same if other is not instance]
        if others:
            more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
            yield Overlap(
                kind=OverlapKind.TWICE,
                address=instance.address,
                other=f"{others[0].address} of {others[0].state}{more}",
                says="both are one object: have one of them forgotten in Terraform first",
                blocks=True,
            )

    def _in_pulumi(self, instance: Instance, known: PulumiType, ids: set[str]) -> Iterator[Overlap]:
        tokens = (known.token, *known.aliases, *known.legacy_tokens)
        rows = {row.urn for token in tokens for id_ in ids for row in self._pulumi.get((token, id_), ())}
        for urn in sorted(rows):
            yield Overlap(
                kind=OverlapKind.IN_PULUMI,
                address=instance.address,
                other=urn,
                says="Pulumi owns the object: have Terraform forget it, or Pulumi",
                blocks=True,
            )


class _Places:
    """Accounts and regions, also of objects that do not say theirs."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._usual: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = {}
        for each in instances:
            accounts, regions = self._usual.setdefault(
                (each.state, str(each.provider)), (Counter(), Counter())
            )
            accounts.update({account_of(each)} - {""})
            regions.update({region_of(each)} - {""})

    def of(self, instance: Instance) -> tuple[str, str]:
        """Account and region of an object; empty where nothing of its provider says one."""
        accounts, regions = self._usual[instance.state, str(instance.provider)]
        return account_of(instance) or _most(accounts), region_of(instance) or _most(regions)


def _most(counted: Counter[str]) -> str:
    return counted.most_common(1)[0][0] if counted else ""


def _family(type_: str) -> str:
    """One word for types that stand for the same kind of object."""
    family = _ALIASES.get(type_, type_)
    return _BALANCER + family.removeprefix(_OLD_BALANCER) if family.startswith(_OLD_BALANCER) else family
