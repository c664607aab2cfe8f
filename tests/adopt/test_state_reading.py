"""Every instance of a state is read, however odd; what is no state is refused, and no value is shown."""

import json
from typing import Any

import pytest

from slipway.adopt.addresses import ModuleStep
from slipway.adopt.faults import SameStateTwice, StateUnreadable
from slipway.adopt.state import Mode
from slipway.adopt.state_reading import read_state, require_different
from slipway.model.errors import ExitCode
from tests.doubles.terraform_states import AWS, LINEAGE, a_resource, a_state, an_instance, only, read

SECRET = "hunter2-not-to-be-seen"


def test_what_a_state_says_of_itself_is_kept() -> None:
    """A proposal names the revision that it is about."""
    content = a_state()
    state = read_state(content, "data.tfstate", version="v1")
    told = (state.id.source, state.id.lineage, state.id.serial, state.id.terraform_version, state.id.version)
    assert told == ("data.tfstate", LINEAGE, 7, "1.11.4", "v1")
    assert state.instances == ()


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_no_bytes_are_a_state_without_resources(content: bytes) -> None:
    """Terraform writes such a file before the first apply."""
    assert read_state(content, "data.tfstate").instances == ()


@pytest.mark.parametrize("resources", [[], None])
def test_a_state_may_have_no_resources(resources: list[Any] | None) -> None:
    """After a destroy."""
    assert read_state(a_state(resources=resources), "data.tfstate").instances == ()


@pytest.mark.parametrize(
    ("resource", "address"),
    [
        (a_resource(), "aws_s3_bucket.lake"),
        (a_resource(an_instance(index_key=0)), "aws_s3_bucket.lake[0]"),
        (a_resource(an_instance(index_key="a.b")), 'aws_s3_bucket.lake["a.b"]'),
        (a_resource(an_instance(index_key='say "hi"')), r'aws_s3_bucket.lake["say \"hi\""]'),
        (a_resource(an_instance(index_key="größe ${x}")), 'aws_s3_bucket.lake["größe $${x}"]'),
        (a_resource(module='module.a["k"].module.b'), 'module.a["k"].module.b.aws_s3_bucket.lake'),
        (a_resource(mode="data"), "data.aws_s3_bucket.lake"),
        (a_resource(an_instance(deposed="0a1b2c3d")), "aws_s3_bucket.lake (deposed 0a1b2c3d)"),
    ],
)
def test_addresses_are_terraforms(resource: dict[str, Any], address: str) -> None:
    """`terraform state list` has the same ones."""
    assert only(resource).address == address


def test_everything_of_an_instance_is_read() -> None:
    """What decides about adoption later."""
    instance = only(
        a_resource(
            an_instance(
                status="tainted",
                sensitive_attributes=[
                    [{"type": "get_attr", "value": "password"}],
                    [
                        {"type": "get_attr", "value": "user"},
                        {"type": "index", "value": {"value": 0, "type": "number"}},
                        {"type": "get_attr", "value": "token"},
                    ],
                    [
                        {"type": "get_attr", "value": "env"},
                        {"type": "index", "value": {"value": "K", "type": "string"}},
                    ],
                ],
                identity={"bucket": "lake", "region": "eu-west-1"},
                dependencies=["aws_kms_key.data"],
            ),
            module="module.a[1]",
        )
    )
    assert instance.tainted
    assert instance.sensitive == (("password",), ("user", 0, "token"), ("env", "K"))
    assert instance.value("region") == "eu-west-1"
    assert instance.dependencies == ("aws_kms_key.data",)
    assert instance.module == (ModuleStep(name="a", key=1),)


def test_a_secret_within_a_set_makes_the_set_one() -> None:
    """Its members have no numbers; the path that the state writes has their values."""
    within = {"type": "index", "value": {"value": {"token": SECRET}, "type": ["object", {"token": "string"}]}}
    path = [{"type": "get_attr", "value": "user"}, within, {"type": "get_attr", "value": "token"}]
    instance = only(a_resource(an_instance(sensitive_attributes=[path])))
    assert instance.sensitive == (("user",),)
    assert SECRET not in repr(instance)


def test_an_instances_own_provider_goes_before_its_resources() -> None:
    """OpenTofu's for_each over providers."""
    instance = only(a_resource(an_instance(provider=f'{AWS}.by["west"]')))
    assert instance.provider.alias == 'by["west"]'


def test_the_flat_form_is_recognised() -> None:
    """Its values are not read: they have lost their types."""
    flat = {"schema_version": 0, "attributes_flat": {"id": "lake"}}
    assert only(a_resource(flat)).flat


def test_a_mode_that_is_not_known_is_kept() -> None:
    """Nothing is dropped silently, whatever a later Terraform writes."""
    assert only(a_resource(mode="ephemeral")).mode is Mode.OTHER


def test_fields_of_later_versions_are_left_alone() -> None:
    """Terraform adds fields without a new format."""
    assert only(a_resource(an_instance(novelty=1), novelty={})).address == "aws_s3_bucket.lake"


def test_values_are_in_no_representation() -> None:
    """A log line or a failed assertion about an instance shows no secret."""
    assert SECRET not in repr(read(a_resource(an_instance(attributes={"password": SECRET}))))


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (
            a_state(a_resource(an_instance(attributes={"password": SECRET})))[:-40],
            "data.tfstate is no Terraform state, or was cut off: its JSON is broken in line 1",
            "terraform state pull",
        ),
        (b"\xff\xfe\x00" + SECRET.encode(), "data.tfstate is no Terraform state, or was cut off", "pull"),
        (b"[]", "data.tfstate is no Terraform state: it is no JSON object", "pull"),
        (b"{}", "data.tfstate is no Terraform state: it has no version", "pull"),
        (a_state(version=3), "data.tfstate is a state of format 3; format 4 is read", "-refresh-only"),
        (a_state(version=5), "data.tfstate is a state of format 5, which is newer", "an earlier Terraform"),
        (
            json.dumps({"encryption_version": "v0", "encrypted_data": SECRET, "serial": 1}).encode(),
            "data.tfstate is encrypted by OpenTofu",
            "tofu state pull",
        ),
        (
            json.dumps({"version": 3, "backend": {"type": "s3", "config": {"secret_key": SECRET}}}).encode(),
            "data.tfstate is Terraform's note of which backend it uses, no state",
            "s3://bucket/key",
        ),
        (
            a_state({"type": SECRET}),
            "data.tfstate is no Terraform state: resources.0.mode: Field required",
            "pull",
        ),
        (
            a_state(a_resource(an_instance(attributes=SECRET))),
            "resources.0.instances.0.attributes: Input should be a valid dictionary",
            "pull",
        ),
        (
            a_state(a_resource(provider="aws")),
            "data.tfstate: resource 1 (aws_s3_bucket.lake): 'aws' is no address of a provider",
            "pull",
        ),
    ],
)
def test_what_is_no_state_is_refused(content: bytes, message: str, remedy: str) -> None:
    """One sentence, a remedy, exit code 2; what was read is neither in it nor in its cause."""
    with pytest.raises(StateUnreadable) as refused:
        read_state(content, "data.tfstate")
    assert message in refused.value.message
    assert remedy in refused.value.remedy
    assert refused.value.exit_code is ExitCode.USAGE
    assert SECRET not in f"{refused.value!s}{refused.value.__cause__!r}"


def test_one_state_is_read_once() -> None:
    """Two names of one state would count everything twice."""
    states = [read(source="a"), read(source="b")]
    with pytest.raises(SameStateTwice, match=f"a and b are one state: both have the lineage {LINEAGE}"):
        require_different(states)


def test_states_without_a_lineage_are_different() -> None:
    """Empty files have none."""
    require_different([read_state(b"", "a"), read_state(b"", "b")])
