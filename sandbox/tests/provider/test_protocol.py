"""The rest of the protocol: who the plugin is, what it does not have, data sources, the package's schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import grpc
import pytest
from google.protobuf import empty_pb2

from slipway_sandbox.provider.materialised import INVOKES, MATERIALISED
from slipway_sandbox.provider.server import serve
from slipway_sandbox.provider.stubs import plugin_pb2, provider_pb2
from tests.provider.doubles import caller
from tests.provider.engine import OFFLINE, OFFLINE_AWS, Engine, engine

if TYPE_CHECKING:
    from pathlib import Path

    from slipway_sandbox.provider.schema import Schema

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"


def test_the_plugin_is_the_sdks(aws: Engine) -> None:
    """The engine warns about a plugin that is older than the SDK asks for."""
    assert aws.stub.GetPluginInfo(empty_pb2.Empty()).version == "7.51.1"
    answer = aws.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert (answer.accept_secrets, answer.supports_autonaming_configuration) == (True, True)
    aws.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert list(aws.stub.GetMappings(provider_pb2.GetMappingsRequest(key="terraform")).providers) == []
    assert aws.stub.GetMapping(provider_pb2.GetMappingRequest(key="terraform")).provider == ""


def test_what_the_provider_does_not_have_fails_by_name(aws: Engine) -> None:
    """Components and methods belong to other packages."""
    with pytest.raises(grpc.RpcError) as error:
        aws.stub.Construct(provider_pb2.ConstructRequest(type="awsx:ec2:Vpc"))
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert "awsx:ec2:Vpc is no component of the sandbox's provider" in str(error.value.details())
    with pytest.raises(grpc.RpcError) as error:
        aws.stub.Call(provider_pb2.CallRequest(tok="aws:x/method"))
    assert "aws:x/method is no method of the sandbox's provider" in str(error.value.details())
    with pytest.raises(grpc.RpcError) as error:
        aws.stub.Parameterize(provider_pb2.ParameterizeRequest())
    assert error.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_provider_that_is_not_configured_says_so(home: Path) -> None:
    """An engine that skips Configure is a fault somebody must hear of."""
    server, port = serve("aws", home, types={}, invokes={})
    connected = Engine(port)
    with pytest.raises(grpc.RpcError) as error:
        connected.invoke(CALLER, {})
    assert "does not answer" in str(error.value.details())
    with pytest.raises(grpc.RpcError) as error:
        connected.stub.Create(provider_pb2.CreateRequest(urn="urn:pulumi:d::p::aws:ec2/vpc:Vpc::n"))
    assert "the aws provider was asked before it was configured" in str(error.value.details())
    connected.close()
    server.stop(None).wait()


def test_data_sources_answer_or_fail_by_name(home: Path) -> None:
    """One that is there; one that the package has but the sandbox does not; one that nobody has."""
    with engine("aws", home, settings=OFFLINE_AWS, invokes={CALLER: caller}) as aws:
        assert aws.invoke(CALLER, {"a": 1}) == {"id": "eu-west-1", "given": {"a": 1.0}}
        with pytest.raises(grpc.RpcError) as error:
            aws.invoke("aws:connect/getQueue:getQueue", {})
        told = str(error.value.details())
        assert told.startswith(
            "asking aws:connect/getQueue:getQueue: the sandbox does not answer this data source"
        )
        with pytest.raises(grpc.RpcError) as error:
            aws.invoke("aws:index/getCallerIdentiti:getCallerIdentiti", {})
        assert f"did you mean {CALLER}?" in str(error.value.details())


@pytest.mark.parametrize("package", ["aws", "github", "snowflake"])
def test_the_packages_schema_is_whole(package: str, home: Path, schemas: dict[str, Schema]) -> None:
    """`pulumi import` generates code from it: every reference in it leads somewhere."""
    with engine(package, home, settings=OFFLINE[package]) as connected:
        answer = connected.stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=60)
    document = json.loads(answer.schema)
    assert set(document["resources"]) == set(schemas[package].tokens)
    references = set(_references(document))
    assert references <= {f"#/types/{token}" for token in document["types"]} | {
        "pulumi.json#/Any",
        "pulumi.json#/Asset",
        "pulumi.json#/Archive",
    }


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for item in node.values() for found in _references(item)]
    return [found for item in node for found in _references(item)] if isinstance(node, list) else []


def test_the_table_of_real_types_fits_the_schemas(schemas: dict[str, Schema]) -> None:
    """A mistyped token would never be asked; names that are replaced or automatic are inputs of the type."""
    for token, materialiser in MATERIALISED.items():
        inputs = schemas[token.partition(":")[0]].resource(token).inputs
        named = {name.partition(".")[0] for name in materialiser.replace_on} | {materialiser.autoname} - {
            None
        }
        assert materialiser.token == token
        assert named <= inputs.keys(), (token, named - inputs.keys())
    for token in INVOKES:
        assert token in schemas[token.partition(":")[0]].functions
