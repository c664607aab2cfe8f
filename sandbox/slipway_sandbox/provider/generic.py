"""Types that no server of the sandbox knows: recorded in the store, with outputs of the declared types.

A recorded resource is created, read, updated, deleted and imported like a real one, inside the account it was
made in. It does nothing: a recorded cluster runs no pods. `GenericType` is a materialiser like any other.
"""

from __future__ import annotations

import hashlib
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.arns import ec2_prefix
from slipway_sandbox.provider.contract import Properties, ProviderFault, Session, State
from slipway_sandbox.provider.settle import Settler
from slipway_sandbox.provider.store import Row, Store
from slipway_sandbox.provider.synthesise import Identity, synthesise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slipway_sandbox.provider.schema import ResourceType, Schema, Shape

NAMES = ("name", "identifier", "bucket", "domainName", "repository", "slug")
"""Inputs that tell a resource's name, the first that is given."""
SNOWFLAKE_PATH = ("database", "schema", "name")


class GenericType:
    """One type that lives in the store."""

    autoname = None  # the core names generic types by their schema
    defaults: Mapping[str, Any] = MappingProxyType({})  # a record holds nothing that the program did not say

    def __init__(self, schema: Schema, type_: ResourceType, store: Store) -> None:
        self._schema = schema
        self._type = type_
        self._store = store
        self._settler = Settler(schema, type_)
        self.token = type_.token
        self.replace_on = type_.replace

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Record the resource under the first id that is free.

        Raises:
            ProviderFault: a Snowflake object of that name exists; a cloud would refuse it as well.
        """
        for id_ in self._ids(name, inputs):
            if self._store.has(scope(session), self.token, id_):
                self._refuse_second(id_)
                continue
            row = self._row(session, id_, name, inputs)
            if self._store.insert(row):  # False: another process was faster
                return State(id=id_, outputs=row.outputs)
        raise AssertionError("the ids of a name never end")

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:  # noqa: ARG002  contract
        """The recorded outputs."""
        row = self._store.find(scope(session), self.token, id_)
        return None if row is None else State(id=id_, outputs=row.outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:  # noqa: ARG002  contract
        """Record the new inputs; outputs that the provider computed stay."""
        row = self._store.find(scope(session), self.token, id_)
        if row is None:
            raise ProviderFault(f"{self.token} {id_} is gone", remedy="run `pulumi refresh`, then try again")
        outputs = self._settler.outputs(new, {}, lambda name, _: row.outputs.get(name))
        self._store.replace(
            Row(scope=row.scope, token=row.token, id=id_, inputs=new, outputs=outputs | _tags(new))
        )

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:  # noqa: ARG002  contract
        """Remove the record."""
        self._store.delete(scope(session), self.token, id_)

    def recorded_inputs(self, session: Session, id_: str) -> Properties:
        """What the resource was last created or updated with; for an import."""
        row = self._store.find(scope(session), self.token, id_)
        return {} if row is None else row.inputs

    def fill(self, identity: Identity, name: str, shape: Shape) -> Any:
        """An output that nobody gave."""
        return synthesise(self._schema, identity, name, shape)

    def _row(self, session: Session, id_: str, name: str, inputs: Properties) -> Row:
        called = next((str(inputs[key]) for key in NAMES if inputs.get(key)), name)
        region = (inputs.get("region") if self._type.regional else None) or session.region
        identity = Identity(token=self.token, id=id_, name=called, scope=scope(session), region=region)
        outputs = self._settler.outputs(inputs, {}, lambda output, shape: self.fill(identity, output, shape))
        return Row(
            scope=scope(session), token=self.token, id=id_, inputs=inputs, outputs=outputs | _tags(inputs)
        )

    def _refuse_second(self, id_: str) -> None:
        """Names of Snowflake objects are unique in their account, but for functions: one a signature."""
        unique = "fullyQualifiedName" in self._type.properties and "arguments" not in self._type.inputs
        if unique and '"' in id_:
            raise ProviderFault(f"object {id_} already exists", remedy="import it, or choose another name")

    def _ids(self, name: str, inputs: Properties) -> Iterator[str]:
        """Ids to try: the one that the name gives, then numbered ones."""
        prefix = ec2_prefix(self.token)
        called = next((str(inputs[key]) for key in NAMES if inputs.get(key)), "")
        if self.token.startswith("snowflake:") and called:
            first = [".".join(f'"{inputs[part]}"' for part in SNOWFLAKE_PATH if inputs.get(part))]
        else:
            first = [called] if called and prefix is None else []
        seeds = (f"{self.token}\0{name}\0{number}" for number in count())
        digests = (hashlib.sha256(seed.encode()).hexdigest()[:17] for seed in seeds)
        return chain(first, (f"{prefix or called or name}-{digest}" for digest in digests))


def scope(session: Session) -> str:
    """Inside what an id is unique."""
    if session.package == "github" and session.github is not None:
        return session.github.owner
    return session.account or session.package


def _tags(inputs: Properties) -> Properties:
    return {key: inputs[key] for key in ("tags", "tagsAll") if key in inputs}
