"""What a state remembers exists by its own ids: on the server, a dictionary here, else recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider.configure import configured
from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.resources import Resources
from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.store import Store
from slipway_sandbox.seeding.model import Place, Wanted, read_objects
from slipway_sandbox.seeding.run import rendered, totals
from slipway_sandbox.seeding.seeder import GIVES_IDS, NO_SERVER, Provider, Seeder
from slipway_sandbox.supervisor.faults import UsageError
from tests.provider.doubles import TOPIC, TopicServer
from tests.provider.engine import OFFLINE_AWS

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "hunter2-not-to-be-seen"
OWN = "arn:aws:sns:eu-west-1::alerts"
OTHER = "arn:aws:sns:eu-west-1:999988887777:alerts"


def a_topic(id_: str = OWN, **inputs: Any) -> Wanted:
    """A topic as a state has it."""
    given = {"name": id_.rpartition(":")[2], **inputs}
    outputs = {**given, "arn": id_, "id": id_}
    return Wanted(address="aws_sns_topic.a", token=TOPIC, name="a", id=id_, inputs=given, outputs=outputs)


class Seeded:
    """A provider whose topics are real."""

    def __init__(self, home: Path) -> None:
        self.server = TopicServer()
        schema, store = load("aws"), Store(home / "provider" / "store.sqlite")
        table = {TOPIC: self.server}
        found = configured(schema, home, dict(OFFLINE_AWS))
        self.resources = Resources(schema, table, store, found)
        self._seeder = Seeder(
            Provider(schema=schema, table=table, store=store, configured=found, resources=self.resources)
        )

    def seed(self, *wanted: Wanted) -> list[tuple[Place, bool, str]]:
        """Seed, and say what became of each."""
        return [(each.place, each.new, each.why) for each in self._seeder.seed(wanted)]


@pytest.fixture
def seeded(home: Path) -> Seeded:
    """An empty world."""
    return Seeded(home)


def test_an_object_is_on_the_server_by_its_own_id(seeded: Seeded) -> None:
    """The second time it is left as it is, and what is otherwise there is told."""
    assert seeded.seed(a_topic(displayName="x")) == [(Place.SERVER, True, "")]
    assert seeded.server.objects[OWN]["displayName"] == "x"
    assert seeded.seed(a_topic(displayName="x")) == [(Place.SERVER, False, "")]
    seeded.server.objects[OWN]["displayName"] = "drifted"
    seeded.server.fault = ProviderFault("it exists already")
    assert seeded.seed(a_topic(displayName="x")) == [
        (Place.SERVER, False, "it has displayName otherwise there")
    ]
    assert seeded.server.objects[OWN]["displayName"] == "drifted"


def test_an_object_whose_id_a_server_would_make_up_is_recorded(seeded: Seeded) -> None:
    """The provider reads, changes and deletes it there, and the server keeps nothing."""
    wanted = a_topic(OTHER, displayName="x")
    assert seeded.seed(wanted) == [(Place.RECORD, True, GIVES_IDS)]
    assert seeded.server.objects == {}
    assert seeded.seed(wanted) == [(Place.RECORD, False, "")]
    found = seeded.resources.read(TOPIC, OTHER, dict(wanted.inputs), dict(wanted.outputs))
    assert found is not None
    assert (found.inputs, found.outputs["arn"]) == (wanted.inputs, OTHER)
    imported = seeded.resources.read(TOPIC, OTHER, {}, {})
    assert imported is not None
    assert imported.inputs["displayName"] == "x"
    changed = {**wanted.inputs, "displayName": "y"}
    outputs = seeded.resources.update(TOPIC, OTHER, dict(wanted.inputs), dict(wanted.outputs), changed)
    assert outputs["displayName"] == "y"
    seeded.resources.delete(TOPIC, OTHER, changed, outputs)
    assert seeded.resources.read(TOPIC, OTHER, {}, {}) is None


def test_a_type_of_no_server_is_recorded_and_one_of_no_sdk_is_nowhere(seeded: Seeded) -> None:
    """Each with its reason."""
    cluster = replace(
        a_topic("c"), token="aws:eks/cluster:Cluster", inputs={"name": "c"}, outputs={"name": "c"}
    )
    unknown = replace(a_topic("x"), token="aws:sns/nothing:Nothing")
    assert seeded.seed(cluster, unknown) == [
        (Place.RECORD, True, NO_SERVER),
        (Place.NOWHERE, False, "the SDK has no such type"),
    ]


def test_what_needs_another_object_is_tried_again(seeded: Seeded) -> None:
    """A state's order is that of addresses, not of what needs what."""
    first = replace(a_topic(), address="aws_sns_topic.first")
    second = replace(a_topic("arn:aws:sns:eu-west-1::second"), address="aws_sns_topic.second")

    class Needing(TopicServer):
        def create(self, session: Any, name: str, inputs: Any) -> Any:
            if inputs["name"] == "alerts" and second.id not in self.objects:
                raise ProviderFault("its topic does not exist")
            return super().create(session, name, inputs)

    seeded.server.__class__ = Needing
    assert seeded.seed(first, second) == [(Place.SERVER, True, ""), (Place.SERVER, True, "")]


def test_what_a_server_refuses_is_recorded_and_no_secret_is_told(seeded: Seeded) -> None:
    """A complaint may repeat what it was given."""
    wanted = replace(a_topic(displayName=HIDDEN), secrets=[HIDDEN])

    class Refusing(TopicServer):
        def create(self, *_: Any) -> Any:
            raise ProviderFault(f"{HIDDEN} is no name")

    seeded.server.__class__ = Refusing
    ((place, new, why),) = seeded.seed(wanted)
    assert (place, new, why) == (Place.RECORD, True, "the server refuses it: [secret] is no name")


def test_a_broken_object_is_taken_away(seeded: Seeded) -> None:
    """What was made half is no object of the state."""
    seeded.server.partial = True
    (found,) = seeded.seed(a_topic())
    assert found == (Place.RECORD, True, "the server refuses it: its policy was refused")
    assert seeded.server.objects == {}


def test_a_report_says_where_things_are_and_no_value(seeded: Seeded) -> None:
    """In text and in JSON."""
    wanted = a_topic(displayName=HIDDEN)
    results = list(seeded._seeder.seed([wanted]))
    assert totals(results) == {"server": 1}
    text, document = rendered(results, "text"), json.loads(rendered(results, "json"))
    assert text == "server  made      aws_sns_topic.a\n1 objects: 1 server"
    assert document["objects"][0] == {
        "address": "aws_sns_topic.a",
        "type": TOPIC,
        "id": OWN,
        "place": "server",
        "made": True,
        "why": "",
    }
    assert HIDDEN not in text + json.dumps(document) + repr(wanted)


def test_what_is_handed_over_is_read_or_refused() -> None:
    """By one message."""
    topic = a_topic()
    document = {"objects": [{**topic.__dict__}]}
    assert read_objects(json.dumps(document)) == [topic]
    for wrong in ("", "[]", '{"objects": [{}]}'):
        with pytest.raises(UsageError, match="standard input says nothing of objects"):
            read_objects(wrong)
