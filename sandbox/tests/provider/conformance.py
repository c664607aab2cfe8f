"""What every type must do, asked over gRPC: one function that gives the ways in which a type fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc

from slipway_sandbox.provider.schema import ANY, Kind, ResourceType, Role, Schema, Shape
from tests.provider.engine import SIG, UNKNOWN, Engine, Resource, is_secret
from tests.provider.generated import SECRET_TEXT, Program, program

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE, SOME = 1, 2
"""DiffResponse.changes."""
CONFIGURED = {"region", "tagsAll"}
"""Outputs that a preview knows because the provider's settings say them."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """What a type's server makes different from a record of the program.

    Attributes:
        import_id: what an import calls the resource, where that is not its id.
        importable: False for types that the real provider cannot import either.
        not_imported: inputs that the server cannot tell.
        promised: the roles of outputs that are always there; a real server may have nothing to say.
        replace_on: inputs whose change forces a replacement, beside those that the schema knows.
        stays: deletion leaves something that reads as existing.
        absent: an id of the right form of which there is nothing; the id with an ending when empty.
        found_by_inputs: the id is the provider's own, so that a refresh finds the object without it.
    """

    import_id: str = ""
    importable: bool = True
    not_imported: frozenset[str] = frozenset()
    promised: frozenset[Role] = frozenset({Role.REQUIRED, Role.COMPUTED, Role.OUTPUT})
    replace_on: frozenset[str] = frozenset()
    stays: bool = False
    absent: str = ""
    found_by_inputs: bool = False

    def absent_beside(self, id_: str) -> str:
        """An id like ``id_`` of which there is nothing."""
        return self.absent or f"{id_}-absent"


def violations(engine: Engine, schema: Schema, token: str) -> list[str]:
    """Every way in which one recorded type breaks the protocol's promises."""
    return Lifecycle(engine, schema, token, program(schema, schema.resource(token))).violations()


class Lifecycle:
    """One resource from its check to its deletion.

    Args:
        engine: asks the provider.
        schema: declares the type.
        token: the type.
        given: the resource's inputs.
        server: what is known of the server that makes it real; a record's when absent.
    """

    def __init__(
        self, engine: Engine, schema: Schema, token: str, given: Program, server: Server | None = None
    ) -> None:
        self.engine = engine
        self.schema = schema
        self.type: ResourceType = schema.resource(token)
        self.resource = Resource(token, "thing")
        self.program = given
        self.server = server or Server()

    def violations(self) -> list[str]:
        """Every broken promise, each beginning with the type and the operation."""
        found: list[str] = []
        try:
            for text in self.run():
                found.append(f"{self.type.token}: {text}")  # noqa: PERF401  what was found before an error counts
        except grpc.RpcError as error:
            found.append(f"{self.type.token}: refused: {error}")
        return found

    def run(self) -> Iterator[str]:
        yield from self.checks()
        yield from self.preview()
        id_, outputs = self.engine.create(self.resource, self.program.inputs)
        yield from self.created(id_, outputs)
        yield from self.unchanged(id_, outputs)
        yield from self.updated(id_, outputs)
        yield from self.replaced(id_, outputs)
        yield from self.imported(id_)
        yield from self.deleted(id_, outputs)

    def checks(self) -> Iterator[str]:
        for given in (self.program.inputs, self.program.unknown):
            inputs, failures = self.engine.check(self.resource, given)
            yield from (f"check refuses {path}: {reason}" for path, reason in failures.items())
            if not _contains(inputs, given):
                yield "check changes what the program gave"
        _, failures = self.engine.check(self.resource, {**self.program.inputs, "zzStranger": 1})
        if "zzStranger" not in failures:
            yield "check lets an unknown property pass"
        yield from self.refusals()

    def refusals(self) -> Iterator[str]:
        required = [name for name, prop in self.type.inputs.items() if prop.role is Role.REQUIRED]
        for name in required[:1]:
            without = {key: given for key, given in self.program.inputs.items() if key != name}
            if name not in self.engine.check(self.resource, without)[1]:
                yield f"check misses that {name} is required"
        wrong = [
            n for n, p in self.type.inputs.items() if p.shape.kind in {Kind.INTEGER, Kind.LIST, Kind.OBJECT}
        ]
        for name in wrong[:1]:
            if name not in self.engine.check(self.resource, {**self.program.inputs, name: "text"})[1]:
                yield f"check takes text for {name}"

    def preview(self) -> Iterator[str]:
        for given in (self.program.inputs, self.program.unknown):
            id_, outputs = self.engine.create(self.resource, given, preview=True)
            if id_:
                yield "preview gives an id"
            if not _contains(outputs, self.echoed(given)):
                yield "preview does not echo the inputs (an unknown or a secret is lost)"
            yield from self.leaks("preview", outputs)
            for name, prop in self.type.properties.items():
                computed = prop.role.is_computed and name not in given and name not in CONFIGURED
                if computed and _bare(outputs.get(name)) != UNKNOWN:
                    yield f"preview knows the computed {name}"

    def echoed(self, given: dict[str, Any]) -> dict[str, Any]:
        return {n: v for n, v in given.items() if self.type.properties[n].role is not Role.INPUT_ONLY}

    def created(self, id_: str, outputs: dict[str, Any]) -> Iterator[str]:
        if not id_:
            yield "create gives no id"
        if not _contains(outputs, self.echoed(self.program.inputs)):
            yield "create does not echo the inputs"
        yield from self.complete("create", outputs)
        yield from self.leaks("create", outputs)

    def complete(self, operation: str, outputs: dict[str, Any]) -> Iterator[str]:
        """Every declared output is there, in its declared form."""
        for name, prop in self.type.properties.items():
            if name not in outputs:
                if prop.role in self.server.promised:
                    yield f"{operation} leaves out {name}"
            elif not _fits(self.schema, prop.shape, _bare(outputs[name])):
                yield f"{operation} gives {name} in another form than declared"

    def leaks(self, operation: str, outputs: dict[str, Any]) -> Iterator[str]:
        if _shows_secret(outputs):
            yield f"{operation} shows a secret in plain"
        yield from self.declared_secrets(operation, outputs)

    def declared_secrets(self, operation: str, outputs: dict[str, Any]) -> Iterator[str]:
        for name in self.type.secret & outputs.keys():
            if not is_secret(outputs[name]):
                yield f"{operation} gives {name} in plain, which is declared secret"

    def unchanged(self, id_: str, outputs: dict[str, Any]) -> Iterator[str]:
        inputs = self.program.inputs
        found = self.engine.read(self.resource, id_, inputs, outputs)
        if found.id != id_:
            yield "read does not find what was created"
        if found.outputs != outputs or not _contains(found.inputs, inputs):
            yield "read gives something else than create did"
        yield from self.leaks("read", found.outputs | found.inputs)
        if self.engine.diff(self.resource, id_, found.inputs, found.outputs, inputs).changes != NONE:
            yield "diff sees a change where there is none"
        again = self.engine.update(self.resource, id_, inputs, outputs, inputs)
        if again != outputs:
            yield "an update without a change changes outputs"
        absent = self.server.absent_beside(id_)
        if not self.server.found_by_inputs and self.engine.read(self.resource, absent, inputs, outputs).id:
            yield "read finds an id that does not exist"

    def updated(self, id_: str, outputs: dict[str, Any]) -> Iterator[str]:
        name, new = self.program.change, self.program.changed
        if not name:
            return
        inputs = self.program.inputs
        change = self.engine.diff(self.resource, id_, inputs, outputs, new)
        if change.changes != SOME or name not in change.diffs or change.replaces:
            yield f"diff does not see the update of {name}"
        foreseen = self.engine.update(self.resource, id_, inputs, outputs, new, preview=True)
        after = self.engine.update(self.resource, id_, inputs, outputs, new)
        found = self.engine.read(self.resource, id_, new, after)
        echoed = self.echoed(new)
        for operation, seen in (("update's preview", foreseen), ("update", after), ("read", found.outputs)):
            if not _contains(seen, echoed):
                yield f"{operation} does not show the new {name}"
            yield from self.leaks(operation, seen)
        yield from self.complete("update", after)
        self.engine.update(self.resource, id_, new, after, inputs)

    def replaced(self, id_: str, outputs: dict[str, Any]) -> Iterator[str]:
        replace_on = self.type.replace | self.server.replace_on
        candidates = [name for name in sorted(replace_on) if name in self.program.inputs]
        candidates += ["region"] if self.type.regional else []
        inputs = self.program.inputs
        for name in candidates[:2]:
            new = {**inputs, name: UNKNOWN if name != "region" else "us-west-2"}
            change = self.engine.diff(self.resource, id_, inputs, outputs, new)
            if name not in change.replaces:
                yield f"diff does not replace when {name} changes"

    def imported(self, id_: str) -> Iterator[str]:
        if not self.server.importable:
            return
        known_as = self.server.import_id or id_
        if self.engine.read(self.resource, self.server.absent_beside(known_as)).id:
            yield "import succeeds for an id that does not exist"
        found = self.engine.read(self.resource, known_as)
        if found.id != id_:
            yield "import does not find what exists"
        untold = {name: self.program.inputs.get(name) for name in self.server.not_imported}
        yield from self.complete("import", untold | found.outputs)
        for told in (found.outputs, found.inputs):
            yield from self.declared_secrets("import", told)
        change = self.engine.diff(self.resource, id_, found.inputs, found.outputs, self.program.inputs)
        for name in set(change.diffs) - self.server.not_imported:
            yield f"import gives another {name} than the program"

    def deleted(self, id_: str, outputs: dict[str, Any]) -> Iterator[str]:
        inputs = self.program.inputs
        self.engine.delete(self.resource, id_, inputs, outputs)
        if not self.server.stays and self.engine.read(self.resource, id_, inputs, outputs).id:
            yield "delete leaves the resource"
        self.engine.delete(self.resource, id_, inputs, outputs)


def _bare(value: Any) -> Any:
    return value.get("value") if is_secret(value) else value


def _contains(whole: Any, part: Any) -> bool:
    """Whether every field of ``part`` is in ``whole``; a secret only as a secret."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _contains(whole[name], value) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return bool(whole == part)


def _shows_secret(value: Any) -> bool:
    match value:
        case dict():
            return not is_secret(value) and any(_shows_secret(item) for item in value.values())
        case list():
            return any(_shows_secret(item) for item in value)
        case _:
            return isinstance(value, str) and SECRET_TEXT in value


_PLAIN: dict[Kind, type] = {
    Kind.STRING: str,
    Kind.INTEGER: float,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.ANY: object,
    Kind.LIST: list,
}
"""How a kind looks in JSON; the others are objects there."""


def _fits(schema: Schema, shape: Shape, value: Any) -> bool:
    """Whether a wire value has the declared form, all the way down."""
    if not issubclass(type(value), _PLAIN.get(shape.kind, dict)):
        return False
    if shape.kind in {Kind.ASSET, Kind.ARCHIVE}:
        return SIG in value
    if shape.kind is Kind.OBJECT:
        known = schema.object(shape.name)
        return all(n in known and _fits(schema, known[n].shape, _bare(item)) for n, item in value.items())
    items = value if shape.kind is Kind.LIST else value.values() if shape.kind is Kind.MAP else []
    return all(_fits(schema, shape.item or ANY, _bare(item)) for item in items)
