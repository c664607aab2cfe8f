"""Layers by hand, for each odd thing that a Terraform module may be: components declare the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adopt.declaring import STAND_IN
from slipway.adopt.wrap.program_text import program_of
from slipway.adopt.wrap.renaming import wrapped
from slipway.adopt.wrap.shape import shape_of
from slipway.adopt.wrap.writing import written_files
from slipway.model.adopted import AdoptedLayer
from tests.doubles.wrapped_layers import BUCKET, QUEUE, TOPIC, Row, a_layer, declared_by

TYPES = InstalledTypes()
LONG = 'it\'s "quoted" {braces}\nand\tlong ' * 9
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::x"}],
}


def _bucket(address: str, bucket: str, **arguments: Any) -> Row:
    return address, BUCKET, {"bucket": bucket, **arguments}


def _written(layer: AdoptedLayer, outputs: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    return written_files(layer, outputs or {}, TYPES)


def _require_the_same(
    layer: AdoptedLayer, folder: Path, outputs: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """Run what is written, compare it with what was adopted, and return it."""
    files = _written(layer, outputs)
    made = wrapped(layer, shape_of(layer), program_of(layer.layer))
    names = {(new.type, new.name): old for old, new in zip(layer.resources, made.resources, strict=True)}
    known = {key: (outputs or {}).get(old.urn, {}) for key, old in names.items()}
    found = declared_by(files, layer.layer, folder, known)
    assert found == {key: _on_the_wire(old.py, old.arguments) for key, old in names.items()}
    assert len({each.urn for each in made.rows}) == len(made.rows)
    return "".join(files.values())


def _on_the_wire(py: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    known = TYPES.resource(py).arguments
    return {known[name].wire: value for name, value in arguments.items()}


LAYERS: dict[str, tuple[Row, ...]] = {
    "one resource": (_bucket("aws_s3_bucket.lake", "lake"),),
    "nested modules with keys": tuple(
        _bucket(
            f'module.team["{team}"].module.zone["{zone}"].aws_s3_bucket.this', f"{team}-{zone}", tags=tags
        )
        for team, zones in {"risk": ("raw", "curated"), "core": ("raw",)}.items()
        for zone in zones
        for tags in [{"Team": team, "Owner": "data"}]
    ),
    "a nested module that is not everywhere": (
        _bucket('module.team["risk"].aws_s3_bucket.this', "risk"),
        _bucket('module.team["core"].aws_s3_bucket.this', "core"),
        _bucket('module.team["core"].module.extra.aws_s3_bucket.this', "core-extra"),
    ),
    "a module with a number, and without a key": (
        _bucket("module.worker[0].aws_s3_bucket.this", "first"),
        _bucket("module.worker[1].aws_s3_bucket.this", "second", force_destroy=True),
        _bucket("module.network.aws_s3_bucket.flow", "flow"),
    ),
    "a module with a number whose instances differ in nothing": (
        ("module.worker[0].aws_sqs_queue.this", QUEUE, {"delay_seconds": 5}),
        ("module.worker[1].aws_sqs_queue.this", QUEUE, {"delay_seconds": 5}),
    ),
    "tags, and what is called tags": (
        ('module.q["alpha"].aws_sqs_queue.a', QUEUE, {"name": "alpha", "tags": {"a": "b"}}),
        ('module.q["beta"].aws_sqs_queue.a', QUEUE, {"name": "beta", "tags": {"a": "b", "c": "d"}}),
        ('module.q["alpha"].aws_sqs_queue.b', QUEUE, {"name": "x", "tags": {"a": "b"}}),
        ('module.q["beta"].aws_sqs_queue.b', QUEUE, {"name": "y", "tags": {"a": "b"}}),
    ),
    "instances with other keys each": (
        _bucket('module.team["risk"].aws_s3_bucket.zone["raw"]', "risk-raw", force_destroy=True),
        _bucket('module.team["risk"].aws_s3_bucket.zone["gold"]', "risk-gold-2"),
        _bucket('module.team["core"].aws_s3_bucket.zone["raw"]', "core-raw", force_destroy=False),
    ),
    "keys of any kind": tuple(
        _bucket(f"aws_s3_bucket.zone[{json.dumps(key)}]", f"bucket-{number}")
        for number, key in enumerate(["a.b", "7", 'qu"ote', "plain", "back\\slash", ""])
    ),
    "values that differ in form": (
        ('module.q["alpha"].aws_sqs_queue.this', QUEUE, {"name": "alpha", "delay_seconds": 5}),
        ('module.q["beta"].aws_sqs_queue.this', QUEUE, {"name": "beta", "tags": {"a": "b"}}),
        ('module.q["gamma"].aws_sqs_queue.this', QUEUE, {"name": "g{amm}a", "tags": {"c": "d", "e": "f"}}),
    ),
    "policies": (
        ("aws_sns_topic.compact", TOPIC, {"name": "a", "policy": json.dumps(POLICY, separators=(",", ":"))}),
        ("aws_sns_topic.indented", TOPIC, {"name": "b", "policy": json.dumps(POLICY, indent=2)}),
        ("aws_sns_topic.odd", TOPIC, {"name": "c", "policy": json.dumps(POLICY, indent=7)}),
        (
            "aws_sns_topic.text",
            TOPIC,
            {"name": "d", "display_name": LONG},
        ),
    ),
    "a word of Python, and a number first": (
        _bucket("aws_s3_bucket.class", "one"),
        _bucket('module.lambda["import"].aws_s3_bucket.for', "two"),
        _bucket("module.1st.aws_s3_bucket.2nd", "three"),
    ),
    "two modules of one name": (
        _bucket("module.a.module.zone.aws_s3_bucket.this", "one"),
        _bucket("module.b.module.zone.aws_s3_bucket.this", "two"),
    ),
    "two calls of one module": (
        _bucket("module.raw_zone.aws_s3_bucket.this", "finedge-raw_zone", tags={"Owner": "data"}),
        _bucket("module.raw_zone.aws_s3_bucket.logs[0]", "raw-logs"),
        _bucket("module.gold_zone.aws_s3_bucket.this", "finedge-gold_zone", force_destroy=True),
    ),
    "two calls of one module with the same keys": (
        _bucket('module.raw["eu"].aws_s3_bucket.this', "raw-eu"),
        _bucket('module.raw["us"].aws_s3_bucket.this', "raw-us"),
        _bucket('module.gold["eu"].aws_s3_bucket.this', "gold-eu-1"),
        _bucket("module.main.aws_s3_bucket.this", "main"),
    ),
    "two calls with modules of their own": tuple(
        _bucket(f"module.{call}.module.{zone}.aws_s3_bucket.this", f"{call}-{zone}")
        for call in ("risk", "core")
        for zone in ("raw", "gold")
    ),
    "calls that are not of one module": (
        _bucket("module.a.aws_s3_bucket.this", "a"),
        _bucket("module.b.aws_s3_bucket.that", "b"),
        _bucket('module.c.aws_s3_bucket.this["x"]', "c"),
        _bucket("module.d[0].aws_s3_bucket.this", "d"),
    ),
    "one name for two types": (
        _bucket("aws_s3_bucket.events", "events"),
        ("aws_sqs_queue.events", QUEUE, {"name": "events"}),
    ),
}


@pytest.mark.parametrize("what", LAYERS)
def test_what_is_declared_is_what_was_adopted(what: str, tmp_path: Path) -> None:
    """Arguments, types and names; and every URN is one."""
    _require_the_same(a_layer(*LAYERS[what]), tmp_path)


def test_a_secret_stays_in_the_state(tmp_path: Path) -> None:
    """The program has the same stand-in, and ignores the same path."""
    layer = a_layer(
        ("aws_sns_topic.a", TOPIC, {"name": "a", "display_name": STAND_IN}),
        secrets={"aws_sns_topic.a": ("displayName",)},
    )
    code = _require_the_same(layer, tmp_path)
    assert "display_name=KEPT_IN_STATE" in code
    assert 'opts=self.child(kept=["displayName"])' in code


def test_what_another_resource_has_is_a_reference(tmp_path: Path) -> None:
    """An ARN by itself, also within a policy; a name only where the argument says of what kind."""
    policy = '{"Resource":"arn:aws:sns:eu-west-1:1:alerts"}'
    layer = a_layer(
        ("aws_sns_topic.alerts", TOPIC, {"name": "alerts"}),
        (
            "aws_sqs_queue.jobs",
            QUEUE,
            {"name": "jobs", "policy": policy},
        ),
        ("aws_sqs_queue.alerts", QUEUE, {"name": "alerts"}),
    )
    outputs = {layer.resources[0].urn: {"arn": "arn:aws:sns:eu-west-1:1:alerts", "name": "alerts"}}
    code = _require_the_same(layer, tmp_path, outputs)
    assert 'policy=pulumi.Output.json_dumps({"Resource": self.alerts_topic.arn}' in code
    assert code.count('name="alerts"') == 2


def test_two_calls_are_one_class(tmp_path: Path) -> None:
    """Made twice, by their calls' names; what is there on a condition is an argument."""
    layer = a_layer(*LAYERS["two calls of one module"])
    code = _require_the_same(layer, tmp_path)
    for line in (
        'class Zone(WrappedComponent, token="slipway:lake:Zone"):',
        'bucket=f"finedge-{args.name}"',
        "    has_logs: bool",
        'return Zone("raw_zone", args.raw_zone, self.child(was=pulumi.Alias(type_="slipway:adopted:RawZone"',
        'return Zone("gold_zone", args.gold_zone, self.child(was=pulumi.Alias(type_="slipway:adopted:Gold',
    ):
        assert line in code
    assert sorted(_written(layer)) == [
        "components/adopted/lake/__init__.py",
        "components/adopted/lake/layer.py",
        "components/adopted/lake/zone.py",
        "stacks/layers/lake.py",
    ]


def test_what_is_around_a_module_gives_it_its_own_objects(tmp_path: Path) -> None:
    """By reference, whatever the key; an object that nobody has here is told by the program."""
    arns = {
        "aws_sns_topic.alerts": "arn:aws:sns:eu-west-1:1:alerts",
        'aws_sqs_queue.jobs["a\\"b"]': "arn:aws:sqs:eu-west-1:1:jobs",
    }
    layer = a_layer(
        ("aws_sns_topic.alerts", TOPIC, {"name": "alerts"}),
        ('aws_sqs_queue.jobs["a\\"b"]', QUEUE, {"name": "jobs"}),
        *(
            (
                f'module.team["{team}"].aws_sns_topic.this',
                TOPIC,
                {"name": team, "policy": policy, "kms_master_key_id": "arn:aws:kms:eu-west-1:1:key/1"},
            )
            for team in ("risk", "core")
            for policy in [json.dumps({"Resource": list(arns.values())})]
        ),
    )
    outputs = {each.urn: {"arn": arn} for each in layer.resources if (arn := arns.get(each.address))}
    code = _require_the_same(layer, tmp_path, outputs)
    assert 'TeamArgs(**vars(each), topic_arn=self.alerts.arn, queue_arn=self.jobs["a\\"b"].arn)' in code
    assert "partial(TeamSettings, key_arn=_KEY_ARN)" in code


def test_two_that_point_at_each_other_are_no_circle(tmp_path: Path) -> None:
    """One refers to the other, which is told its object."""
    layer = a_layer(
        ("aws_sqs_queue.a", QUEUE, {"name": "a", "redrive_policy": "arn:aws:sqs:eu-west-1:1:b"}),
        ("aws_sqs_queue.b", QUEUE, {"name": "b", "redrive_policy": "arn:aws:sqs:eu-west-1:1:a"}),
    )
    outputs = {each.urn: {"arn": f"arn:aws:sqs:eu-west-1:1:{each.name[-1]}"} for each in layer.resources}
    code = _require_the_same(layer, tmp_path, outputs)
    assert code.count("redrive_policy=self.b.arn") == 1
    assert code.count("redrive_policy=args.queue_arn") == 1


def test_tags_that_all_have_are_told_once(tmp_path: Path) -> None:
    """What one has beyond them is beside it."""
    layer = a_layer(
        _bucket("aws_s3_bucket.a", "a", tags={"Owner": "data", "Cost": "1"}),
        _bucket("aws_s3_bucket.b", "b", tags={"Owner": "data", "Cost": "1", "Zone": "raw"}),
    )
    code = _require_the_same(layer, tmp_path)
    assert 'tags={**args.tags, "Zone": "raw"}' in code
    assert code.count('"Owner": "data"') == 1


def test_many_resources_are_created_service_by_service(tmp_path: Path) -> None:
    """Services that refer to each other are one group; a group is behind what it refers to."""
    arns = {
        "aws_sns_topic.t0": "arn:aws:sns:eu-west-1:1:t0",
        "aws_sqs_queue.q0": "arn:aws:sqs:eu-west-1:1:q0",
    }
    layer = a_layer(
        *(_bucket(f"aws_s3_bucket.b{number}", f"b{number}") for number in range(14)),
        ("aws_sns_topic.t0", TOPIC, {"name": "t0"}),
        ("aws_sns_topic.t1", TOPIC, {"name": "t1", "policy": arns["aws_sqs_queue.q0"]}),
        ("aws_sqs_queue.q0", QUEUE, {"name": "q0"}),
        ("aws_sqs_queue.q1", QUEUE, {"name": "q1", "policy": arns["aws_sns_topic.t0"]}),
    )
    outputs = {each.urn: {"arn": arn} for each in layer.resources if (arn := arns.get(each.address))}
    code = _require_the_same(layer, tmp_path, outputs)
    assert "self._create_all_of_s3()\n        self._create_all_of_sns_and_sqs()\n" in code
    assert "policy=self.q0.arn" in code
    assert "policy=self.t0.arn" in code
