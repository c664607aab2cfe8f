"""Makes objects: by the provider's own way of creating them, and by its record where that gives another one.

A server that makes up ids (KMS keys, VPCs) or has objects of another account cannot have the state's: such an
object is taken away again and recorded under the state's id; the provider reads it from there. What
needs another one is tried again once that is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from slipway_sandbox.provider.contract import PartialFault, ProviderFault
from slipway_sandbox.provider.generic import scope
from slipway_sandbox.provider.store import Row
from slipway_sandbox.seeding.model import Place, Seeded, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from slipway_sandbox.provider.configure import Configured
    from slipway_sandbox.provider.contract import Materialiser, Properties, Session, State
    from slipway_sandbox.provider.resources import Reading, Resources
    from slipway_sandbox.provider.schema import Schema
    from slipway_sandbox.provider.store import Store

FAULTS = (ProviderFault, ClientError, BotoCoreError)
NAMES = ("arn", "keyId")
"""Outputs that are of one object alone."""
GIVES_IDS = "the server gives ids of its own"
NO_SERVER = "no server of the sandbox has objects of this type"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One configured provider.

    Attributes:
        schema: its types.
        table: those that are real on servers.
        store: its record.
        configured: its settings and session.
        resources: what the engine would do with it.
    """

    schema: Schema
    table: Mapping[str, Materialiser]
    store: Store
    configured: Configured
    resources: Resources

    @property
    def session(self) -> Session:
        """Its connection."""
        return self.configured.session


class Seeder:
    """Makes the objects of one package exist.

    Args:
        provider: of the package.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def seed(self, wanted: Sequence[Wanted]) -> Iterator[Seeded]:
        """Make what is not there; what the record has to have is recorded last."""
        waiting: list[tuple[Wanted, str]] = []
        left = list(wanted)
        while left:
            waiting = []
            for each in left:
                found = self._there(each) or self._made(each, waiting)
                if found is not None:
                    yield found
            if len(waiting) == len(left):
                break
            left = [each for each, _ in waiting]
        for each, why in waiting:
            yield self._recorded(each, why)

    def _there(self, wanted: Wanted) -> Seeded | None:
        provider = self._provider
        if provider.store.has(scope(provider.session), wanted.token, wanted.id):
            told = wanted.without_secrets(self._differs(wanted))
            return Seeded(wanted=wanted, place=Place.RECORD, new=False, why=told)
        if wanted.token in provider.table and not self._differs(wanted):
            return Seeded(wanted=wanted, place=Place.SERVER, new=False)
        return None

    def _made(self, wanted: Wanted, waiting: list[tuple[Wanted, str]]) -> Seeded | None:
        if wanted.token not in self._provider.schema.tokens:
            return Seeded(wanted=wanted, place=Place.NOWHERE, new=False, why="the SDK has no such type")
        materialiser = self._provider.table.get(wanted.token)
        if materialiser is None:
            return self._recorded(wanted, NO_SERVER)
        before = self._read(wanted)
        is_there = not isinstance(before, str) and not _another(wanted, before)
        made = self._create(materialiser, wanted)
        if isinstance(made, str) and not is_there:
            waiting.append((wanted, made))
            return None
        why = GIVES_IDS if not isinstance(made, str) and made.id != wanted.id else self._differs(wanted)
        if is_there or not why:
            return Seeded(
                wanted=wanted, place=Place.SERVER, new=not is_there, why=wanted.without_secrets(why)
            )
        if not isinstance(made, str):
            materialiser.delete(self._provider.session, made.id, self._plain(wanted))
        return self._recorded(wanted, why)

    def _create(self, materialiser: Materialiser, wanted: Wanted) -> State | str:
        """Have it made as an update would; a text says why the server refuses it."""
        try:
            return materialiser.create(self._provider.session, wanted.name, self._plain(wanted))
        except PartialFault as fault:
            materialiser.delete(self._provider.session, fault.id, self._plain(wanted))
            return f"the server refuses it: {_told(fault)}"
        except FAULTS as fault:
            return f"the server refuses it: {_told(fault)}"

    def _plain(self, wanted: Wanted) -> Properties:
        provider = self._provider
        taggable = provider.schema.resource(wanted.token).taggable
        return provider.configured.tags.for_server(dict(wanted.inputs)) if taggable else dict(wanted.inputs)

    def _read(self, wanted: Wanted) -> Reading | str:
        """Have the provider read an object as it would refresh it; a text says why it cannot."""
        try:
            found = self._provider.resources.read(
                wanted.token, wanted.id, dict(wanted.inputs), dict(wanted.outputs)
            )
        except FAULTS as fault:
            return f"it cannot be read: {_told(fault)}"
        return "it is not found by the state's id" if found is None else found

    def _differs(self, wanted: Wanted) -> str:
        """Say what a refresh would find otherwise than the state has it; empty where that is nothing."""
        found = self._read(wanted)
        if isinstance(found, str):
            return found
        if another := _another(wanted, found):
            return f"it has another {another} there"
        differences = self._provider.resources.diff(
            wanted.token, old=found.inputs, olds=dict(wanted.outputs), new=dict(wanted.inputs), ignored=()
        )
        names = sorted({change.name for change in differences.changes})
        return f"it has {', '.join(names)} otherwise there" if names else ""

    def _recorded(self, wanted: Wanted, why: str) -> Seeded:
        row = Row(
            scope=scope(self._provider.session),
            token=wanted.token,
            id=wanted.id,
            inputs=dict(wanted.inputs),
            outputs=dict(wanted.outputs),
        )
        new = self._provider.store.insert(row)
        return Seeded(wanted=wanted, place=Place.RECORD, new=new, why=wanted.without_secrets(why))


def _another(wanted: Wanted, found: Reading) -> str:
    """Name what tells that an object is not the state's; empty where nothing does."""
    told = (name for name in NAMES if name in wanted.outputs)
    return next((name for name in told if found.outputs.get(name) != wanted.outputs[name]), "")


def _told(fault: Any) -> str:
    if isinstance(fault, ProviderFault):
        return fault.message
    if isinstance(fault, ClientError):
        return str(fault.response["Error"].get("Message", "")) or str(fault)
    return str(fault)
