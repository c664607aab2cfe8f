"""What the provider answers to each method of Pulumi's protocol.

Each method decodes its request, asks the part that knows, and encodes the answer. A request for what this
provider cannot do (components, methods of resources) fails with its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2

from slipway_sandbox.provider import configure, naming
from slipway_sandbox.provider.checks import Failure, check
from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.diff import Change, Operation
from slipway_sandbox.provider.faults import UnsupportedError
from slipway_sandbox.provider.package_schema import package_schema
from slipway_sandbox.provider.protocol import identity
from slipway_sandbox.provider.resources import Resources
from slipway_sandbox.provider.schema import suggestion
from slipway_sandbox.provider.stubs import plugin_pb2, provider_pb2
from slipway_sandbox.provider.values import bare, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from slipway_sandbox.provider.contract import Invoke, Materialiser, Properties
    from slipway_sandbox.provider.protocol import Method
    from slipway_sandbox.provider.schema import Schema
    from slipway_sandbox.provider.store import Store


@dataclass(frozen=True)
class Tables:
    """What is real on the servers: types by their token, data sources by theirs."""

    types: Mapping[str, Materialiser]
    invokes: Mapping[str, Invoke]


class Servicer:
    """One provider process."""

    def __init__(
        self,
        schema: Schema,
        home: Path,
        store: Store,
        tables: Callable[[], Tables],
    ) -> None:
        self._schema = schema
        self._home = home
        self._store = store
        self._tables = tables
        self._configured: configure.Configured | None = None

    def methods(self) -> Mapping[str, Method]:
        """The protocol's methods by name."""
        return {
            "Handshake": self.handshake,
            "Attach": lambda _: empty_pb2.Empty(),
            "GetPluginInfo": lambda _: plugin_pb2.PluginInfo(version=self._schema.version),
            "GetSchema": lambda _: provider_pb2.GetSchemaResponse(schema=package_schema(self._schema)),
            "GetMapping": lambda _: provider_pb2.GetMappingResponse(),
            "GetMappings": lambda _: provider_pb2.GetMappingsResponse(),
            "CheckConfig": self.check_config,
            "DiffConfig": self.diff_config,
            "Configure": self.set_up,
            "Check": self.check,
            "Diff": self.diff,
            "Create": self.create,
            "Read": self.read,
            "Update": self.update,
            "Delete": self.delete,
            "Invoke": self.invoke,
            "Construct": self.construct,
            "Call": self.call,
        }

    def handshake(self, _request: Any) -> Any:
        """Say what this provider understands."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_outputs=False, supports_autonaming_configuration=True
        )

    def construct(self, request: Any) -> Any:
        """No type of these packages is a remote component."""
        raise UnsupportedError(f"{request.type} is no component of the sandbox's provider")

    def call(self, request: Any) -> Any:
        """No type of these packages has methods."""
        raise UnsupportedError(f"{request.tok} is no method of the sandbox's provider")

    def check_config(self, request: Any) -> Any:
        """Refuse settings that the real provider does not have."""
        checked = configure.check_settings(self._schema, decode(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(checked.failures))

    def diff_config(self, request: Any) -> Any:
        """A changed setting updates the provider; what it means for a resource is that resource's diff."""
        before, after = decode(_old_inputs(request)), decode(request.news)
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return _diff_response([Change(path=name, operation=Operation.UPDATE) for name in names])

    def set_up(self, request: Any) -> Any:
        """Take the settings and connect, as the real providers do: a preview fails when an `up` would."""
        given = decode(request.args) or configure.from_variables(self._schema, request.variables)
        self._configured = configure.configured(self._schema, self._home, given)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def check(self, request: Any) -> Any:
        """Judge and complete a program's inputs."""
        token, name = identity(request)
        type_ = self._schema.resource(token)
        try:
            given = self._named(token, name, request)
        except ProviderFault as fault:
            failure = Failure(self._resources().autoname(token) or "", f"{fault.message}; {fault.remedy}")
            return provider_pb2.CheckResponse(inputs=request.news, failures=_failures([failure]))
        checked = check(self._schema, type_.properties, given, token)
        return provider_pb2.CheckResponse(inputs=encode(checked.inputs), failures=_failures(checked.failures))

    def _named(self, token: str, name: str, request: Any) -> Properties:
        how = naming.Autonaming()
        if request.HasField("autonaming"):
            mode = provider_pb2.CheckRequest.AutonamingOptions.Mode.Name(request.autonaming.mode)
            how = naming.Autonaming(mode=naming.Mode[mode], proposed=request.autonaming.proposed_name)
        return naming.named(
            self._resources().autoname(token),
            token,
            name,
            olds=decode(request.olds),
            news=decode(request.news),
            seed=request.randomSeed,
            how=how,
        )

    def diff(self, request: Any) -> Any:
        """Say what would change and whether it needs a replacement."""
        token, _ = identity(request)
        found = self._resources().diff(
            token,
            old=decode(_old_inputs(request)),
            olds=decode(request.olds),
            new=decode(request.news),
            ignored=request.ignoreChanges,
        )
        return _diff_response(found.changes, delete_before_replace=found.delete_before_replace)

    def create(self, request: Any) -> Any:
        """Make a resource, or foresee it."""
        token, name = identity(request)
        inputs = decode(request.properties)
        if request.preview:
            foreseen = self._resources().preview_create(token, inputs)
            return provider_pb2.CreateResponse(properties=encode(foreseen))
        made = self._resources().create(token, name, inputs)
        return provider_pb2.CreateResponse(id=made.id, properties=encode(made.outputs))

    def read(self, request: Any) -> Any:
        """Give a resource as it is; a bare answer when it does not exist."""
        token, _ = identity(request)
        found = self._resources().read(token, request.id, decode(request.inputs), decode(request.properties))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, properties=encode(found.outputs), inputs=encode(found.inputs)
        )

    def update(self, request: Any) -> Any:
        """Change a resource, or foresee the change."""
        token, _ = identity(request)
        olds, inputs = decode(request.olds), decode(request.news)
        if request.preview:
            outputs = self._resources().preview_update(token, olds, inputs)
        else:
            outputs = self._resources().update(token, request.id, decode(request.old_inputs), olds, inputs)
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    def delete(self, request: Any) -> Any:
        """Remove a resource; one that is gone already is fine."""
        token, _ = identity(request)
        self._resources().delete(token, request.id, decode(request.old_inputs), decode(request.properties))
        return empty_pb2.Empty()

    def invoke(self, request: Any) -> Any:
        """Answer a data source from the servers."""
        data_source = self._tables().invokes.get(request.tok)
        if data_source is None:
            raise self._unknown_function(request.tok)
        answer = data_source(self._needed().session, bare(decode(request.args)))
        response = {"return": encode(answer)}  # a keyword in Python
        return provider_pb2.InvokeResponse(**response)

    def _unknown_function(self, token: str) -> ProviderFault:
        if token in self._schema.functions:
            answered = ", ".join(sorted(self._tables().invokes)) or "none of this package"
            return ProviderFault("the sandbox does not answer this data source", remedy=f"it has {answered}")
        return ProviderFault(
            f"it is no data source of pulumi-{self._schema.package} {self._schema.version}",
            remedy=suggestion(token, self._schema.functions),
        )

    def _needed(self) -> configure.Configured:
        if self._configured is None:
            raise ProviderFault(f"the {self._schema.package} provider was asked before it was configured")
        return self._configured

    def _resources(self) -> Resources:
        return Resources(self._schema, self._tables().types, self._store, self._needed())


def _old_inputs(request: Any) -> Any:
    """The inputs before a change; engines that do not send them send outputs alone."""
    return request.old_inputs if request.HasField("old_inputs") else request.olds


def _failures(failures: Iterable[Failure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=failure.path, reason=failure.reason) for failure in failures]


def _diff_response(changes: list[Change], *, delete_before_replace: bool = False) -> Any:
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if changes else response.DIFF_NONE,
        diffs=sorted({change.name for change in changes}),
        replaces=sorted({change.name for change in changes if change.replaces}),
        detailedDiff={change.path: _property_diff(change) for change in changes},
        hasDetailedDiff=True,
        deleteBeforeReplace=delete_before_replace,
    )


def _property_diff(change: Change) -> Any:
    kind = change.operation.name + ("_REPLACE" if change.replaces else "")
    return provider_pb2.PropertyDiff(
        kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=change.is_input
    )
