"""The policy SDK reads a resource once a request, and answers as before."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy

from policies.enforcement import pack_policies
from policies.read_once import read_once

SDK: Any = import_module("pulumi_policy.policy")
STRUCT: Any = import_module("google.protobuf.struct_pb2").Struct
PROGRAM = Path(__file__).parents[2] / "policies" / "packs" / "production" / "__main__.py"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a text that is not known yet."""

BUCKET = "aws:s3/bucket:Bucket"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
REQUESTS = (
    (BUCKET, {"bucket": "landing", "forceDestroy": True, "tags": {"Owner": "ingestion"}}),
    (BUCKET, {"bucket": "landing", "forceDestroy": UNKNOWN, "tags": UNKNOWN}),
    (GROUP, {"ingress": [{"cidrBlocks": ["0.0.0.0/0"], "fromPort": 22, "toPort": 22, "protocol": "tcp"}]}),
    ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}),
)


@pytest.fixture
def _sdk_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test changes in the SDK is as it was when it has ended."""
    for name in ("json_format", "deserialize_properties", "unknown_checking_proxy"):
        monkeypatch.setattr(SDK, name, getattr(SDK, name))


def _answers(read: list[Any]) -> list[Any]:
    servicer: Any = SDK._PolicyAnalyzerServicer(
        "production", "0.1.0", _policies(read), EnforcementLevel.ADVISORY, *([None] * 7)
    )
    servicer._PolicyAnalyzerServicer__stack_tags = {}
    return [servicer.Analyze(_request(*each), None) for each in REQUESTS]


def _policies(read: list[Any]) -> list[Any]:
    """The production pack's, without the one that asks for approvals, and one that notes what it is shown."""
    noting = ResourceValidationPolicy(
        name="noting", description="Notes.", validate=lambda args, _: read.append(args.props)
    )
    whole = pack_policies("production", PROGRAM)
    return [noting, *(each for each in whole if each.name != "approved-composition"), noting]


def _request(type_: str, properties: dict[str, Any]) -> Any:
    held = STRUCT()
    held.update(properties)
    urn = f"urn:pulumi:prod::slipway::{type_}::planted"
    provider = proto.AnalyzerProviderResource(
        type="pulumi:providers:aws", properties=held, urn=urn, name="aws"
    )
    return proto.AnalyzeRequest(type=type_, properties=held, urn=urn, name="planted", provider=provider)


@pytest.mark.usefixtures("_sdk_as_it_is")
def test_it_answers_as_before_and_reads_once() -> None:
    """Every rule of the pack, on violations, on what is unknown; one object is shown to all of them."""
    apart: list[Any] = []
    before = _answers(apart)
    told = {each.policyName for answer in before for each in answer.diagnostics}
    assert told == {"required-tags", "data-protected", "open-ingress", "role-boundary"}
    assert all(first is not last for first, last in _pairs(apart))
    read_once()
    read_once()
    once: list[Any] = []
    assert _answers(once) == before
    assert len(once) == 2 * len(REQUESTS)
    assert all(first is last for first, last in _pairs(once))


def _pairs(read: list[Any]) -> list[tuple[Any, Any]]:
    """What the first and the last policy were shown of each resource."""
    return list(zip(read[::2], read[1::2], strict=True))
