"""A change of the declared resources asks for a new validation, and nothing else does."""

import json
from dataclasses import replace
from pathlib import Path

from tests.validation import record
from tests.validation.record import Record
from tests.validation.resources import Resource, digests, exported_resources

TOPIC = Resource(stack="dev", token="aws:sns/topic:Topic", name="alerts", inputs={"name": "alerts"})
QUEUE = Resource(stack="prod", token="aws:sqs/queue:Queue", name="late", inputs={"name": "late"})
LAST = Record(provider="5.100.0", rules="sha256:r", stacks=digests((TOPIC, QUEUE)), left_out=("a: new",))


def _stale(*resources: Resource, rules: str = "sha256:r") -> list[str]:
    return list(record.stale(LAST, digests(resources), rules))


def test_the_same_resources_in_another_order_are_the_same() -> None:
    """Pulumi registers them as they come."""
    assert _stale(QUEUE, TOPIC) == []


def test_one_changed_value_names_its_stack() -> None:
    """So that whoever changed it knows why they are asked."""
    changed = replace(TOPIC, inputs={"name": "Alerts"})
    assert _stale(changed, QUEUE) == ["the resources of dev have changed"]


def test_a_stack_that_comes_or_goes_is_a_change() -> None:
    """Both were never validated together with the rest."""
    assert _stale(TOPIC) == ["the resources of prod have changed"]
    assert _stale(TOPIC, QUEUE, replace(TOPIC, stack="test")) == ["the resources of test have changed"]


def test_other_rules_of_translation_are_a_change() -> None:
    """A difference that is added leaves something out that was validated."""
    assert _stale(TOPIC, QUEUE, rules="sha256:s") == [
        "the table of names or the known differences have changed"
    ]


def test_without_a_record_nothing_was_validated(tmp_path: Path) -> None:
    """A missing file is no consent."""
    assert record.load(tmp_path / "record.json") is None
    assert list(record.stale(None, {}, "")) == ["nothing was ever validated"]


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every field comes back."""
    record.save(LAST, tmp_path / "record.json")
    assert record.load(tmp_path / "record.json") == LAST


def test_an_export_gives_the_inputs_of_aws_resources(tmp_path: Path) -> None:
    """Secrets as they are shown, nothing that Pulumi adds, nothing of others."""
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"s"'}
    hidden = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    inputs = {
        "name": "alerts",
        "displayName": secret,
        "kmsMasterKeyId": hidden,
        "delay": 3.0,
        "__defaults": [],
    }
    rows = [
        {
            "urn": "urn:pulumi:dev::slipway::aws:sns/topic:Topic::alerts",
            "type": TOPIC.token,
            "inputs": inputs,
        },
        {
            "urn": "urn:pulumi:dev::slipway::snowflake:index/x:X::x",
            "type": "snowflake:index/x:X",
            "inputs": {},
        },
        {"urn": "urn:pulumi:dev::slipway::aws:a/b:B::read", "type": "aws:a/b:B", "external": True},
    ]
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"deployment": {"resources": rows}}), encoding="utf-8")
    expected = {"name": "alerts", "displayName": "s", "delay": 3}
    assert exported_resources(path) == (replace(TOPIC, inputs=expected),)
