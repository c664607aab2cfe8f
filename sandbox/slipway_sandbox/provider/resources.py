"""What the engine can do with a resource, for recorded and materialised types alike.

Takes and gives plain properties with their unknowns and secrets; materialisers see neither. Not owned: the
wire, and how errors are told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider import diff as diffs
from slipway_sandbox.provider.contract import PartialFault, Properties, ProviderFault, Session, State
from slipway_sandbox.provider.generic import GenericType, scope
from slipway_sandbox.provider.naming import keeps_name, named_property
from slipway_sandbox.provider.schema import ResourceType, Role, Schema, Shape
from slipway_sandbox.provider.settle import Settler, without_markers
from slipway_sandbox.provider.synthesise import Identity, synthesise
from slipway_sandbox.provider.values import UNKNOWN, bare, is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slipway_sandbox.provider.configure import Configured
    from slipway_sandbox.provider.contract import Materialiser
    from slipway_sandbox.provider.store import Store


class BrokenResourceError(Exception):
    """A resource exists on its server, but its creation or update did not end well.

    Attributes:
        state: what is known of it; the engine keeps it, marked as broken.
        cause: what went wrong.
    """

    def __init__(self, state: State, inputs: Properties, cause: Exception) -> None:
        super().__init__(str(cause))
        self.state = state
        self.inputs = inputs
        self.cause = cause


@dataclass(frozen=True)
class Reading:
    """A resource as its server has it."""

    id: str
    outputs: Properties
    inputs: Properties


@dataclass(frozen=True)
class Differences:
    """What an update would do."""

    changes: list[diffs.Change]
    delete_before_replace: bool


class Resources:
    """The resources of one configured provider."""

    def __init__(
        self, schema: Schema, table: Mapping[str, Materialiser], store: Store, configured: Configured
    ) -> None:
        self._schema = schema
        self._table = table
        self._store = store
        self._configured = configured

    def autoname(self, token: str) -> str | None:
        """The input of a type that is named automatically."""
        return named_property(self._schema.resource(token), self._table.get(token))

    def diff(
        self, token: str, *, old: Properties, olds: Properties, new: Properties, ignored: Sequence[str]
    ) -> Differences:
        """What changes between two sets of inputs."""
        type_ = self._schema.resource(token)
        rules = diffs.Rules(
            type=type_,
            replace_on=type_.replace | self._materialiser(token).replace_on,
            is_there=self._settler(token).is_there,
            ignored=ignored,
            region=self._configured.region,
            tags=self._configured.tags,
        )
        changes = diffs.diff(rules, old=old, olds=olds, new=new)
        replaces = any(change.replaces for change in changes)
        return Differences(changes, replaces and keeps_name(self.autoname(token), old, new))

    def preview_create(self, token: str, inputs: Properties) -> Properties:
        """The outputs that are known before the resource exists; computed ones are unknown."""
        return self._foreseen(token, inputs, {})

    def preview_update(self, token: str, olds: Properties, inputs: Properties) -> Properties:
        """The outputs after an update, as far as they are known; computed ones stay as they are."""
        return self._foreseen(token, inputs, olds)

    def create(self, token: str, name: str, inputs: Properties) -> State:
        """Make the resource.

        Raises:
            ProviderFault: an input is not known, or the server refused.
            BrokenResourceError: it was made, but a later step failed.
        """
        session, plain = self._session(inputs), self._for_server(token, inputs)
        materialiser = self._materialiser(token)
        try:
            made = materialiser.create(session, name, plain)
        except PartialFault as fault:
            outputs = self._outputs(token, session, fault.id, inputs, fault.outputs)
            raise BrokenResourceError(State(id=fault.id, outputs=outputs), inputs, fault) from fault
        return self._settled(token, session, made, inputs, plain)

    def read(self, token: str, id_: str, inputs: Properties, olds: Properties) -> Reading | None:
        """The resource as it is now, with refreshed inputs; None when it does not exist."""
        session = self._session({**bare(olds), **inputs})
        found = self._keeper(token, session, id_).read(session, id_, self._for_server(token, inputs))
        if found is None:
            return None
        outputs = self._outputs(token, session, found.id, inputs, found.outputs, olds=olds)
        if inputs or olds:
            unset = {name for name, value in found.outputs.items() if value is None}
            fresh = self._settler(token).refreshed(inputs, olds, outputs, unset)
        else:
            fresh = self._imported(token, session, found.id, outputs)
        return Reading(found.id, outputs, fresh)

    def update(
        self, token: str, id_: str, old: Properties, olds: Properties, inputs: Properties
    ) -> Properties:
        """Change the resource; gives its outputs.

        Raises:
            ProviderFault: an input is not known, or the server refused.
            BrokenResourceError: it was changed, but cannot be read back.
        """
        session, plain = self._session({**bare(olds), **inputs}), self._for_server(token, inputs)
        self._keeper(token, session, id_).update(session, id_, self._for_server(token, old), plain)
        return self._settled(token, session, State(id=id_, outputs={}), inputs, plain, olds=olds).outputs

    def delete(self, token: str, id_: str, old: Properties, olds: Properties) -> None:
        """Remove the resource; one that is gone already is fine."""
        known, session = old or olds, self._session({**bare(olds), **old})
        self._keeper(token, session, id_).delete(session, id_, bare(without_markers(known)))

    def _settled(
        self,
        token: str,
        session: Session,
        made: State,
        inputs: Properties,
        plain: Properties,
        *,
        olds: Properties | None = None,
    ) -> State:
        """The state that the server has after a change."""
        try:
            found = self._found(token, session, made.id, plain)
        except Exception as error:
            outputs = self._outputs(token, session, made.id, inputs, made.outputs, olds=olds)
            raise BrokenResourceError(State(id=made.id, outputs=outputs), inputs, error) from error
        server = {**made.outputs, **found.outputs}
        return State(id=found.id, outputs=self._outputs(token, session, found.id, inputs, server, olds=olds))

    def _found(self, token: str, session: Session, id_: str, plain: Properties) -> State:
        found = self._keeper(token, session, id_).read(session, id_, plain)
        if found is None:
            raise ProviderFault(f"{token} {id_} cannot be read back from its server")
        return found

    def _foreseen(self, token: str, inputs: Properties, olds: Properties) -> Properties:
        type_ = self._schema.resource(token)
        result = {
            name: inputs.get(name, olds.get(name, UNKNOWN))
            for name, prop in type_.properties.items()
            if name in inputs or prop.role.is_computed
            if prop.role is not Role.INPUT_ONLY
        }
        if type_.regional and "region" not in inputs:
            result["region"] = olds.get("region", self._configured.region)
        if type_.taggable and "tagsAll" in type_.properties:
            result["tagsAll"] = self._configured.tags.merged(inputs.get("tags"))
        return self._settler(token).marked(result)

    def _outputs(
        self,
        token: str,
        session: Session,
        id_: str,
        inputs: Properties,
        server: Properties,
        *,
        olds: Properties | None = None,
    ) -> Properties:
        """Every output; what a server tells only once (the secret of an access key) stays as last known."""
        if self._schema.resource(token).taggable:
            server = self._configured.tags.settled(inputs.get("tags"), server)
        name = str(server.get("name") or id_)
        who = Identity(token=token, id=id_, name=name, scope=scope(session), region=session.region)

        def fill(output: str, shape: Shape) -> Any:
            known = (olds or {}).get(output)
            return synthesise(self._schema, who, output, shape) if known is None else known

        return self._settler(token).outputs(inputs, server, fill)

    def _imported(self, token: str, session: Session, id_: str, outputs: Properties) -> Properties:
        materialiser = self._keeper(token, session, id_)
        if not isinstance(materialiser, GenericType):
            return self._settler(token).imported(outputs, self.autoname(token))
        recorded = materialiser.recorded_inputs(session, id_)
        own = {name: value for name, value in recorded.items() if name not in {"tags", "tagsAll"}}
        tags = {"tags": outputs["tags"]} if outputs.get("tags") and "tags" in recorded else {}
        return self._settler(token).marked({**own, **tags})

    def _materialiser(self, token: str) -> Materialiser:
        known = self._table.get(token)
        return known or GenericType(self._schema, self._type(token), self._store)

    def _keeper(self, token: str, session: Session, id_: str) -> Materialiser:
        """Who has an object: the record before a server, whose ids are its own (`slipway sandbox seed`)."""
        recorded = token in self._table and self._store.has(scope(session), token, id_)
        return (
            GenericType(self._schema, self._type(token), self._store)
            if recorded
            else self._materialiser(token)
        )

    def _type(self, token: str) -> ResourceType:
        return self._schema.resource(token)

    def _settler(self, token: str) -> Settler:
        return Settler(self._schema, self._type(token), self._materialiser(token).defaults)

    def _session(self, properties: Properties) -> Session:
        """The session, in the region that the resource is in."""
        session = self._configured.session
        region = bare(properties.get("region"))
        here = session.package != "aws" or not isinstance(region, str) or region == session.region
        return session if here else replace(session, region=region)

    def _for_server(self, token: str, inputs: Properties) -> Properties:
        """Plain inputs with merged tags.

        Raises:
            ProviderFault: one is not known.
        """
        own = without_markers(inputs)
        for name, value in own.items():
            if is_unknown(value):
                raise ProviderFault(f"the value of {name} of {token} is not known yet")
        plain: Properties = bare(own)
        return self._configured.tags.for_server(plain) if self._type(token).taggable else plain
