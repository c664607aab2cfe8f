"""Materialised types: drift, tags, faults, cancellation, deadlines. The server is a dictionary."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from botocore.exceptions import ClientError
from google.protobuf.json_format import MessageToDict

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.stubs import provider_pb2, status_pb2
from tests.provider.doubles import TOPIC, TopicServer
from tests.provider.engine import OFFLINE_AWS, UNKNOWN, Engine, Resource, engine, secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALARMS = Resource(TOPIC, "alarms")
TAGGED = OFFLINE_AWS | {
    "defaultTags": '{"tags": {"Owner": "platform", "Stage": "dev"}}',
    "ignoreTags": '{"keyPrefixes": ["aws:"]}',
}


@pytest.fixture
def server() -> TopicServer:
    """An empty server."""
    return TopicServer()


@pytest.fixture
def provider(server: TopicServer, home: Path) -> Iterator[Engine]:
    """The aws provider, in which topics are real, with default tags."""
    with engine("aws", home, settings=TAGGED, types={TOPIC: server}) as connected:
        yield connected


def made(provider: Engine, **inputs: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A topic: its id, its inputs and its outputs."""
    checked, failures = provider.check(ALARMS, inputs)
    assert failures == {}
    return (*_swapped(provider.create(ALARMS, checked), checked),)


def _swapped(created: tuple[str, dict[str, Any]], inputs: dict[str, Any]) -> tuple[str, Any, Any]:
    return created[0], inputs, created[1]


def refused(error: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    """What the user would read."""
    return str(error.value.details())


def test_drift_comes_back_as_inputs_and_shows_as_a_difference(provider: Engine, server: TopicServer) -> None:
    """Somebody changes a setting beside Pulumi: a refresh sees it, and the next preview wants it back."""
    id_, inputs, outputs = made(provider, displayName="Alarms")
    server.objects[id_]["displayName"] = "Somebody's"
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert found.inputs["displayName"] == "Somebody's"
    change = provider.diff(ALARMS, id_, found.inputs, found.outputs, inputs)
    assert list(change.diffs) == ["displayName"]


def test_a_setting_that_somebody_removed_is_drift(provider: Engine, server: TopicServer) -> None:
    """The server says None: the refreshed inputs lose it, and the preview adds it."""
    id_, inputs, outputs = made(provider, displayName="Alarms")
    server.objects[id_]["displayName"] = None
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert "displayName" not in found.inputs
    assert list(provider.diff(ALARMS, id_, found.inputs, found.outputs, inputs).diffs) == ["displayName"]


def test_a_setting_that_somebody_added_is_drift(provider: Engine, server: TopicServer) -> None:
    """The program never gave it: a refresh adds it to the inputs, and the preview removes it."""
    id_, inputs, outputs = made(provider)
    server.objects[id_]["displayName"] = "Somebody's"
    found = provider.read(ALARMS, id_, inputs, outputs)
    change = provider.diff(ALARMS, id_, found.inputs, found.outputs, inputs)
    assert MessageToDict(change)["detailedDiff"] == {"displayName": {"kind": "DELETE", "inputDiff": True}}


def test_what_a_server_tells_only_once_is_kept(provider: Engine, server: TopicServer) -> None:
    """The secret of an access key: a refresh that made another one up would lock its user out."""
    server.told_once = {"beginningArchiveTime": "2026-01-01T00:00:00Z"}
    id_, inputs, outputs = made(provider, displayName="Alarms")
    assert outputs["beginningArchiveTime"] == "2026-01-01T00:00:00Z"
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert found.outputs["beginningArchiveTime"] == "2026-01-01T00:00:00Z"
    changed = provider.update(ALARMS, id_, inputs, outputs, inputs | {"displayName": "Calls"})
    assert changed["beginningArchiveTime"] == "2026-01-01T00:00:00Z"


def test_a_document_that_the_server_respells_is_no_drift(provider: Engine, server: TopicServer) -> None:
    """IAM and SNS answer policies with other white space and order."""
    id_, inputs, outputs = made(provider, policy='{"Version":"2012-10-17","Statement":[]}')
    server.objects[id_]["policy"] = '{"Statement": [], "Version": "2012-10-17"}'
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert (found.inputs, found.outputs) == (inputs, outputs)


def test_the_server_gets_default_tags_and_the_program_keeps_its_own(
    provider: Engine, server: TopicServer
) -> None:
    """A resource's own tag wins; default tags stand in tagsAll, never in tags."""
    id_, inputs, outputs = made(provider, tags={"Stage": "mine"})
    assert server.asked[0]["tags"] == server.asked[0]["tagsAll"] == {"Owner": "platform", "Stage": "mine"}
    assert (outputs["tags"], outputs["tagsAll"]) == (
        {"Stage": "mine"},
        {"Owner": "platform", "Stage": "mine"},
    )
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert provider.diff(ALARMS, id_, found.inputs, found.outputs, inputs).changes == 1


def test_tags_that_somebody_adds_are_drift_but_ignored_ones_are_not(
    provider: Engine, server: TopicServer
) -> None:
    """ignoreTags hides what a tool of the company writes; the tags tell it all, so `tagsAll` says nothing."""
    id_, inputs, outputs = made(provider)
    server.objects[id_]["tagsAll"] = {"Owner": "platform", "Stage": "dev", "aws:cost": "1", "Extra": "x"}
    found = provider.read(ALARMS, id_, inputs, outputs)
    assert found.inputs["tags"] == {"Extra": "x"}
    change = provider.diff(ALARMS, id_, found.inputs, found.outputs, inputs)
    assert list(change.detailedDiff) == ["tags"]


def test_new_default_tags_reach_every_resource(provider: Engine, server: TopicServer, home: Path) -> None:
    """Another provider configuration, the same inputs: tagsAll is made anew, and is not told as removed."""
    id_, inputs, outputs = made(provider)
    with engine("aws", home, settings=OFFLINE_AWS, types={TOPIC: server}) as other:
        change = other.diff(ALARMS, id_, inputs, outputs, inputs)
    kinds = {
        path: change.detailedDiff[path].Kind.Name(found.kind) for path, found in change.detailedDiff.items()
    }
    assert kinds == {"tagsAll": "ADD"}
    assert not change.replaces


def test_a_replacement_of_what_the_program_named_deletes_first(provider: Engine) -> None:
    """Two topics of one name cannot stand side by side; automatically named ones can."""
    id_, inputs, outputs = made(provider, name="alarms", fifoTopic=False)
    moved = {**inputs, "region": "us-west-2"}
    change = provider.diff(ALARMS, id_, inputs, outputs, moved)
    assert (list(change.replaces), change.deleteBeforeReplace) == (["region"], True)
    id_, inputs, outputs = made(provider)
    change = provider.diff(ALARMS, id_, inputs, outputs, {**inputs, "region": "us-west-2"})
    assert (list(change.replaces), change.deleteBeforeReplace) == (["region"], False)


def test_an_object_that_is_made_but_not_whole_is_kept(provider: Engine, server: TopicServer) -> None:
    """The engine gets ErrorResourceInitFailed with the id, so that the next update can mend it."""
    server.partial = True
    with pytest.raises(grpc.RpcError) as error:
        made(provider, name="alarms")
    kept = broken(error.value)
    assert kept.id in server.objects
    assert list(kept.reasons) == ["creating SNS topic alarms: its policy was refused"]
    assert MessageToDict(kept.properties)["name"] == "alarms"


def test_an_object_that_cannot_be_read_back_is_kept(provider: Engine, server: TopicServer) -> None:
    """It may exist: losing it would leave an orphan."""
    server.hidden = True
    with pytest.raises(grpc.RpcError) as error:
        made(provider, name="alarms")
    assert "cannot be read back" in broken(error.value).reasons[0]


def test_an_update_that_cannot_be_read_back_keeps_what_was_known(
    provider: Engine, server: TopicServer
) -> None:
    """Invented values in its place would be the state from then on, a secret told only once included."""
    server.told_once = {"beginningArchiveTime": "2026-01-01T00:00:00Z"}
    id_, inputs, outputs = made(provider, name="alarms", displayName="Alarms")
    server.hidden = True
    with pytest.raises(grpc.RpcError) as error:
        provider.update(ALARMS, id_, inputs, outputs, inputs | {"displayName": "Calls"})
    kept = broken(error.value)
    assert "cannot be read back" in kept.reasons[0]
    assert MessageToDict(kept.properties) == outputs | {"displayName": "Calls"}


def broken(error: Any) -> Any:
    """What the engine keeps of a resource that is not whole."""
    metadata = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    kept = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(kept)
    return kept


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ProviderFault("it is full", remedy="empty it"), "creating SNS topic alarms: it is full (empty it)"),
        (
            ClientError({"Error": {"Code": "TopicLimit", "Message": "Too many."}}, "CreateTopic"),
            "creating SNS topic alarms: TopicLimit: Too many.",
        ),
        (
            KeyError("Arn"),
            "creating SNS topic alarms: KeyError: 'Arn' (a fault of the sandbox's provider; see its log)",
        ),
    ],
)
def test_errors_are_one_sentence(provider: Engine, server: TopicServer, fault: Exception, told: str) -> None:
    """What was being done, to what, and why it failed; no traceback."""
    server.fault = fault
    with pytest.raises(grpc.RpcError) as error:
        made(provider)
    assert refused(error) == told


def test_a_custom_timeout_is_kept(provider: Engine, server: TopicServer) -> None:
    """The engine is told after the program's own limit, though the server goes on."""
    server.gate = threading.Event()
    inputs, _ = provider.check(ALARMS, {})
    with pytest.raises(grpc.RpcError) as error:
        provider.create(ALARMS, inputs, timeout=0.1)
    server.gate.set()
    assert "took longer than its timeout of 0.1 seconds" in refused(error)


def test_cancel_lets_end_what_began_and_refuses_the_rest(provider: Engine, server: TopicServer) -> None:
    """Otherwise an object would exist that no state knows."""
    server.gate = threading.Event()
    inputs, _ = provider.check(ALARMS, {})
    with ThreadPoolExecutor(1) as aside:
        begun = aside.submit(provider.create, ALARMS, inputs)
        assert server.begun.wait(30)
        provider.cancel()
        with pytest.raises(grpc.RpcError) as error:
            provider.create(ALARMS, inputs)
        server.gate.set()
        assert begun.result()[0] in server.objects
    assert refused(error) == "creating SNS topic alarms: the operation was cancelled"


def test_materialisers_see_plain_known_values(provider: Engine, server: TopicServer) -> None:
    """Secrets come unwrapped; an unknown never comes at all."""
    made(provider, displayName=secret("Alarms"))
    assert server.asked[0]["displayName"] == "Alarms"
    with pytest.raises(grpc.RpcError) as error:
        made(provider, displayName=UNKNOWN)
    assert "the value of displayName of aws:sns/topic:Topic is not known yet" in refused(error)
    assert len(server.asked) == 1


def test_an_import_gives_the_least_inputs(provider: Engine, server: TopicServer) -> None:
    """What is set, neither computed nor a default, and the name: a program of those has nothing to do."""
    server.objects["arn:aws:sns:eu-west-1::old"] = {
        "name": "old",
        "displayName": "Old",
        "kmsMasterKeyId": "alias/aws/sns",
        "fifoTopic": False,
        "tagsAll": {"Team": "risk"},
    }
    found = provider.read(ALARMS, "arn:aws:sns:eu-west-1::old")
    assert found.inputs == {"name": "old", "displayName": "Old", "tags": {"Team": "risk"}}
    change = provider.diff(ALARMS, found.id, found.inputs, found.outputs, found.inputs)
    assert list(change.diffs) == ["tagsAll"]  # the provider's default tags are to be added


def test_an_imported_document_may_be_spelled_otherwise_by_the_program(
    provider: Engine, server: TopicServer
) -> None:
    """The server's white space and order are all that an import knows; the engine refuses a difference."""
    id_ = "arn:aws:sns:eu-west-1::old"
    server.objects[id_] = {"name": "old", "deliveryPolicy": '{"http": {"b": 1, "a": 2}}', "policy": "{ }"}
    found = provider.read(ALARMS, id_)
    same = {"name": "old", "deliveryPolicy": '{"http":{"a":2,"b":1}}', "policy": "{}"}
    assert list(provider.diff(ALARMS, id_, found.inputs, found.outputs, same).diffs) == []
    other = same | {"deliveryPolicy": '{"http":{"a":3,"b":1}}'}
    assert list(provider.diff(ALARMS, id_, found.inputs, found.outputs, other).diffs) == ["deliveryPolicy"]


def test_an_update_of_a_resource_in_another_region_goes_there(server: TopicServer, home: Path) -> None:
    """The resource's own region counts, also when only its outputs know it."""
    with engine("aws", home, types={TOPIC: server}) as provider:
        id_, inputs, _ = made(provider, region="us-west-2")
    assert ":us-west-2:" in id_
    assert inputs["region"] == "us-west-2"
