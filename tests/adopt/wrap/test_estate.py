"""The sample estate as components declares what was adopted, argument by argument, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adapters.tools import ProcessTools
from slipway.adopt.declaring import STAND_IN, declared
from slipway.adopt.importing import take_all
from slipway.adopt.layers import parse_layers
from slipway.adopt.propose import Target, propose
from slipway.adopt.state_reading import read_state
from slipway.adopt.wrap.layout import laid_out
from slipway.adopt.wrap.program_text import program_of
from slipway.adopt.wrap.renaming import renamed, wrapped
from slipway.adopt.wrap.shape import shape_of
from slipway.adopt.wrap.writing import written_files
from slipway.model.adopted import AdoptedLayer
from slipway.ports.stack_imports import Secret, Taken
from tests.doubles.terraform_states import ESTATE
from tests.doubles.wrapped_layers import declared_by

ROOT = Path(__file__).parents[3]
TYPES = InstalledTypes()
HIDDEN = "not-a-real-key"


class Adopted:
    """A layer as the stack's state and its file have it."""

    def __init__(self, name: str, *patterns: str) -> None:
        state = read_state(ESTATE.read_bytes(), str(ESTATE))
        layers = parse_layers([f"{name}={pattern}" for pattern in patterns])
        (proposal,) = propose(
            [state], layers, Target(stack="dev", project="slipway", region="us-east-1"), TYPES
        )
        instances = {(state.id.lineage, each.address): each for each in state.instances}
        self.taken = {each.urn: each for each in take_all(proposal, instances, TYPES)}
        ids = {each.urn: each.id for each in self.taken.values()}
        self.layer = declared(proposal, ids, TYPES)

    def files(self, layer: AdoptedLayer | None = None) -> dict[str, str]:
        """What is written of it, or of the same in another order."""
        texts = {urn: _texts(each) for urn, each in self.taken.items()}
        return written_files(layer or self.layer, texts, TYPES)

    def divided(self, whole: dict[str, str]) -> dict[str, str]:
        """What is written of it where that is too long for one file."""
        texts = {urn: _texts(each) for urn, each in self.taken.items()}
        return written_files(self.layer, texts, TYPES, whole)

    def wrapped(self) -> AdoptedLayer:
        """What its file says then."""
        return wrapped(self.layer, shape_of(self.layer), program_of(self.layer.layer))


def _texts(taken: Taken) -> dict[str, str]:
    """Texts of the state, by Python's names; the few types that are referred to call them the same."""
    names = {"keyId": "key_id"}
    return {names.get(key, key): each for key, each in taken.outputs.items() if isinstance(each, str)}


def _shown(value: Any) -> Any:
    """Secrets as the program gives them."""
    match value:
        case Secret():
            return STAND_IN
        case dict():
            return {key: _shown(each) for key, each in value.items()}
        case list():
            return [_shown(each) for each in value]
        case _:
            return value


@pytest.fixture(scope="module")
def adopted() -> Adopted:
    """All of it, as one layer."""
    return Adopted("estate", "*")


def test_components_declare_what_was_adopted(tmp_path: Path, adopted: Adopted) -> None:
    """References give what the state has; every resource has the name and type that the layer's file says."""
    taken = {urn: adopted.taken[was] for was, urn in renamed(adopted.wrapped()).items()}
    rows = {(each.type, each.name): taken[each.urn] for each in adopted.wrapped().resources}
    outputs = {key: _shown(each.outputs) for key, each in rows.items()}
    found = declared_by(adopted.files(), "estate", tmp_path, outputs)
    assert found == {key: _shown(each.inputs) for key, each in rows.items()}


def test_a_layer_that_is_too_long_is_divided_by_services(tmp_path: Path, adopted: Adopted) -> None:
    """No file has more than 300 lines, and what is declared is the same."""
    tools = ProcessTools(ROOT)
    whole = laid_out(adopted.files(), ROOT, tools)
    layer = "components/adopted/estate/layer.py"
    assert whole[layer].count("\n") > 300
    files = laid_out(adopted.divided(whole), ROOT, tools)
    assert [path for path, text in files.items() if text.count("\n") > 300] == []
    assert {path for path in files if path.startswith(layer.removesuffix(".py"))} >= {
        layer,
        "components/adopted/estate/layer_args.py",
        "components/adopted/estate/layer_iam.py",
        "components/adopted/estate/layer_s3.py",
    }
    assert "EstateLayerS3(self, args, self.kms_resources)" in files[layer]
    assert "topic_arn=self.sns_resources.oncall_topic.arn" in files[layer]
    taken = {urn: adopted.taken[was] for was, urn in renamed(adopted.wrapped()).items()}
    rows = {(each.type, each.name): taken[each.urn] for each in adopted.wrapped().resources}
    outputs = {key: _shown(each.outputs) for key, each in rows.items()}
    found = declared_by(files, "estate", tmp_path, outputs)
    assert found == {key: _shown(each.inputs) for key, each in rows.items()}


def test_code_is_the_same_in_every_run_and_has_no_secret(adopted: Adopted) -> None:
    """Whatever the order of the layer's file."""
    files = adopted.files()
    backwards = adopted.layer.model_copy(update={"resources": adopted.layer.resources[::-1]})
    assert adopted.files(backwards) == files
    assert HIDDEN not in "".join(files.values())
    assert "KEPT_IN_STATE" in files["components/adopted/estate/layer.py"]


def test_what_a_layer_makes_it_gives_to_its_modules(adopted: Adopted) -> None:
    """Where the layer has the topic, the role and the key, the program tells none of their names."""
    files = adopted.files()
    layer = files["components/adopted/estate/layer.py"]
    for line in (
        'BatchPipelineArgs(**vars(each), topic_arn=self.oncall_topic.arn, role_arn=self.service["elastic',
        "StreamPipelineArgs(**vars(each), kms_key_id=self.data_key.key_id)",
    ):
        assert line in layer
    program = files["stacks/layers/estate.py"]
    assert "BatchPipelineSettings, tags=_TAGS" in program
    assert [name for name in ("oncall", "role/", "kms_key_id") if name in program] == []


def test_a_module_is_a_class_and_its_instances_are_a_table() -> None:
    """What they have in common is in the class; siblings are referred to; what is elsewhere is told."""
    files = Adopted("pipelines", "module.*").files()
    assert sorted(files) == [
        "components/adopted/pipelines/__init__.py",
        "components/adopted/pipelines/batch_pipeline.py",
        "components/adopted/pipelines/layer.py",
        "components/adopted/pipelines/stream_pipeline.py",
        "stacks/layers/pipelines.py",
    ]
    batch = files["components/adopted/pipelines/batch_pipeline.py"]
    for line in (
        'class BatchPipeline(WrappedComponent, token="slipway:pipelines:BatchPipeline"):',
        "    schedule_expression: str",
        "    topic_arn: pulumi.Input[str]",
        "    has_freshness: bool",
        "self.freshness = self._create_freshness(args)",
        "if not args.has_freshness:",
        'name=f"/finedge/dev/batch/{args.name}"',
        "rule=self.schedule.name",
        "alarm_actions=[args.topic_arn]",
    ):
        assert line in batch
    program = files["stacks/layers/pipelines.py"]
    assert program.count("arn:aws:sns:us-east-1:123456789012:finedge-dev-oncall") == 1
    assert '_stream_pipeline(name="card_authorizations", shard_count=4)' in program
