"""The engine's side of the protocol, for tests: real gRPC, JSON values as they are on the wire.

Encodes and decodes with protobuf's own JSON mapping, so that a mistake in the provider's coding shows.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct

from slipway_sandbox.provider.server import MESSAGE_BYTES, serve
from slipway_sandbox.provider.stubs import provider_pb2, provider_pb2_grpc
from slipway_sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from slipway_sandbox.provider.contract import Invoke, Materialiser

SIG = "4dabf18193072939515e22adb298388d"
SECRET_SIG = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PROJECT = "urn:pulumi:dev::proj::"
OFFLINE_AWS = {"region": "eu-west-1", "skipRequestingAccountId": "true"}
"""Settings with which the aws provider asks no server: recorded types need none."""
OFFLINE_SNOWFLAKE = {"account": "SANDBOX", "user": "NOBODY", "privateKey": "never read"}
"""The snowflake provider logs in when it is first asked for a materialised type."""
OFFLINE: dict[str, dict[str, Any]] = {"aws": OFFLINE_AWS, "github": {}, "snowflake": OFFLINE_SNOWFLAKE}


def secret(value: Any) -> dict[str, Any]:
    """A secret as it is on the wire."""
    return {SIG: SECRET_SIG, "value": value}


def is_secret(value: Any) -> bool:
    """Whether a wire value is a secret."""
    return isinstance(value, dict) and value.get(SIG) == SECRET_SIG


def struct(values: Mapping[str, Any]) -> Struct:
    """The message of wire values."""
    return ParseDict(dict(values), Struct())


def plain(message: Struct) -> dict[str, Any]:
    """The wire values of a message."""
    return MessageToDict(message)


@dataclass(frozen=True)
class Resource:
    """A resource as a program declares it."""

    token: str
    name: str

    @property
    def urn(self) -> str:
        """Its unique name."""
        return f"{PROJECT}{self.token}::{self.name}"

    @property
    def who(self) -> dict[str, str]:
        """The fields that every request about it carries."""
        return {"urn": self.urn, "type": self.token, "name": self.name}


@dataclass(frozen=True)
class Reading:
    """What Read answers; absent when the id is empty."""

    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]


class Engine:
    """One connection to a provider."""

    def __init__(self, port: int) -> None:
        whole_schema = [("grpc.max_receive_message_length", MESSAGE_BYTES)]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=whole_schema)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def close(self) -> None:
        """End the connection."""
        self._channel.close()

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Configure the provider."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=struct(settings), acceptSecrets=True))

    def check(
        self, resource: Resource, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None, **more: Any
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """(checked inputs, reason by property)."""
        request = provider_pb2.CheckRequest(
            **resource.who, news=struct(news), olds=struct(olds or {}), **({"randomSeed": b"seed"} | more)
        )
        answer = self.stub.Check(request)
        return plain(answer.inputs), {failure.property: failure.reason for failure in answer.failures}

    def diff(
        self,
        resource: Resource,
        id_: str,
        old: Mapping[str, Any],
        olds: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> Any:
        """The DiffResponse."""
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                **resource.who, id=id_, old_inputs=struct(old), olds=struct(olds), news=struct(new)
            )
        )

    def create(
        self, resource: Resource, inputs: Mapping[str, Any], *, preview: bool = False, timeout: float = 0
    ) -> tuple[str, dict[str, Any]]:
        """(id, outputs)."""
        request = provider_pb2.CreateRequest(
            **resource.who, properties=struct(inputs), preview=preview, timeout=timeout
        )
        answer = self.stub.Create(request)
        return answer.id, plain(answer.properties)

    def read(
        self,
        resource: Resource,
        id_: str,
        inputs: Mapping[str, Any] | None = None,
        olds: Mapping[str, Any] | None = None,
    ) -> Reading:
        """What Read answers; without inputs and olds it is an import."""
        request = provider_pb2.ReadRequest(**resource.who, id=id_)
        if inputs is not None:
            request.inputs.CopyFrom(struct(inputs))
        if olds is not None:
            request.properties.CopyFrom(struct(olds))
        answer = self.stub.Read(request)
        return Reading(answer.id, plain(answer.properties), plain(answer.inputs))

    def update(
        self,
        resource: Resource,
        id_: str,
        old: Mapping[str, Any],
        olds: Mapping[str, Any],
        new: Mapping[str, Any],
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        """The outputs after the update."""
        request = provider_pb2.UpdateRequest(
            **resource.who,
            id=id_,
            old_inputs=struct(old),
            olds=struct(olds),
            news=struct(new),
            preview=preview,
        )
        return plain(self.stub.Update(request).properties)

    def delete(
        self, resource: Resource, id_: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> None:
        """Delete."""
        self.stub.Delete(
            provider_pb2.DeleteRequest(
                **resource.who, id=id_, old_inputs=struct(inputs), properties=struct(outputs)
            )
        )

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a data source."""
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=struct(args)))
        return plain(getattr(answer, "return"))

    def cancel(self) -> None:
        """Cancel the operation."""
        self.stub.Cancel(empty_pb2.Empty())


@contextmanager
def engine(
    package: str,
    home: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    types: Mapping[str, Materialiser] | None = None,
    invokes: Mapping[str, Invoke] | None = None,
) -> Iterator[Engine]:
    """A configured provider in this process, for as long as the block lasts."""
    server, port = serve(package, home, types=types or {}, invokes=invokes or {})
    connected = Engine(port)
    try:
        connected.configure(OFFLINE[package] if settings is None else settings)
        yield connected
    finally:
        connected.close()
        server.stop(None).wait()


def offline_world(home: Path) -> World:
    """A world whose servers nobody asks: what recorded types stand on."""
    world = World(
        home=home,
        pid=1,
        aws="http://127.0.0.1:1",
        dynamodb="http://127.0.0.1:1",
        github="http://127.0.0.1:1",
        snowflake="http://127.0.0.1:1",
        region="eu-west-1",
        accounts={"shared": "111122223333"},
        github_owner="finedge",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="none",
    )
    home.mkdir(parents=True, exist_ok=True)
    world.save()
    return world
